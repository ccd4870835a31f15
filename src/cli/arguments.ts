/** Readers of option values: text in, a checked value out, or a `UsageError` that names the option and the fix. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { checkSampleRate } from "../core/rates.ts";
import { UsageError } from "./usage-error.ts";

/** Reads the text of one option's value. */
export type ArgumentReader<T> = (text: string) => T;

/** A sample rate in Hz. */
export function readRate(option: string): ArgumentReader<number> {
  return (text) => {
    const kilohertz = /^(\d+(?:\.\d+)?)\s*k(?:hz)?$/i.exec(text);
    if (kilohertz !== null) {
      const hertz = Math.round(Number(kilohertz[1]) * 1000);
      throw new UsageError(`${option} is ${show(text)}.`, `Rates are in Hz: write ${hertz}.`);
    }
    const value = numberOf(text);
    try {
      return checkSampleRate(option, value ?? text);
    } catch (cause) {
      if (!(cause instanceof ConfigError)) throw cause;
      throw new UsageError(cause.message, cause.hint, cause);
    }
  };
}

/** A whole number. @param unit what it counts, for the message: `"ms"`, `"a port"` */
export function readInteger(option: string, min: number, max: number, unit = ""): ArgumentReader<number> {
  return (text) => {
    const value = numberOf(text);
    if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
    const what = `a whole number${unit === "" ? "" : ` (${unit})`} from ${min} to ${max}`;
    throw new UsageError(`${option} is ${show(text)}; expected ${what}.`, example(option, text, min, max));
  };
}

/** A finite number, fractions allowed. */
export function readNumber(option: string, min: number, max: number, unit = ""): ArgumentReader<number> {
  return (text) => {
    const value = numberOf(text);
    if (value !== undefined && value >= min && value <= max) return value;
    const what = `a number${unit === "" ? "" : ` (${unit})`} from ${min} to ${max}`;
    throw new UsageError(`${option} is ${show(text)}; expected ${what}.`, example(option, text, min, max));
  };
}

/** One of some names. */
export function readOneOf<T extends string>(option: string, names: readonly T[]): ArgumentReader<T> {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    const meant = nearest(text, names);
    const hint = meant === undefined ? `Write ${option} ${names[0]}.` : `Did you mean ${meant}?`;
    throw new UsageError(`${option} is ${show(text)}; expected ${names.join(", ")}.`, hint);
  };
}

/** A value of an option that may be given several times: they are gathered in a list. */
export function gather(text: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), text];
}

/** Plain decimal numbers only: "0x10", "1e3" and "" are typing errors more often than wishes. */
function numberOf(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function example(option: string, text: string, min: number, max: number): string {
  const value = numberOf(text);
  const nearestBound = value === undefined || value < min ? min : max;
  const rounded = value !== undefined && value >= min && value <= max ? Math.round(value) : nearestBound;
  return `For example ${option} ${rounded}.`;
}
