/** `microphone`: what a client in a page sends. */
import { VoxwireError } from "../../core/errors.ts";
import { Emitter, type Listener } from "../emitter.ts";
import { microphoneError, microphoneLost, noMicrophones } from "./microphone-errors.ts";
import { type HeldContext, holdContext } from "./page-context.ts";

/** Options of `microphone`. */
export interface MicrophoneOptions {
  /** Which device; default the system's choice. `navigator.mediaDevices.enumerateDevices()` lists them. */
  deviceId?: string;
  /** Takes the speaker's sound out of the microphone's. Default true. */
  echoCancellation?: boolean;
  /** Default true. */
  noiseSuppression?: boolean;
  /** Default true. */
  autoGainControl?: boolean;
  /** In place of a device: a stream (a tab's sound, another call), or a node of `context` (a file, an instrument). */
  from?: MediaStream | AudioNode;
  /** Default the page's own, shared with all microphones and speakers. */
  context?: AudioContext;
}

/** What happens to a microphone. */
export interface MicrophoneEvents {
  /** The device is gone (`ERR_MICROPHONE_LOST`); until another is there silence is sent. */
  lost: VoxwireError;
  /** Another device is in use. */
  changed: { readonly label: string };
  /** The list of devices has changed. */
  devices: undefined;
}

/**
 * Opens the microphone; the browser asks the person where it has not before.
 * @throws VoxwireError `ERR_MICROPHONE_DENIED`, `ERR_MICROPHONE_MISSING`, `ERR_MICROPHONE_BUSY`, `ERR_BROWSER`
 */
export async function microphone(options: MicrophoneOptions = {}): Promise<Microphone> {
  const { from } = options;
  const given = options.context ?? (from instanceof AudioNode ? (from.context as AudioContext) : undefined);
  const held = holdContext(given);
  try {
    const opened = new Microphone(held, options);
    await opened.open();
    return opened;
  } catch (error) {
    held.release();
    throw error;
  }
}

/** An open microphone. Any number of clients may send from it. */
export class Microphone {
  /** Its sound; connect an analyser for a level meter. */
  readonly node: GainNode;
  readonly #held: HeldContext;
  readonly #options: MicrophoneOptions;
  readonly #emitter = new Emitter<MicrophoneEvents>();
  readonly #onEnded = () => void this.#replaceLost();
  readonly #onDevices = () => this.#emitter.emit("devices", undefined);
  #deviceId: string | undefined;
  #stream: MediaStream | undefined;
  #source: AudioNode | undefined;
  #isMuted = false;
  #isClosed = false;

  /** For `microphone`. */
  constructor(held: HeldContext, options: MicrophoneOptions) {
    this.#held = held;
    this.#options = options;
    this.#deviceId = options.deviceId;
    this.node = new GainNode(held.context);
  }

  /** For `microphone`. */
  async open(): Promise<void> {
    const { from } = this.#options;
    if (from instanceof AudioNode) this.#connect(from);
    else if (from !== undefined) this.#listenTo(from);
    else {
      this.#listenTo(await this.#ask());
      navigator.mediaDevices.addEventListener("devicechange", this.#onDevices);
    }
    // where the page has not been touched this waits for it, and speaker.resume() or a gesture comes later
    if (this.context.state !== "running") void this.context.resume();
  }

  /** The context that its node lives in. */
  get context(): AudioContext {
    return this.#held.context;
  }

  /** The stream behind; undefined where it is a node. */
  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** The device's name, where there is one. */
  get label(): string {
    return this.#stream?.getAudioTracks()[0]?.label ?? "";
  }

  /** What the browser made of the options: rate, echo cancellation and so on. */
  get settings(): MediaTrackSettings {
    return this.#stream?.getAudioTracks()[0]?.getSettings() ?? {};
  }

  /** Whether silence is sent in place of the sound. Clients stay connected. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  set isMuted(isMuted: boolean) {
    this.#isMuted = isMuted;
    // a step of the gain would click; 10 ms is not heard
    this.node.gain.setTargetAtTime(isMuted ? 0 : 1, this.context.currentTime, 0.01);
  }

  /** Calls `listener` on each event; returns a function that takes it off again. */
  on<K extends keyof MicrophoneEvents>(name: K, listener: Listener<MicrophoneEvents[K]>): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Changes to another device; the old one goes on where that fails. @throws as `microphone` */
  async use(deviceId: string | undefined): Promise<void> {
    const before = this.#deviceId;
    this.#deviceId = deviceId;
    try {
      this.#listenTo(await this.#ask());
    } catch (error) {
      this.#deviceId = before;
      throw error;
    }
    this.#emitter.emit("changed", { label: this.label });
  }

  /** Gives the device back: the browser's sign for a live microphone goes out. Twice is no error. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    globalThis.navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    this.#letGo();
    this.node.disconnect();
    this.#emitter.clear();
    this.#held.release();
  }

  async #ask(): Promise<MediaStream> {
    const { mediaDevices } = globalThis.navigator;
    if (mediaDevices?.getUserMedia === undefined) throw noMicrophones();
    const { echoCancellation = true, noiseSuppression = true, autoGainControl = true } = this.#options;
    const device = this.#deviceId === undefined ? {} : { deviceId: { exact: this.#deviceId } };
    try {
      return await mediaDevices.getUserMedia({
        audio: { echoCancellation, noiseSuppression, autoGainControl, channelCount: { ideal: 1 }, ...device },
      });
    } catch (cause) {
      throw microphoneError(cause);
    }
  }

  #listenTo(stream: MediaStream): void {
    if (this.#isClosed) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.#letGo();
    this.#stream = stream;
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", this.#onEnded);
    this.#connect(new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }));
  }

  #connect(source: AudioNode): void {
    this.#source = source;
    source.connect(this.node);
  }

  #letGo(): void {
    this.#source?.disconnect(this.node);
    this.#source = undefined;
    const isOurs = this.#stream !== this.#options.from;
    for (const track of this.#stream?.getAudioTracks() ?? []) {
      track.removeEventListener("ended", this.#onEnded);
      if (isOurs) track.stop();
    }
    this.#stream = undefined;
  }

  /** Unplugged, or taken by the system: the next best device takes its place. */
  async #replaceLost(): Promise<void> {
    const { label } = this;
    const isOurs = this.#options.from === undefined;
    this.#letGo();
    this.#emitter.emit("lost", microphoneLost(label));
    if (!isOurs || this.#isClosed) return;
    try {
      await this.use(undefined);
    } catch (error) {
      if (error instanceof VoxwireError) this.#emitter.emit("lost", error);
    }
  }
}
