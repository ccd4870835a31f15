/** The page's AudioContext: one for all microphones and speakers, since browsers allow few and each has its own clock. */
import { VoxwireError } from "../../core/errors.ts";

let shared: AudioContext | undefined;
let users = 0;

/** A context in use; `release` when done, once. */
export interface HeldContext {
  readonly context: AudioContext;
  release(): void;
}

/**
 * The given context, which stays its owner's, or the page's own, which closes with its last user.
 * @throws VoxwireError `ERR_BROWSER` where there is no Web Audio with worklets
 */
export function holdContext(given?: AudioContext): HeldContext {
  if (given !== undefined) return { context: given, release: () => {} };
  if (shared === undefined || shared.state === "closed") {
    if (typeof AudioContext === "undefined" || typeof AudioWorkletNode === "undefined") throw noWorklets();
    shared = new AudioContext({ latencyHint: "interactive" });
    users = 0;
  }
  const context = shared;
  users++;
  let isHeld = true;
  return {
    context,
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      if (--users > 0 || context !== shared) return;
      shared = undefined;
      void context.close();
    },
  };
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
