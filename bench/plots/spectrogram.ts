/** A sweep through a converter, seen as levels over time and frequency. */
import type { Contender, Rates } from "../resample/contender.ts";
import { fft } from "./fft.ts";
import { encodePng } from "./png.ts";

const SWEEP_SECONDS = 6;
/** Levels below this are shown as nothing. */
export const LOWEST_DB = -140;
const WINDOW = 1024;
const COLOURS = 48;

/** A picture of the sweep from 0 to the input's Nyquist frequency, time to the right, 0 to the output's Nyquist upwards. */
export async function sweepPicture(
  contender: Contender,
  rates: Rates,
  width: number,
  height: number,
): Promise<Buffer> {
  const { samples } = await contender.convert(sweep(rates.inputRate), rates, 0);
  const duration = SWEEP_SECONDS * rates.outputRate;
  const pixels = new Uint8Array(width * height);
  for (let x = 0; x < width; x++) {
    const middle = Math.round(((x + 0.5) / width) * duration);
    const levels = spectrum(samples, middle - WINDOW / 2);
    for (let y = 0; y < height; y++) {
      const from = Math.floor(((height - 1 - y) / height) * (WINDOW / 2));
      const to = Math.max(from + 1, Math.floor(((height - y) / height) * (WINDOW / 2)));
      let level = LOWEST_DB;
      for (let k = from; k < to; k++) level = Math.max(level, levels[k]!);
      const share = Math.min(1, (level - LOWEST_DB) / -LOWEST_DB);
      pixels[y * width + x] = Math.round(share * (COLOURS - 1));
    }
  }
  return encodePng(width, height, pixels, PALETTE);
}

/** The scale of the levels' colours, from `LOWEST_DB` at the left to 0 dB. */
export function scalePicture(): Buffer {
  return encodePng(
    COLOURS,
    1,
    Uint8Array.from({ length: COLOURS }, (_, i) => i),
    PALETTE,
  );
}

/** From black over violet and orange to near white: brighter is always louder. */
const PALETTE = Array.from({ length: COLOURS }, (_, i) => {
  const stops = [
    [8, 8, 16],
    [72, 28, 130],
    [125, 31, 119],
    [205, 66, 82],
    [249, 142, 45],
    [252, 253, 191],
  ] as const;
  const place = (i / (COLOURS - 1)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(stops[low]![channel] + (stops[low + 1]![channel] - stops[low]![channel]) * (place - low));
  return [mix(0), mix(1), mix(2)] as const;
});

function sweep(sampleRate: number): Float32Array {
  const n = SWEEP_SECONDS * sampleRate;
  // the phase of a frequency that rises in a straight line to half the rate
  return Float32Array.from({ length: n }, (_, i) => 0.9 * Math.sin(((Math.PI / 2) * i * i) / n));
}

/** dB against the sweep's level, by a window whose side lobes lie below what is shown. */
function spectrum(samples: Float32Array, start: number): Float64Array {
  const real = new Float64Array(WINDOW);
  const imaginary = new Float64Array(WINDOW);
  for (let i = 0; i < WINDOW; i++) real[i] = SHAPE[i]! * (samples[start + i] ?? 0);
  fft(real, imaginary);
  return Float64Array.from(
    { length: WINDOW / 2 },
    (_, k) => 20 * Math.log10(Math.max(1e-12, (2 * Math.hypot(real[k]!, imaginary[k]!)) / SHAPE_SUM / 0.9)),
  );
}

/** A Kaiser window; at 17 its side lobes begin 165 dB down. */
const SHAPE = Float64Array.from({ length: WINDOW }, (_, i) => {
  const place = (2 * i) / (WINDOW - 1) - 1;
  return bessel0(17 * Math.sqrt(1 - place * place)) / bessel0(17);
});
const SHAPE_SUM = SHAPE.reduce((sum, value) => sum + value, 0);

function bessel0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
