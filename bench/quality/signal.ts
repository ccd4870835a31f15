/**
 * The signal that a resampler is judged by: an impulse, a soft pulse, a held level, then one tone after another, each
 * faded in and out, from the pass band over the edge into the stop band.
 */
import type { Rates } from "../resample/contender.ts";

/** In what range a tone lies, by the lower rate's Nyquist frequency: to 0.9, from there to 1, and above. */
type Band = "pass" | "edge" | "stop";

/** A tone's place: input samples [start, start + length). */
export interface ToneSegment {
  readonly band: Band | "long";
  readonly hz: number;
  readonly start: number;
  readonly length: number;
}

export interface JudgeSignal {
  readonly samples: Float32Array;
  readonly tones: readonly ToneSegment[];
  /** The middle of the soft pulse, an input sample. */
  readonly pulseAt: number;
  /** The held level: input samples [start, start + length), faded in and out. */
  readonly level: { readonly start: number; readonly length: number; readonly value: number };
  /** Half the lower rate, Hz. */
  readonly nyquistHz: number;
}

/** Peak of each tone: -1 dB. */
export const TONE_LEVEL = 10 ** (-1 / 20);

const PASS_TONES = 40;
const EDGE_TONES = 30;
const LEVEL = 0.5;

export function createJudgeSignal({ inputRate, outputRate }: Rates): JudgeSignal {
  const nyquistHz = Math.min(inputRate, outputRate) / 2;
  const samplesOf = (seconds: number) => Math.floor(inputRate * seconds);
  const parts: Float64Array[] = [];
  let length = 0;
  const add = (part: Float64Array): number => {
    parts.push(part);
    length += part.length;
    return length - part.length;
  };

  add(new Float64Array(samplesOf(0.25)));
  const impulse = new Float64Array(samplesOf(0.3));
  impulse[0] = 0.9;
  add(impulse);

  const middle = samplesOf(0.15);
  const width = 2 * (0.12 / nyquistHz) * inputRate;
  const pulse = Float64Array.from(
    { length: samplesOf(0.3) },
    (_, i) => 0.5 * Math.exp(-0.5 * ((i - middle) / width) ** 2),
  );
  const pulseAt = add(pulse) + middle;

  const held = faded(samplesOf(0.3), samplesOf(0.05), () => LEVEL);
  const level = { start: add(held), length: held.length, value: LEVEL };
  add(new Float64Array(samplesOf(0.1)));

  const tones: ToneSegment[] = [];
  const addTone = (band: ToneSegment["band"], hz: number, seconds: number) => {
    const w = (2 * Math.PI * hz) / inputRate;
    const part = faded(samplesOf(seconds), samplesOf(0.04), (i) => TONE_LEVEL * Math.sin(w * i));
    tones.push({ band, hz, start: add(part), length: part.length });
    add(new Float64Array(samplesOf(0.02)));
  };
  for (const share of steps(0.01, 0.9, PASS_TONES)) addTone("pass", share * nyquistHz, 0.26);
  for (const share of steps(0.88, 1, EDGE_TONES + 1).slice(0, -1)) addTone("edge", share * nyquistHz, 0.26);
  if (inputRate > outputRate) {
    const highest = (0.999 * inputRate) / 2 / nyquistHz;
    for (const share of stopShares(highest)) addTone("stop", share * nyquistHz, 0.26);
  }
  addTone("long", 1000, 1);
  addTone("long", 0.8 * nyquistHz, 1);
  add(new Float64Array(samplesOf(0.4)));

  const samples = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { samples, tones, pulseAt, level, nyquistHz };
}

/** Dense just above the Nyquist frequency, where filters are weakest, wider above. */
function stopShares(highest: number): number[] {
  const all = [
    ...steps(1.0005, 1.1, 10),
    ...steps(1.1, 1.4, 16).slice(1),
    ...steps(1.4, Math.max(1.45, highest), 24).slice(1),
  ];
  return all.filter((share) => share <= highest);
}

function steps(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** `length` values under a raised-cosine fade of `fade` samples at both ends. */
function faded(length: number, fade: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const near = Math.min(i, length - 1 - i);
    const gain = near >= fade ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * (near + 0.5)) / fade);
    return gain * value(i);
  });
}
