/** The page's AudioContext: one for all microphones and speakers, since browsers allow few and each has its own clock. */
import { VoxwireError } from "../../core/errors.ts";

/** `running`: sound passes. `blocked`: the browser waits for a click or a key. `closed`: for good. */
export type AudioState = "running" | "blocked" | "closed";

/** What the browser takes for a person's wish to hear something. */
const GESTURES = ["pointerdown", "pointerup", "keydown", "touchend"] as const;

let shared: AudioContext | undefined;
let users = 0;

/** A context in use, which runs as soon as the browser lets it. */
export class HeldContext {
  readonly context: AudioContext;
  readonly #onState: (state: AudioState) => void;
  readonly #release: () => void;
  #state: AudioState = "blocked";

  /**
   * @param given stays its owner's; without it the page's own is used, which closes with its last user
   * @param onState called when the state changes
   * @throws VoxwireError `ERR_BROWSER` where there is no Web Audio with worklets
   */
  constructor(given: AudioContext | undefined, onState: (state: AudioState) => void) {
    const context = given ?? takeShared();
    const onContextState = () => this.#follow();
    const wake = () => void context.resume().catch(() => {});
    this.context = context;
    this.#onState = onState;
    context.addEventListener("statechange", onContextState);
    for (const name of GESTURES) globalThis.addEventListener(name, wake, { passive: true });
    // a page that comes back, and a telephone call that ends, on systems that stop the sound meanwhile
    document.addEventListener("visibilitychange", wake);
    this.#release = () => {
      context.removeEventListener("statechange", onContextState);
      for (const name of GESTURES) globalThis.removeEventListener(name, wake);
      document.removeEventListener("visibilitychange", wake);
      if (given === undefined) giveBack(context);
    };
    if (this.#follow() === "blocked") wake();
  }

  get state(): AudioState {
    return this.#state;
  }

  /** Lets go of it, once. */
  release(): void {
    this.#release();
    this.#set("closed");
  }

  #follow(): AudioState {
    const { state } = this.context;
    return this.#set(state === "running" || state === "closed" ? state : "blocked");
  }

  #set(state: AudioState): AudioState {
    if (state !== this.#state) {
      this.#state = state;
      this.#onState(state);
    }
    return state;
  }
}

function takeShared(): AudioContext {
  if (shared === undefined || shared.state === "closed") {
    if (typeof AudioContext === "undefined" || typeof AudioWorkletNode === "undefined") throw noWorklets();
    shared = new AudioContext({ latencyHint: "interactive" });
    users = 0;
  }
  users++;
  return shared;
}

function giveBack(context: AudioContext): void {
  if (context !== shared || --users > 0) return;
  shared = undefined;
  void context.close();
}

/** The error for pages without worklets. */
export function noWorklets(): VoxwireError {
  const isInsecure = globalThis.isSecureContext === false;
  return new VoxwireError("ERR_BROWSER", "This page has no AudioWorklet.", {
    hint: isInsecure
      ? "Browsers allow it over https and on localhost alone: serve the page from one of them."
      : "Use Chrome or Edge 66, Firefox 76, Safari 14.1 or later.",
  });
}

/** Takes `from` off `to`, where it is still on it: the page, or a `close`, may have been first. */
export function disconnect(from: AudioNode, to: AudioNode): void {
  try {
    from.disconnect(to);
  } catch {
    // nothing was connected
  }
}

/** The error for what is used after its `close`. @param name `microphone` or `speaker` */
export function isClosedError(name: string): VoxwireError {
  return new VoxwireError("ERR_DISPOSED", `This ${name} is closed.`, { hint: `${name}() opens another.` });
}
