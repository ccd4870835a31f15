/** Callbacks that a server's options hold: what one of them throws, or an async one rejects with, ends nothing. */
import { isThenable } from "../stream/thenable.ts";

/** Calls one. Nobody waits for it; @param onError told of what it throws, at once or later */
export function callHook(call: () => unknown, onError: (error: unknown) => void): void {
  try {
    const pending = call();
    if (isThenable(pending)) Promise.resolve(pending).then(undefined, onError);
  } catch (error) {
    onError(error);
  }
}
