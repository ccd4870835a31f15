/** `speaker`: what a client in a page plays. */
import { checkNumber } from "../../core/check.ts";
import { VoxwireError } from "../../core/errors.ts";
import { Emitter, type Listener } from "../emitter.ts";
import { type AudioState, HeldContext, isClosedError } from "./page-context.ts";

/** Options of `speaker`. */
export interface SpeakerOptions {
  /** Which device; default the system's choice. */
  deviceId?: string;
  /** 0 to 1. Default 1. */
  volume?: number;
  /** Default the page's own, shared with all microphones and speakers. */
  context?: AudioContext;
}

/** What happens to a speaker. */
export interface SpeakerEvents {
  state: AudioState;
  /** The device of `use` is gone (`ERR_SPEAKER_LOST`), and the system's choice plays in its place. */
  lost: VoxwireError;
  /** The list of devices has changed. */
  devices: undefined;
}

/** How long `resume` waits: a context that may run does so within a few ms. */
const RESUME_MS = 1000;

/**
 * Opens the speaker. Where the browser lets no page sound before it has been touched, the speaker is `blocked` until the
 * first click or key, and goes on by itself then; show that there is something to click.
 * @throws VoxwireError `ERR_BROWSER`
 */
export async function speaker(options: SpeakerOptions = {}): Promise<Speaker> {
  const { context, deviceId, volume = 1 } = options;
  checkNumber("volume", volume, 0, 1);
  const opened = new Speaker(context, volume);
  try {
    if (deviceId !== undefined) await opened.use(deviceId);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** An open speaker. Any number of clients may play on it. */
export class Speaker {
  /** What clients play into; connect an analyser for a level meter. */
  readonly node: GainNode;
  readonly #emitter = new Emitter<SpeakerEvents>();
  readonly #held: HeldContext;
  readonly #onDevices = () => void this.#checkDevice();
  #volume: number;
  #deviceId = "";
  #isClosed = false;

  /** For `speaker`. */
  constructor(context: AudioContext | undefined, volume: number) {
    this.#held = new HeldContext(context, (state) => this.#emitter.emit("state", state));
    this.node = new GainNode(this.context, { gain: volume });
    this.node.connect(this.context.destination);
    this.#volume = volume;
    globalThis.navigator.mediaDevices?.addEventListener("devicechange", this.#onDevices);
  }

  /** The context that its node lives in. */
  get context(): AudioContext {
    return this.#held.context;
  }

  get state(): AudioState {
    return this.#held.state;
  }

  /** 0 to 1. */
  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    this.#volume = checkNumber("volume", volume, 0, 1);
    this.node.gain.setTargetAtTime(volume, this.context.currentTime, 0.01);
  }

  /** Calls `listener` on each event; returns a function that takes it off again. */
  on<K extends keyof SpeakerEvents>(name: K, listener: Listener<SpeakerEvents[K]>): () => void {
    return this.#emitter.on(name, listener);
  }

  /**
   * Lets sound be heard; best called in a click's listener.
   * @throws VoxwireError `ERR_AUDIO_BLOCKED` where the browser wants a click or a key first, `ERR_DISPOSED`
   */
  async resume(): Promise<void> {
    const { context } = this;
    this.#checkOpen();
    const resumed = context.resume().catch(() => {});
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RESUME_MS);
    });
    await Promise.race([resumed, late]);
    clearTimeout(timer);
    if (context.state === "running") return;
    throw new VoxwireError(
      "ERR_AUDIO_BLOCKED",
      "The browser plays no sound before the page has been touched.",
      {
        hint: "Call resume() in the listener of a click or a key; the speaker also goes on by itself at the first one.",
      },
    );
  }

  /**
   * Changes to another device; `""` is the system's choice, which also takes the place of a device that goes.
   * @throws VoxwireError `ERR_BROWSER` where it is not there, or the browser cannot choose; `ERR_DISPOSED`
   */
  async use(deviceId: string): Promise<void> {
    this.#checkOpen();
    const context = this.context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
    try {
      if (context.setSinkId === undefined)
        throw new Error("This browser plays on the system's choice alone.");
      await context.setSinkId(deviceId);
      this.#deviceId = deviceId;
    } catch (cause) {
      throw new VoxwireError("ERR_BROWSER", `The speaker ${JSON.stringify(deviceId)} cannot be used.`, {
        hint: "Leave deviceId out for the system's own choice.",
        cause,
      });
    }
  }

  /** Lets go of it. Twice is no error. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    globalThis.navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    this.node.disconnect();
    this.#held.release();
    this.#emitter.clear();
  }

  #checkOpen(): void {
    if (this.state === "closed") throw isClosedError("speaker");
  }

  async #checkDevice(): Promise<void> {
    this.#emitter.emit("devices", undefined);
    const ids: string[] = [];
    for (const { kind, deviceId } of await navigator.mediaDevices.enumerateDevices()) {
      if (kind === "audiooutput") ids.push(deviceId);
    }
    // without a permission all ids are empty
    if (this.state === "closed" || ids.includes(this.#deviceId) || ids.includes("")) return;
    if (this.#deviceId === "") return;
    this.#deviceId = "";
    const hint = "The system's choice plays in its place; speaker.use() takes another.";
    this.#emitter.emit("lost", new VoxwireError("ERR_SPEAKER_LOST", "The speaker is gone.", { hint }));
    try {
      await this.use("");
    } catch (error) {
      this.#emitter.emit("lost", error as VoxwireError);
    }
  }
}
