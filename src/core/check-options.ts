/** Refuses options that there are not: a name that is misspelt would else pass in silence. */
import { show } from "./check.ts";
import { ConfigError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { OptionNames } from "./option-names.ts";

/** Of `Clock`. */
export const CLOCK_METHODS: readonly string[] = ["now", "setTimer", "clearTimer", "setImmediate"];

/** More names than a person reads. */
const MOST_LISTED = 12;

/**
 * @param what whose options they are: `"serve()"`, or the option that holds them, `"limits"`
 * @param names what there is
 * @param elsewhere what to do with names that belong elsewhere, by name
 * @throws ConfigError `ERR_CONFIG` that names the option and the nearest one, or for what is no object
 */
export function checkOptionNames(
  what: string,
  given: unknown,
  names: OptionNames,
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new ConfigError("ERR_CONFIG", `${what} was given ${show(given)}; expected an object of options.`, {
      hint: `It takes ${someOf(names)}.`,
    });
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(names, name)) continue;
    throw new ConfigError("ERR_CONFIG", `${what} has no option ${show(name)}.`, {
      hint: Object.hasOwn(elsewhere, name) ? elsewhere[name]! : hintFor(name, names),
    });
  }
}

/**
 * An object by what it can do; what is left out passes.
 * @throws ConfigError `ERR_CONFIG` that names the first method it lacks
 */
export function checkMethods(name: string, value: unknown, methods: readonly string[], hint: string): void {
  if (value === undefined) return;
  const isObject = typeof value === "object" && value !== null;
  const missing = methods.find((method) => !isObject || typeof Reflect.get(value, method) !== "function");
  if (missing === undefined) return;
  const seen = isObject ? `${show(value)} without a method ${missing}` : show(value);
  throw new ConfigError("ERR_CONFIG", `${name} is ${seen}; expected ${methods.join(", ")}.`, { hint });
}

/** One of the names there are, or a `ConfigError` that has the nearest one. @param what what it names: `"event"` */
export function checkKnownName(what: string, name: unknown, names: OptionNames): void {
  if (typeof name === "string" && Object.hasOwn(names, name)) return;
  throw new ConfigError("ERR_CONFIG", `There is no ${what} ${show(name)}.`, {
    hint: hintFor(String(name), names, "There are"),
  });
}

function hintFor(name: string, names: OptionNames, lead = "It takes"): string {
  const meant = nearest(name, Object.keys(names));
  return meant === undefined ? `${lead} ${someOf(names)}.` : `Did you mean ${meant}?`;
}

function someOf(names: OptionNames): string {
  const all = Object.keys(names);
  if (all.length === 0) return "none";
  const some = all.slice(0, MOST_LISTED).join(", ");
  return all.length > MOST_LISTED ? `${some} and ${all.length - MOST_LISTED} more` : some;
}
