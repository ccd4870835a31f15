/** What a resampler costs before its first sample: time and engine memory, for the first of a ratio and for further ones. */

import { engineOf } from "../../src/dsp/formats.ts";
import type { Dsp, ResamplerQuality } from "../../src/index.ts";
import { alignColumns } from "../table.ts";
import type { Rates } from "./contender.ts";
import { nameOf } from "./rates.ts";

export interface StartResult {
  readonly pair: string;
  readonly quality: string;
  readonly firstMs: number;
  readonly firstBytes: number;
  /** Of each further one, in the mean. */
  readonly furtherMs: number;
  readonly furtherBytes: number;
  readonly latencySamples: number;
  readonly latencyMs: number;
}

const FURTHER = 100;

/** To be called while no resampler of the pair is open. */
export function measureStart(dsp: Dsp, quality: ResamplerQuality, rates: Rates): StartResult {
  const { arena } = engineOf(dsp);
  const create = () => dsp.createResampler({ ...rates, quality });
  const [startBytes, startMs] = [arena.usedBytes, performance.now()];
  const first = create();
  const [firstBytes, firstMs] = [arena.usedBytes, performance.now()];
  const further = Array.from({ length: FURTHER }, create);
  const [endBytes, endMs] = [arena.usedBytes, performance.now()];
  const { latencySamples } = first;
  for (const resampler of [first, ...further]) resampler.dispose();
  if (arena.usedBytes !== startBytes) {
    throw new Error(`${nameOf(rates)}, ${quality}: disposal left ${arena.usedBytes - startBytes} bytes.`);
  }
  return {
    pair: nameOf(rates),
    quality,
    firstMs: firstMs - startMs,
    firstBytes: firstBytes - startBytes,
    furtherMs: (endMs - firstMs) / FURTHER,
    furtherBytes: (endBytes - firstBytes) / FURTHER,
    latencySamples,
    latencyMs: (latencySamples / rates.inputRate) * 1000,
  };
}

export function startTable(results: readonly StartResult[]): string {
  const rows = results.map((result) => [
    result.pair,
    result.quality,
    result.firstMs.toFixed(2),
    (result.firstBytes / 1024).toFixed(1),
    result.furtherMs.toFixed(3),
    (result.furtherBytes / 1024).toFixed(1),
    result.latencySamples.toFixed(1),
    result.latencyMs.toFixed(2),
  ]);
  const head = ["", "", "first ms", "KiB", "further ms", "KiB", "latency samples", "latency ms"];
  return alignColumns([head, ...rows], 2);
}
