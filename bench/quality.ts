/** `bench quality`: a line for each pair of rates and each quality of ours, and of the peers that are here. */
import { loadDspSync } from "../src/index.ts";
import { type Judgement, judge } from "./quality/judge.ts";
import { createJudgeSignal } from "./quality/signal.ts";
import { type Contender, chunkOf, type Rates } from "./resample/contender.ts";
import { describeMissing, findContenders } from "./resample/contenders.ts";
import { largestDifference } from "./resample/correctness.ts";
import { MAIN_PAIRS, nameOf, ODD_PAIRS } from "./resample/rates.ts";
import { alignColumns } from "./table.ts";

/** One line. */
export interface QualityLine extends Judgement {
  readonly pair: string;
  readonly contender: string;
  /** In chunks of 1 ms: how long an instant waits for its output, at the worst. Absent where that cannot be seen. */
  readonly latencyMs?: number;
  /** Largest difference between all at once and in chunks of 20 ms. */
  readonly chunkDifference?: number;
}

const HEAD = [
  ...["", "", "ripple", "-0.1 dB", "-3 dB", "from 1.0", "from 1.1", "SNR 1k", "SNR 0.8"],
  ...["latency ms", "delay ms", "length", "phase deg", "in chunks"],
];
const CHUNKED_SECONDS = 6;
const LATENCY_SECONDS = 2;
/** Until here a stream may still be filling itself. */
const SETTLED_SECONDS = 0.7;

export async function reportQuality(): Promise<QualityLine[]> {
  const all = await findContenders(loadDspSync());
  const lines: QualityLine[] = [];
  try {
    for (const line of describeMissing(all.missing)) console.log(line);
    for (const rates of [...MAIN_PAIRS, ...ODD_PAIRS]) {
      for (const contender of [...all.ours, ...all.peers]) {
        lines.push(await judgeContender(contender, rates));
        if (process.stderr.isTTY) process.stderr.write(`\r${nameOf(rates)}, ${contender.name} `);
      }
    }
  } finally {
    all.close();
  }
  console.log(`\n${alignColumns([HEAD, ...lines.map(cells)], 2)}`);
  console.log(
    "\nFrequencies are shares of the lower rate's Nyquist frequency. Rejection in dB: the worst of tones above it and of " +
      "what tones below it leave elsewhere. Latency in chunks of 1 ms. Phase: degrees off a straight line. In chunks: the " +
      "largest difference from all at once.",
  );
  return lines;
}

export async function judgeContender(contender: Contender, rates: Rates): Promise<QualityLine> {
  const signal = createJudgeSignal(rates);
  const { samples } = await contender.convert(signal.samples, rates, 0);
  const judgement = judge(signal, samples, rates);
  const line = { pair: nameOf(rates), contender: contender.name, ...judgement };
  if (contender.kind === "command") return line;
  const { inputRate } = rates;
  const short = signal.samples.subarray(0, inputRate * CHUNKED_SECONDS);
  const whole = await contender.convert(short, rates, 0);
  const chunked = await contender.convert(short, rates, chunkOf(inputRate));
  const chunkDifference = largestDifference(whole.samples, chunked.samples);
  const latencyMs = await measureLatency(contender, rates, signal.samples, judgement.delayMs);
  return { ...line, latencyMs, chunkDifference };
}

/** The input's clock less that of the output, at the worst, after every chunk of about 1 ms. */
async function measureLatency(
  contender: Contender,
  rates: Rates,
  samples: Float32Array,
  delayMs: number,
): Promise<number> {
  const { inputRate, outputRate } = rates;
  const chunk = Math.max(8, Math.floor(inputRate / 1000));
  const { log } = await contender.convert(samples.subarray(0, inputRate * LATENCY_SECONDS), rates, chunk);
  const settled = log.filter(([fed]) => fed > inputRate * SETTLED_SECONDS);
  const waits = settled.map(([fed, produced]) => fed / inputRate - produced / outputRate);
  return Math.max(...waits) * 1000 + delayMs;
}

function cells(line: QualityLine): string[] {
  return [
    line.pair,
    line.contender,
    line.rippleDb.toFixed(4),
    line.edge01.toFixed(3),
    line.edge3.toFixed(3),
    line.rejectionFrom10Db.toFixed(1),
    line.rejectionFrom11Db.toFixed(1),
    line.snr1kDb.toFixed(1),
    line.snr08Db.toFixed(1),
    line.latencyMs?.toFixed(2) ?? "",
    line.delayMs.toFixed(2),
    line.excessSamples === 0 ? "exact" : line.excessSamples.toFixed(0),
    line.phaseDeviationDeg.toFixed(3),
    line.chunkDifference === undefined
      ? ""
      : line.chunkDifference === 0
        ? "same"
        : line.chunkDifference.toExponential(0),
  ];
}
