/** Sample rates the engine takes. */
import { show } from "./check.ts";
import { ConfigError } from "./errors.ts";

export const MIN_SAMPLE_RATE = 4000;
export const MAX_SAMPLE_RATE = 192000;

/** A sample rate in whole Hz from 4,000 to 192,000, or `ConfigError` `ERR_RATE`. */
export function checkSampleRate(name: string, value: unknown): number {
  if (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= MIN_SAMPLE_RATE &&
    value <= MAX_SAMPLE_RATE
  ) {
    return value;
  }
  const inKilohertz = typeof value === "number" && value >= 4 && value <= 192;
  throw new ConfigError(
    "ERR_RATE",
    `${name} is ${show(value)}; expected a whole number of Hz from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE}.`,
    {
      hint: inKilohertz
        ? `Rates are in Hz: write ${Math.round((value as number) * 1000)}.`
        : "Common rates are 8000, 16000, 24000 and 48000.",
    },
  );
}
