/** A stretch of speech as levels over time and frequency: short windows, so that a hole of a frame can be seen. */
import { fft } from "../plots/fft.ts";
import { encodePng } from "../plots/png.ts";

const WINDOW = 256;
/** Of the window, that bears on a column: 16 ms at 8 kHz. */
const BEARING = 128;
const LOWEST_DB = -75;
const COLOURS = 32;

/** `samples` from `from` on, time to the right, 0 to half the rate upwards. */
export function levelPicture(
  samples: Int16Array,
  from: number,
  length: number,
  width: number,
  height: number,
): Buffer {
  const pixels = new Uint8Array(width * height);
  for (let x = 0; x < width; x++) {
    const levels = spectrum(samples, Math.round(from + ((x + 0.5) / width) * length - BEARING / 2));
    for (let y = 0; y < height; y++) {
      const place = ((height - 0.5 - y) / height) * (WINDOW / 2);
      const low = Math.min(WINDOW / 2 - 2, Math.floor(place));
      const level = levels[low]! + (levels[low + 1]! - levels[low]!) * (place - low);
      const share = Math.max(0, Math.min(1, (level - LOWEST_DB) / -LOWEST_DB));
      pixels[y * width + x] = Math.round(share * (COLOURS - 1));
    }
  }
  return encodePng(width, height, pixels, PALETTE);
}

const PALETTE = Array.from({ length: COLOURS }, (_, i) => {
  const share = i / (COLOURS - 1);
  return [
    Math.round(255 * Math.min(1, 1.5 * share)),
    Math.round(255 * Math.max(0, 1.6 * share - 0.6)),
    Math.round(
      255 * (share < 0.4 ? 0.1 + share : share < 0.75 ? 0.85 - 1.1 * share : 3.2 * share - 2.3) * 0.9,
    ),
  ] as const;
});

const SHAPE = Float64Array.from(
  { length: BEARING },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / BEARING),
);
const SHAPE_SUM = SHAPE.reduce((sum, value) => sum + value, 0);

/** dB of a full-scale sine. */
function spectrum(samples: Int16Array, start: number): Float64Array {
  const real = new Float64Array(WINDOW);
  const imaginary = new Float64Array(WINDOW);
  for (let i = 0; i < BEARING; i++) real[i] = (SHAPE[i]! * (samples[start + i] ?? 0)) / 32768;
  fft(real, imaginary);
  return Float64Array.from(
    { length: WINDOW / 2 },
    (_, k) => 20 * Math.log10(Math.max(1e-6, (2 * Math.hypot(real[k]!, imaginary[k]!)) / SHAPE_SUM)),
  );
}
