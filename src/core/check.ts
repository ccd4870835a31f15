/** Checks of options at construction: each failure names the option, what it was and what it may be. */
import { ConfigError } from "./errors.ts";

/** The error for an option that is not as it may be. @param expected what it may be, as it ends a sentence */
export function configError(name: string, value: unknown, expected: string): ConfigError {
  return new ConfigError("ERR_CONFIG", `${name} is ${show(value)}; expected ${expected}.`, {
    hint: `Set ${name} to ${expected}.`,
  });
}

/** A whole number in [min, max], or a `ConfigError`. */
export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
    throw configError(name, value, `a whole number from ${min} to ${max}`);
  return value;
}

/** A finite number in [min, max], or a `ConfigError`. */
export function checkNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max)
    throw configError(name, value, `a number from ${min} to ${max}`);
  return value;
}

/** One of the names or numbers in `allowed`, or a `ConfigError`. */
export function checkOneOf<T extends string | number>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (!allowed.includes(value as T)) throw configError(name, value, list(allowed));
  return value as T;
}

/** A value as it may stand in an error message: short, quoted where it is text. */
export function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "object" && value !== null)
    return `a value of type ${value.constructor?.name ?? "object"}`;
  return String(value);
}

function list(names: readonly (string | number)[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
