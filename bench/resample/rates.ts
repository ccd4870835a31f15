/** The pairs of rates that reports are made of. */
import type { Rates } from "./contender.ts";

/** The pairs of telephony, recognition and music. */
export const MAIN_PAIRS: readonly Rates[] = [
  ...pairs(48_000, 8_000, 8_000, 48_000, 16_000, 8_000, 8_000, 16_000, 24_000, 8_000),
  ...pairs(44_100, 16_000, 48_000, 44_100, 44_100, 48_000),
];

/** Pairs on which many resamplers become slow or coarse. */
export const ODD_PAIRS: readonly Rates[] = [
  ...pairs(8_000, 44_100, 44_100, 8_000, 22_050, 16_000, 11_025, 8_000, 37_800, 48_000, 44_056, 48_000),
];

export function nameOf({ inputRate, outputRate }: Rates): string {
  return `${inputRate / 1000} to ${outputRate / 1000}`;
}

function pairs(...rates: number[]): Rates[] {
  const found: Rates[] = [];
  for (let i = 0; i < rates.length; i += 2) found.push({ inputRate: rates[i]!, outputRate: rates[i + 1]! });
  return found;
}
