/** Reads a resampler's figures off what it makes of the judge's signal. */
import { exactLength, type Rates } from "../resample/contender.ts";
import { fitTone } from "../resample/tone-fit.ts";
import { type JudgeSignal, TONE_LEVEL, type ToneSegment } from "./signal.ts";

/** Frequencies are shares of the lower rate's Nyquist frequency; levels are relative to the tones'. */
export interface Judgement {
  /** Largest less smallest gain to 0.9. */
  readonly rippleDb: number;
  /** Where the gain has fallen by 0.1 and by 3 dB; 1 where it has not below 1. */
  readonly edge01: number;
  readonly edge3: number;
  /** What is left of tones from 1.0 and from 1.1 on, and of images of tones below 1 and below 0.9, at the worst. */
  readonly rejectionFrom10Db: number;
  readonly rejectionFrom11Db: number;
  /** A tone over everything else: 1 kHz, and 0.8. */
  readonly snr1kDb: number;
  readonly snr08Db: number;
  /** How late the output is against its own clock; 0 for one that is aligned in time. */
  readonly delayMs: number;
  /** Gain of a held level. */
  readonly levelDb: number;
  /** Samples more than the exact length. */
  readonly excessSamples: number;
  /** Degrees by which the phase leaves a straight line, to 0.85. */
  readonly phaseDeviationDeg: number;
}

/** After a tone has begun and before it ends, seconds that are not looked at: fades and filters. */
const MARGIN_SECONDS = 0.075;
/** Silence reads as this. */
const FLOOR = 1e-12;

interface Reading {
  readonly tone: ToneSegment;
  readonly gainDb: number;
  readonly phase: number;
  readonly restDb: number;
}

export function judge(signal: JudgeSignal, output: Float32Array, rates: Rates): Judgement {
  const { inputRate, outputRate } = rates;
  const ratio = outputRate / inputRate;
  const delay = pulseDelay(signal, output, rates);
  const at = (inputSamples: number, seconds: number) =>
    (inputSamples / inputRate + delay + seconds) * outputRate;

  const readings: Reading[] = [];
  let stopFrom10 = FLOOR;
  let stopFrom11 = FLOOR;
  for (const tone of signal.tones) {
    const from = Math.ceil(at(tone.start, MARGIN_SECONDS));
    const to = Math.min(output.length, Math.floor(at(tone.start + tone.length, -MARGIN_SECONDS)));
    if (to - from < 100) throw new Error(`The output ends before the tone of ${tone.hz} Hz.`);
    if (tone.band === "stop") {
      const level = (Math.SQRT2 * rms(output, from, to)) / TONE_LEVEL;
      stopFrom10 = Math.max(stopFrom10, level);
      if (tone.hz >= 1.0999 * signal.nyquistHz) stopFrom11 = Math.max(stopFrom11, level);
      continue;
    }
    const fit = fitTone(output, from, to, tone.hz, outputRate, from - tone.start * ratio);
    const rest = Math.SQRT2 * fit.residualRms;
    readings.push({
      tone,
      gainDb: decibels(fit.amplitude / TONE_LEVEL),
      phase: fit.phase,
      restDb: decibels(rest / (tone.band === "long" ? fit.amplitude : TONE_LEVEL)),
    });
  }

  const pass = readings.filter(({ tone }) => tone.band === "pass");
  const swept = readings.filter(({ tone }) => tone.band !== "long").sort((a, b) => a.tone.hz - b.tone.hz);
  const flat = swept
    .filter(({ tone }) => tone.hz <= 0.9 * signal.nyquistHz * 1.0001)
    .map(({ gainDb }) => gainDb);
  const worstRest = (all: readonly Reading[]) => Math.max(...all.map(({ restDb }) => restDb));
  const long = readings.filter(({ tone }) => tone.band === "long");
  return {
    rippleDb: Math.max(...flat) - Math.min(...flat),
    edge01: edge(swept, 0.1, signal.nyquistHz),
    edge3: edge(swept, 3, signal.nyquistHz),
    rejectionFrom10Db: -Math.max(decibels(stopFrom10), worstRest(swept)),
    rejectionFrom11Db: -Math.max(decibels(stopFrom11), worstRest(pass)),
    snr1kDb: -long[0]!.restDb,
    snr08Db: -long[1]!.restDb,
    delayMs: delay * 1000,
    levelDb: levelGain(signal, output, at),
    excessSamples: output.length - exactLength(signal.samples.length, rates),
    phaseDeviationDeg: phaseDeviation(
      pass.filter(({ tone }) => tone.hz <= 0.85 * signal.nyquistHz),
      delay,
    ),
  };
}

/** Seconds from the pulse's middle to that of its copy, by the centre of gravity. */
function pulseDelay(
  { pulseAt }: JudgeSignal,
  output: Float32Array,
  { inputRate, outputRate }: Rates,
): number {
  const centre = Math.floor((pulseAt * outputRate) / inputRate);
  const reach = Math.floor(outputRate * 0.14);
  let [moment, mass] = [0, 0];
  for (let i = centre - reach; i < centre + reach; i++) {
    moment += i * output[i]!;
    mass += output[i]!;
  }
  return moment / mass / outputRate - pulseAt / inputRate;
}

function levelGain(
  { level }: JudgeSignal,
  output: Float32Array,
  at: (inputSamples: number, seconds: number) => number,
): number {
  const from = Math.floor(at(level.start, 0.1));
  const to = Math.floor(at(level.start, 0.2));
  let sum = 0;
  for (let i = from; i < to; i++) sum += output[i]!;
  return decibels(Math.abs(sum / (to - from)) / level.value);
}

/** Where the gain first falls below `downDb` under that of the lowest tone, between two tones by a straight line. */
function edge(swept: readonly Reading[], downDb: number, nyquistHz: number): number {
  const reference = swept[0]!.gainDb;
  const k = swept.findIndex(({ gainDb }) => gainDb - reference < -downDb);
  if (k < 0) return 1;
  const [before, after] = [swept[k - 1]!, swept[k]!];
  const share = (reference - downDb - before.gainDb) / (after.gainDb - before.gainDb);
  return (before.tone.hz + (after.tone.hz - before.tone.hz) * share) / nyquistHz;
}

function phaseDeviation(pass: readonly Reading[], delay: number): number {
  let previous = 0;
  const points = pass.map(({ tone, phase }) => {
    const rest = phase + 2 * Math.PI * tone.hz * delay;
    previous = rest - 2 * Math.PI * Math.round((rest - previous) / (2 * Math.PI));
    return [tone.hz, previous] as const;
  });
  let [fp, ff] = [0, 0];
  for (const [hz, phase] of points) {
    fp += hz * phase;
    ff += hz * hz;
  }
  const worst = Math.max(...points.map(([hz, phase]) => Math.abs(phase - (fp / ff) * hz)));
  return (worst * 180) / Math.PI;
}

function rms(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i]! ** 2;
  return Math.sqrt(sum / (to - from));
}

function decibels(ratio: number): number {
  return 20 * Math.log10(Math.max(ratio, FLOOR));
}
