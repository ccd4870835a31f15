/** `speaker`: what a client in a page plays. */
import { VoxwireError } from "../../core/errors.ts";
import { Emitter, type Listener } from "../emitter.ts";
import { type HeldContext, holdContext } from "./page-context.ts";

/** Options of `speaker`. */
export interface SpeakerOptions {
  /** Which device; default the system's choice. */
  deviceId?: string;
  /** 0 to 1. Default 1. */
  volume?: number;
  /** Default the page's own, shared with all microphones and speakers. */
  context?: AudioContext;
}

/** `running`: sound can be heard. `blocked`: the browser waits for a click or a key. `closed`: for good. */
export type SpeakerState = "running" | "blocked" | "closed";

/** What happens to a speaker. */
export interface SpeakerEvents {
  state: SpeakerState;
}

/** What the browser takes for a person's wish to hear something. */
const GESTURES = ["pointerdown", "pointerup", "keydown", "touchend"] as const;
/** How long `resume` waits: a context that may run does so within a few ms. */
const RESUME_MS = 1000;

/**
 * Opens the speaker. Where the browser lets no page sound before it has been touched, the speaker is `blocked` until the
 * first click or key, and goes on by itself then; show that there is something to click.
 * @throws VoxwireError `ERR_BROWSER`
 */
export async function speaker(options: SpeakerOptions = {}): Promise<Speaker> {
  const held = holdContext(options.context);
  try {
    const opened = new Speaker(held, options.volume ?? 1);
    if (options.deviceId !== undefined) await opened.use(options.deviceId);
    return opened;
  } catch (error) {
    held.release();
    throw error;
  }
}

/** An open speaker. Any number of clients may play on it. */
export class Speaker {
  /** What clients play into; connect an analyser for a level meter. */
  readonly node: GainNode;
  readonly #held: HeldContext;
  readonly #emitter = new Emitter<SpeakerEvents>();
  readonly #onGesture = () => void this.context.resume().catch(() => {});
  readonly #onState = () => this.#follow();
  #state: SpeakerState = "blocked";

  /** For `speaker`. */
  constructor(held: HeldContext, volume: number) {
    this.#held = held;
    this.node = new GainNode(held.context, { gain: volume });
    this.node.connect(held.context.destination);
    held.context.addEventListener("statechange", this.#onState);
    for (const name of GESTURES) globalThis.addEventListener(name, this.#onGesture, { passive: true });
    // a page that comes back, and a telephone call that ends, on systems that stop the sound meanwhile
    document.addEventListener("visibilitychange", this.#onGesture);
    this.#follow();
    if (this.#state === "blocked") this.#onGesture();
  }

  /** The context that its node lives in. */
  get context(): AudioContext {
    return this.#held.context;
  }

  get state(): SpeakerState {
    return this.#state;
  }

  /** 0 to 1. */
  get volume(): number {
    return this.node.gain.value;
  }

  set volume(volume: number) {
    this.node.gain.setTargetAtTime(volume, this.context.currentTime, 0.01);
  }

  /** Calls `listener` on each event; returns a function that takes it off again. */
  on<K extends keyof SpeakerEvents>(name: K, listener: Listener<SpeakerEvents[K]>): () => void {
    return this.#emitter.on(name, listener);
  }

  /**
   * Lets sound be heard; best called in a click's listener.
   * @throws VoxwireError `ERR_AUDIO_BLOCKED` where the browser wants a click or a key first
   */
  async resume(): Promise<void> {
    const { context } = this;
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

  /** Changes to another device. @throws VoxwireError `ERR_BROWSER` where it is not there, or the browser cannot choose */
  async use(deviceId: string): Promise<void> {
    const context = this.context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
    try {
      if (context.setSinkId === undefined)
        throw new Error("This browser plays on the system's choice alone.");
      await context.setSinkId(deviceId);
    } catch (cause) {
      throw new VoxwireError("ERR_BROWSER", `The speaker ${JSON.stringify(deviceId)} cannot be used.`, {
        hint: "Leave deviceId out for the system's own choice.",
        cause,
      });
    }
  }

  /** Lets go of it. Twice is no error. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.context.removeEventListener("statechange", this.#onState);
    for (const name of GESTURES) globalThis.removeEventListener(name, this.#onGesture);
    document.removeEventListener("visibilitychange", this.#onGesture);
    this.node.disconnect();
    this.#emitter.emit("state", "closed");
    this.#emitter.clear();
    this.#held.release();
  }

  #follow(): void {
    const state = this.context.state === "running" ? "running" : "blocked";
    if (state === this.#state || this.#state === "closed") return;
    this.#state = state;
    this.#emitter.emit("state", state);
  }
}
