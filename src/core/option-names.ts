/**
 * Names of options, by which one that is misspelt is found. The check itself is brought where its bytes do not matter, in
 * Node: pages do without it.
 */

/** What there is: the keys count. */
export type OptionNames = object;

/** All names of an options type, a union's included, so that none is left out of a list. */
export type NamesOf<T> = Readonly<Record<T extends unknown ? keyof T : never, unknown>>;

/** Refuses what is no object, and names that are not known. */
export type OptionCheck = (what: string, given: unknown, names: OptionNames) => void;

let check: OptionCheck | undefined;

/** Has `expectOptions` check from now on. */
export function bringOptionCheck(brought: OptionCheck): void {
  check = brought;
}

/**
 * The options as they are, checked where the check has been brought.
 * @param what whose they are, for the error: `"createResampler()"`
 * @throws ConfigError `ERR_CONFIG`
 */
export function expectOptions<T extends object>(what: string, given: T, names: NamesOf<T>): T {
  check?.(what, given, names);
  return given ?? ({} as T);
}
