/** Waiting for something that may never come. */
import type { Clock } from "../core/clock.ts";

/** Waits for `promise`, at most `timeoutMs`; false where it was not settled by then. Rejections pass through. */
export async function withTimeout(
  promise: PromiseLike<unknown>,
  timeoutMs: number,
  clock: Clock,
): Promise<boolean> {
  let timer: unknown;
  const late = new Promise<false>((resolve) => {
    timer = clock.setTimer(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([Promise.resolve(promise).then(() => true as const), late]);
  } finally {
    clock.clearTimer(timer);
  }
}
