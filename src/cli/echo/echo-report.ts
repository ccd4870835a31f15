/** What `demo` and `stream` report: as JSON, and as text. */
import type { JitterStats } from "../../stream/jitter/jitter-stats.ts";
import { count, milliseconds, rounded, seconds } from "../figures.ts";
import { binDurations, drawHistogram } from "../plots/histogram.ts";
import { drawWaveform } from "../plots/waveform.ts";
import type { Terminal } from "../terminal.ts";
import type { EchoVerdict } from "./judge-echo.ts";
import type { EchoRun } from "./run-echo.ts";

/** The figures of a run, as `--json` prints them. Durations in ms, null where there is nothing to say. */
export interface EchoFigures {
  readonly input: WireFigures;
  readonly output: WireFigures;
  readonly durationMs: number;
  readonly framesSent: number;
  readonly framesReturned: number;
  readonly sentMs: number;
  readonly returnedMs: number;
  readonly roundTripMs: { count: number; p50: number; p99: number; max: number; mean: number };
  /** Mean round trip of the last stretch minus that of the first. */
  readonly growthMs: number;
  /** How long those stretches are: 10 s, or half of what there is. */
  readonly growthWindowMs: number;
  readonly pacing: {
    jitterMs: { p50: number; p99: number; max: number };
    driftMs: number;
    slippedMs: number;
  } | null;
  /** The jitter buffer, where there was one: WebRTC's names. */
  readonly jitter: JitterStats | null;
  /** What became of the frames to be sent, where silence could be left out. */
  readonly silence: { speech: number; noise: number; nothing: number; savedPercent: number } | null;
}

/** One direction. */
export interface WireFigures {
  encoding: string;
  sampleRate: number;
  frameMs: number;
}

/** How an echo compares, as `--json` prints it. */
export interface VerdictFigures {
  readonly identical: boolean;
  readonly complete: boolean;
  readonly expectedSamples: number;
  readonly receivedSamples: number;
  readonly differingSamples: number;
  readonly firstDifference: { sample: number; expected: number; actual: number } | null;
  /** Against the input through the same codec; null where nothing differs. */
  readonly snrDb: number | null;
}

const GROWTH_WINDOW_MS = 10_000;
const HISTOGRAM_BINS = 10;
const WAVEFORM_ROWS = 2;

/** Puts the figures of a run together. */
export function echoFigures(run: EchoRun): EchoFigures {
  const { session, stats, roundTrips } = run;
  const { pacing } = stats;
  const growthWindowMs = Math.min(GROWTH_WINDOW_MS, stats.receivedMs / 2);
  const frameMs = stats.framesReceived > 0 ? stats.receivedMs / stats.framesReceived : session.output.frameMs;
  const summary = roundTrips.summary();
  return {
    input: { ...session.input },
    output: { ...session.output },
    durationMs: rounded(run.durationMs),
    framesSent: stats.framesSent,
    framesReturned: stats.framesReceived,
    sentMs: rounded(stats.sentMs),
    returnedMs: rounded(stats.receivedMs),
    roundTripMs: {
      count: summary.count,
      p50: rounded(summary.p50),
      p99: rounded(summary.p99),
      max: rounded(summary.max),
      mean: rounded(summary.mean),
    },
    growthMs: rounded(roundTrips.growthMs(Math.round(growthWindowMs / frameMs))),
    growthWindowMs: rounded(growthWindowMs),
    pacing:
      pacing === undefined
        ? null
        : {
            jitterMs: {
              p50: rounded(pacing.jitter.p50),
              p99: rounded(pacing.jitter.p99),
              max: rounded(pacing.jitter.max),
            },
            driftMs: rounded(pacing.driftMs),
            slippedMs: rounded(pacing.slippedMs),
          },
    jitter: stats.jitter ?? null,
    silence: silenceFigures(run),
  };
}

/** A payload of noise costs a header and 11 bytes, a frame of G.711 a header and a byte for each sample. */
const HEADER_BYTES = 12;
const NOISE_BYTES = HEADER_BYTES + 11;

function silenceFigures({ session, stats: { silence } }: EchoRun): EchoFigures["silence"] {
  if (silence === undefined) return null;
  const { speech, noise, nothing } = silence;
  const { sampleRate, frameMs } = session.input;
  const frameBytes = HEADER_BYTES + (sampleRate * frameMs) / 1000;
  const all = Math.max(1, speech + noise + nothing) * frameBytes;
  const sent = speech * frameBytes + noise * NOISE_BYTES;
  return { speech, noise, nothing, savedPercent: rounded(100 * (1 - sent / all)) };
}

