/** Times contenders in alternating rounds: in each round every one of them on every pair. */
import type { Effort } from "../measure.ts";
import type { Contender, Rates, Timed } from "./contender.ts";
import { nameOf } from "./rates.ts";

/** Nanoseconds of one contender on one pair. */
export interface SpeedResult {
  readonly contender: string;
  readonly pair: string;
  readonly minNs: number;
  readonly medianNs: number;
  /** Samples that this time was for. */
  readonly inputSamples: number;
}

/** A pass that takes longer than this is made in the first rounds only. */
const SLOW_NS = 200e6;
const SLOW_ROUNDS = 3;

/** How one contender is to be timed on a pair; undefined where it cannot be. */
export type Start = (contender: Contender, rates: Rates) => Promise<Timed> | undefined;

export async function measureSpeed(
  contenders: readonly Contender[],
  pairs: readonly Rates[],
  inputSamples: (rates: Rates) => number,
  start: Start,
  effort: Effort,
  onRound: (round: number) => void,
): Promise<SpeedResult[]> {
  const entries = [];
  for (const rates of pairs) {
    for (const contender of contenders) {
      const timed = await start(contender, rates);
      if (timed !== undefined) entries.push({ contender, rates, timed, samples: [] as number[] });
    }
  }
  try {
    for (let round = 0; round < effort.rounds; round++) {
      onRound(round);
      for (const { timed, samples } of entries) {
        if (round >= SLOW_ROUNDS && samples[0]! > SLOW_NS) continue;
        // what answers with one number for a short pass is asked again, so that each has as many chances
        const until = performance.now() + 800 * effort.seconds;
        do samples.push(...(await timed.sample(effort.seconds)));
        while (performance.now() < until);
      }
    }
  } finally {
    for (const { timed } of entries) timed.dispose();
  }
  return entries.map(({ contender, rates, samples }) => {
    const sorted = samples.sort((a, b) => a - b);
    return {
      contender: contender.name,
      pair: nameOf(rates),
      minNs: sorted[0]!,
      medianNs: sorted[sorted.length >> 1]!,
      inputSamples: inputSamples(rates),
    };
  });
}
