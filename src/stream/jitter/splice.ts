/** Ways to join two stretches of sound so that the joint is not heard. int16 in, int16 out; nothing is allocated. */

/** Search lags at about this rate first: a period of voice needs no finer grid to be found. */
const COARSE_RATE = 8000;
const MIN_PERIOD_MS = 2.5;
const MAX_PERIOD_MS = 15;

function saturate(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}

/** From `a` to `b` over the length of `out`, at constant power: what is noise keeps its level. `out` may be either. */
export function blendNoise(a: Int16Array, b: Int16Array, out: Int16Array): void {
  const n = out.length;
  for (let i = 0; i < n; i++) {
    const angle = (Math.PI * (i + 0.5)) / n / 2;
    out[i] = saturate(a[i]! * Math.cos(angle) + b[i]! * Math.sin(angle));
  }
}

/** `sound`, longer by `more` samples, fewer than its own, at constant power: into the beginning of `out`. */
export function stretchNoise(sound: Int16Array, more: number, out: Int16Array): void {
  const n = sound.length;
  const overlap = n - more;
  for (let i = 0; i < more; i++) out[i] = sound[i]!;
  for (let i = 0; i < overlap; i++) {
    const angle = (Math.PI * (i + 0.5)) / overlap / 2;
    out[more + i] = saturate(sound[more + i]! * Math.cos(angle) + sound[i]! * Math.sin(angle));
  }
  for (let i = 0; i < more; i++) out[n + i] = sound[overlap + i]!;
}

/** A period found in a stretch of sound. */
export interface Period {
  /** In samples. */
  samples: number;
  /** How alike the sound is to itself one period on: normalised correlation, 1 is the same. */
  likeness: number;
}

/**
 * The period at which `sound` is most like itself, from 2.5 to 15 ms, as far as its second half holds it.
 * @param found filled in
 */
export function findPeriod(sound: Int16Array, sampleRate: number, found: Period): void {
  const half = sound.length >> 1;
  const stride = Math.max(1, Math.round(sampleRate / COARSE_RATE));
  const longest = Math.min(half, Math.floor((MAX_PERIOD_MS * sampleRate) / 1000));
  const shortest = Math.ceil((MIN_PERIOD_MS * sampleRate) / 1000);
  found.samples = 0;
  found.likeness = 0;
  for (let lag = shortest; lag <= longest; lag += stride) tryLag(sound, half, lag, stride, found);
  if (stride === 1 || found.samples === 0) return;
  const near = found.samples;
  found.likeness = 0;
  for (let lag = near - stride + 1; lag < near + stride; lag++) {
    if (lag <= half) tryLag(sound, half, lag, 1, found);
  }
}

function tryLag(sound: Int16Array, n: number, lag: number, stride: number, found: Period): void {
  let product = 0;
  let energy = 1;
  let energyLater = 1;
  for (let i = 0; i < n; i += stride) {
    const x = sound[i]!;
    const y = sound[i + lag]!;
    product += x * y;
    energy += x * x;
    energyLater += y * y;
  }
  const likeness = product / Math.sqrt(energy * energyLater);
  if (likeness > found.likeness) {
    found.likeness = likeness;
    found.samples = lag;
  }
}

/**
 * Takes `period` samples out of `sound`, in place: over its first half it goes over into itself one period later.
 * @returns how many samples are left
 */
export function removePeriod(sound: Int16Array, period: number): number {
  const half = sound.length >> 1;
  for (let i = 0; i < half; i++) {
    const w = (1 - Math.cos((Math.PI * (i + 0.5)) / half)) / 2;
    sound[i] = saturate(sound[i]! * (1 - w) + sound[i + period]! * w);
  }
  sound.copyWithin(half, half + period);
  return sound.length - period;
}