/** A verdict without `undefined`, which JSON does not have. */
export function verdictFigures(verdict: EchoVerdict): VerdictFigures {
  return {
    identical: verdict.isIdentical,
    complete: verdict.isComplete,
    expectedSamples: verdict.expectedSamples,
    receivedSamples: verdict.receivedSamples,
    differingSamples: verdict.differingSamples,
    firstDifference: verdict.firstDifference ?? null,
    snrDb: verdict.snrDb === undefined ? null : rounded(verdict.snrDb),
  };
}

/** The figures as lines for a person. @param hasEcho whether round trips mean anything */
export function printFigures(terminal: Terminal, figures: EchoFigures, hasEcho: boolean): void {
  const { roundTripMs: trip, pacing } = figures;
  const line = (name: string, text: string) => terminal.print(`  ${name.padEnd(12)}${text}`);
  line(
    "frames",
    `${count(figures.framesSent)} sent (${seconds(figures.sentMs)}), ${count(figures.framesReturned)} returned (${seconds(figures.returnedMs)})`,
  );
  if (hasEcho && trip.count > 0) {
    line(
      "round trip",
      `p50 ${milliseconds(trip.p50)}, p99 ${milliseconds(trip.p99)}, max ${milliseconds(trip.max)}`,
    );
    line(
      "growth",
      `${milliseconds(figures.growthMs)} from the first ${seconds(figures.growthWindowMs)} to the last`,
    );
  }
  if (pacing !== null) {
    const { p50, p99, max } = pacing.jitterMs;
    line(
      "pacing",
      `jitter p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, max ${milliseconds(max)}; drift ${milliseconds(pacing.driftMs)}`,
    );
  }
  const { silence } = figures;
  if (silence !== null)
    line(
      "silence",
      `${count(silence.nothing)} frames left out, ${count(silence.noise)} stood for by noise: ${silence.savedPercent} % of the bytes saved`,
    );
  if (figures.jitter !== null) line("playout", describePlayout(figures.jitter, figures.output.sampleRate));
}

/** What a jitter buffer did, in words. */
function describePlayout(stats: JitterStats, sampleRate: number): string {
  const ms = (samples: number) => milliseconds((samples * 1000) / sampleRate);
  const meanMs = (seconds: number) => (seconds * 1000) / Math.max(1, stats.jitterBufferEmittedCount);
  return (
    `${milliseconds(meanMs(stats.jitterBufferDelay))} behind the fastest packets on average ` +
    `(target ${milliseconds(meanMs(stats.jitterBufferTargetDelay))}); ` +
    `${ms(stats.concealedSamples)} made up in ${count(stats.concealmentEvents)} holes, ` +
    `${ms(stats.insertedSamplesForDeceleration)} put in, ${ms(stats.removedSamplesForAcceleration)} taken out, ` +
    `${count(stats.packetsLost)} packets lost, ${count(stats.packetsDiscarded)} of no use`
  );
}

/** How the echo compares, in words. */
export function describeVerdict(verdict: EchoVerdict, codec: string): string {
  const { expectedSamples, receivedSamples, firstDifference, differingSamples, snrDb } = verdict;
  if (verdict.isIdentical)
    return `identical to the input through ${codec}, all ${count(expectedSamples)} samples`;
  const length = verdict.isComplete
    ? ""
    : `${count(receivedSamples)} of ${count(expectedSamples)} samples${firstDifference === undefined ? ", those that are there the same" : "; "}`;
  if (firstDifference === undefined || snrDb === undefined) return length;
  const { sample, expected, actual } = firstDifference;
  return `${length}${count(differingSamples)} differ, the first at ${count(sample)} (${actual}, not ${expected}); signal to noise ${snrDb.toFixed(1)} dB`;
}

/** The input's waveform above the echo's, on one scale. */
export function printWaveforms(terminal: Terminal, input: Float32Array, echo: Float32Array): void {
  const fullScale = Math.max(...input, ...echo);
  const style = { isUnicode: terminal.isUnicode, rows: WAVEFORM_ROWS, fullScale };
  for (const [name, peaks] of [
    ["input", input],
    ["echo", echo],
  ] as const) {
    drawWaveform(peaks, style).forEach((text, i) => {
      terminal.print(`  ${(i === WAVEFORM_ROWS - 1 ? name : "").padEnd(6)}${text}`.trimEnd());
    });
  }
}

/** Columns of a waveform in this terminal. */
export function waveformColumns(terminal: Terminal): number {
  return terminal.columns - 8;
}

/** The histogram of the round trips. */
export function printRoundTrips(terminal: Terminal, { roundTrips }: EchoRun): void {
  const bins = binDurations(roundTrips.all, HISTOGRAM_BINS);
  if (bins.length === 0) return;
  terminal.print("  round trip, frames");
  for (const text of drawHistogram(bins, terminal.columns - 4, terminal.isUnicode))
    terminal.print(`    ${text}`);
}
