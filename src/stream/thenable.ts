/** Telling a promise from a value, for what handlers return. */

/** Whether `value` has a `then` to wait for: promises of this realm, of another, or made by a library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<PromiseLike<unknown>>).then === "function"
  );
}
