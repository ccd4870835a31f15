/** `microphone`: what a client in a page sends. */
import { configError } from "../../core/check.ts";
import type { VoxwireError } from "../../core/errors.ts";
import { Emitter, type Listener } from "../emitter.ts";
import { microphoneError, microphoneLost, noMicrophones } from "./microphone-errors.ts";
import { type AudioState, disconnect, HeldContext, isClosedError } from "./page-context.ts";

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
  /** Default that of the node, or the page's own, shared with all microphones and speakers. */
  context?: AudioContext;
}

/** What happens to a microphone. */
export interface MicrophoneEvents {
  /** Not `running`: silence is sent. */
  state: AudioState;
  /** The device is gone (`ERR_MICROPHONE_LOST`); until another is there silence is sent. */
  lost: VoxwireError;
  /** The system has taken the sound away (a switch at the device, a telephone call), or given it back. */
  muted: boolean;
  /** Another device is in use. */
  changed: { readonly label: string };
  /** The list of devices has changed. */
  devices: undefined;
}

/**
 * Opens the microphone; the browser asks the person where it has not before. Where the browser lets no page sound before
 * it has been touched, it is `blocked` until the first click or key, and goes on by itself then.
 * @throws VoxwireError `ERR_MICROPHONE_DENIED`, `ERR_MICROPHONE_MISSING`, `ERR_MICROPHONE_BUSY`, `ERR_BROWSER`;
 *   ConfigError `ERR_CONFIG`
 */
export async function microphone(options: MicrophoneOptions = {}): Promise<Microphone> {
  const { from } = options;
  if (from !== undefined && !(from instanceof AudioNode) && !hasSound(from))
    throw configError("from", from, "an AudioNode, or a MediaStream with sound");
  const opened = new Microphone(options);
  try {
    await opened.open();
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** An open microphone. Any number of clients may send from it. */
export class Microphone {
  /** Its sound; connect an analyser for a level meter. */
  readonly node: GainNode;
  readonly #options: MicrophoneOptions;
  readonly #emitter = new Emitter<MicrophoneEvents>();
  readonly #held: HeldContext;
  readonly #onEnded = () => this.#lose();
  readonly #onMute = ({ type }: Event) => this.#emitter.emit("muted", type === "mute");
  readonly #onDevices = () => {
    this.#emitter.emit("devices", undefined);
    if (this.#stream === undefined) void this.#replace();
  };
  #stream: MediaStream | undefined;
  #source: AudioNode | undefined;
  /** Counts askings for a device: the latest holds. */
  #asked = 0;
  /** Calls of `use` that are under way. */
  #choices = 0;
  #isMuted = false;
  #isClosed = false;

  /** For `microphone`. */
  constructor(options: MicrophoneOptions) {
    const { from, context } = options;
    this.#options = options;
    this.#held = new HeldContext(
      from instanceof AudioNode ? (from.context as AudioContext) : context,
      (state) => this.#emitter.emit("state", state),
    );
    this.node = new GainNode(this.context);
  }

  /** For `microphone`. */
  async open(): Promise<void> {
    const { from, deviceId } = this.#options;
    if (from instanceof AudioNode) this.#connect(from);
    else if (from !== undefined) this.#listenTo(from);
    else {
      this.#listenTo(await this.#ask(deviceId));
      navigator.mediaDevices.addEventListener("devicechange", this.#onDevices);
    }
  }

  /** The context that its node lives in. */
  get context(): AudioContext {
    return this.#held.context;
  }

  get state(): AudioState {
    return this.#held.state;
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

  /**
   * Changes to another device; the old one goes on where that fails.
   * @throws as `microphone`; VoxwireError `ERR_DISPOSED`
   */
  async use(deviceId: string | undefined): Promise<void> {
    if (this.state === "closed") throw isClosedError("microphone");
    this.#choices++;
    try {
      await this.#take(deviceId);
    } finally {
      this.#choices--;
      if (this.#stream === undefined) void this.#replace();
    }
  }

  /** Gives the device back: the browser's sign for a live microphone goes out. Twice is no error. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    globalThis.navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    this.#asked++;
    this.#letGo();
    this.node.disconnect();
    this.#held.release();
    this.#emitter.clear();
  }

  async #take(deviceId: string | undefined): Promise<void> {
    const asked = ++this.#asked;
    const stream = await this.#ask(deviceId);
    if (asked !== this.#asked) {
      stop(stream);
      return;
    }
    this.#listenTo(stream);
    this.#emitter.emit("changed", { label: this.label });
  }

  async #ask(deviceId: string | undefined): Promise<MediaStream> {
    const { mediaDevices } = globalThis.navigator;
    if (mediaDevices?.getUserMedia === undefined) throw noMicrophones();
    const { echoCancellation = true, noiseSuppression = true, autoGainControl = true } = this.#options;
    const device = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
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
      stop(stream);
      return;
    }
    this.#letGo();
    this.#stream = stream;
    for (const track of stream.getAudioTracks()) {
      track.addEventListener("ended", this.#onEnded);
      for (const name of MUTES) track.addEventListener(name, this.#onMute);
    }
    this.#connect(new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }));
  }

  #connect(source: AudioNode): void {
    this.#source = source;
    source.connect(this.node);
  }

  #letGo(): void {
    const stream = this.#stream;
    if (this.#source !== undefined) disconnect(this.#source, this.node);
    this.#source = undefined;
    this.#stream = undefined;
    if (stream === undefined) return;
    for (const track of stream.getAudioTracks()) {
      track.removeEventListener("ended", this.#onEnded);
      for (const name of MUTES) track.removeEventListener(name, this.#onMute);
    }
    if (stream !== this.#options.from) stop(stream);
  }

  /** Unplugged, or taken by the system: the next best device takes its place, now or when one comes. */
  #lose(): void {
    const { label } = this;
    this.#letGo();
    this.#emitter.emit("lost", microphoneLost(label));
    void this.#replace();
  }

  async #replace(): Promise<void> {
    // what the page is choosing goes before
    if (this.#isClosed || this.#choices > 0 || this.#options.from !== undefined) return;
    const asked = this.#asked + 1;
    try {
      await this.#take(undefined);
    } catch (error) {
      // one that was asked for meanwhile may still come
      if (asked === this.#asked) this.#emitter.emit("lost", error as VoxwireError);
    }
  }
}

const MUTES = ["mute", "unmute"] as const;

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function hasSound(from: unknown): boolean {
  return from instanceof MediaStream && from.getAudioTracks().length > 0;
}
