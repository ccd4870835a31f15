/** Counters for user code: live to read, and whatever is done to them (written, frozen) the engine counts on. */

/** An object whose properties are those of `counters`, or those named, at the moment they are read. */
export function statsView<T extends object>(
  counters: T,
  names: readonly (keyof T)[] = Object.keys(counters) as (keyof T)[],
): Readonly<T> {
  const view = {};
  for (const name of names) {
    Object.defineProperty(view, name, { enumerable: true, get: () => counters[name] });
  }
  return view as Readonly<T>;
}
