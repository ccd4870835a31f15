/**
 * How different two recordings of speech sound: a measure of our own, in the manner of PESQ but not PESQ.
 *
 * Both are taken to 8 kHz. The reference is cut into pieces of 480 ms; each is sought in the other recording by normalised
 * cross-correlation, which gives the delay there. Then, frame by frame (32 ms, every 16), the loudness in 18 Bark bands
 * (power to 0.3) is compared at that delay. The distance is the sum of all differences over the loudness of the reference:
 * 0 for the same sound, 1 for silence in its place.
 */
import type { Dsp } from "../../dsp/dsp.ts";

const RATE = 8000;
const PIECE = 3840;
const FRAME = 256;
const HOP = 128;
const MAX_LAG = 1.2 * RATE;
const LOUDNESS_POWER = 0.3;
/** Pieces and frames below this share of the loudest say nothing. */
const ACTIVE_SHARE = 0.05;
/** Edges of the critical bands in Hz (Zwicker 1961), as far as 8 kHz reach. */
const BARK_HZ = [
  20, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4000,
];

/** What a comparison found. */
export interface SpectralDistance {
  /** 0: the same; 1: as far away as silence. */
  readonly distance: number;
  /** Delay of each piece of speech, in ms from the beginning of both recordings. */
  readonly lags: readonly { readonly atMs: number; readonly lagMs: number }[];
  readonly meanLagMs: number;
  readonly maxLagMs: number;
}

/** Compares int16 recordings of one rate. */
export function spectralDistance(
  dsp: Dsp,
  reference: Int16Array,
  other: Int16Array,
  sampleRate: number,
): SpectralDistance {
  const a = toEightKilohertz(dsp, reference, sampleRate);
  const b = new Float32Array(a.length + MAX_LAG + PIECE);
  b.set(toEightKilohertz(dsp, other, sampleRate).subarray(0, b.length));
  const spectrum = new LoudnessSpectrum();
  const loudest = Math.max(...pieces(a).map(({ energy }) => energy), 1e-9);
  const lags: { atMs: number; lagMs: number }[] = [];
  let difference = 0;
  let loudness = 0;
  let lag = 0;
  const bands = BARK_HZ.length - 1;
  const ofA = new Float32Array(bands);
  const ofB = new Float32Array(bands);
  for (const { start, energy } of pieces(a)) {
    if (energy > ACTIVE_SHARE * loudest) {
      lag = bestLag(a, b, start);
      lags.push({ atMs: (start * 1000) / RATE, lagMs: (lag * 1000) / RATE });
    }
    for (let at = start; at + FRAME <= Math.min(a.length, start + PIECE); at += HOP) {
      spectrum.measure(a, at, ofA);
      spectrum.measure(b, at + lag, ofB);
      for (let i = 0; i < bands; i++) {
        difference += Math.abs(ofA[i]! - ofB[i]!);
        loudness += ofA[i]!;
      }
    }
  }
  const sum = lags.reduce((total, { lagMs }) => total + lagMs, 0);
  return {
    distance: loudness === 0 ? 0 : difference / loudness,
    lags,
    meanLagMs: lags.length === 0 ? 0 : sum / lags.length,
    maxLagMs: lags.reduce((most, { lagMs }) => Math.max(most, lagMs), 0),
  };
}

function toEightKilohertz(dsp: Dsp, samples: Int16Array, sampleRate: number): Float32Array {
  const float = dsp.pcm.int16ToFloat(samples);
  return sampleRate === RATE ? float : dsp.resample(float, { inputRate: sampleRate, outputRate: RATE });
}

function pieces(sound: Float32Array): { start: number; energy: number }[] {
  return Array.from({ length: Math.ceil(sound.length / PIECE) }, (_, i) => {
    const start = i * PIECE;
    let energy = 0;
    for (let at = start; at < Math.min(sound.length, start + PIECE); at++) energy += sound[at]! ** 2;
    return { start, energy };
  });
}

/** Where the piece of `a` from `start` on is most alike in `b`: samples later. A coarse search of every fourth lag, then a fine one. */
function bestLag(a: Float32Array, b: Float32Array, start: number): number {
  const n = Math.min(PIECE, a.length - start);
  let best = Number.NEGATIVE_INFINITY;
  let bestAt = 0;
  const tryLag = (lag: number, stride: number) => {
    let product = 0;
    let energy = 1e-6;
    for (let i = 0; i < n; i += stride) {
      const y = b[start + lag + i]!;
      product += a[start + i]! * y;
      energy += y * y;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > best) {
      best = likeness;
      bestAt = lag;
    }
  };
  for (let lag = 0; lag < MAX_LAG; lag += 2) tryLag(lag, 3);
  const near = bestAt;
  best = Number.NEGATIVE_INFINITY;
  for (let lag = Math.max(0, near - 4); lag <= near + 4; lag++) tryLag(lag, 1);
  return bestAt;
}

/** Loudness by Bark band of one frame. */
class LoudnessSpectrum {
  readonly #re = new Float64Array(FRAME);
  readonly #im = new Float64Array(FRAME);
  readonly #window = Float64Array.from(
    { length: FRAME },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / FRAME),
  );

  measure(sound: Float32Array, start: number, out: Float32Array): void {
    for (let i = 0; i < FRAME; i++) {
      this.#re[i] = (sound[start + i] ?? 0) * this.#window[i]!;
      this.#im[i] = 0;
    }
    transform(this.#re, this.#im);
    for (let band = 0; band < out.length; band++) {
      const from = Math.ceil((BARK_HZ[band]! * FRAME) / RATE);
      const to = Math.max(from + 1, Math.ceil((BARK_HZ[band + 1]! * FRAME) / RATE));
      let power = 0;
      for (let bin = from; bin < to; bin++) power += this.#re[bin]! ** 2 + this.#im[bin]! ** 2;
      // -70 dB: below it nothing is heard beside speech
      out[band] = Math.max(0, power / FRAME - 1e-7) ** LOUDNESS_POWER;
    }
  }
}

/** Discrete Fourier transform in place, length a power of two: decimation in time. */
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      for (let at = k; at < n; at += size) {
        const to = at + half;
        const x = re[to]! * cos - im[to]! * sin;
        const y = re[to]! * sin + im[to]! * cos;
        re[to] = re[at]! - x;
        im[to] = im[at]! - y;
        re[at] = re[at]! + x;
        im[at] = im[at]! + y;
      }
    }
  }
}
