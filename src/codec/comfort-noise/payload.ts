/** The payload of comfort noise, RFC 3389: a level, and the shape of the spectrum as reflection coefficients. */

/** Coefficients that are written; any number is read, up to `MOST_COEFFICIENTS`. */
export const NOISE_ORDER = 10;
/** Of what is read, the first so many count: a receiver may leave the others out (section 3). */
export const MOST_COEFFICIENTS = 16;
/** Bytes that are written. */
export const NOISE_PAYLOAD_BYTES = 1 + NOISE_ORDER;
const QUIETEST = 127;
/** The square wave that mu-law can just carry: 0 dBov (section 3.1). A-law's is 0.04 dB above it. */
const OVERLOAD = 32_124;
/** Index 255 is kept for later (section 3.2). */
const MOST_INDEX = 254;
const MIDDLE_INDEX = 127;
const STEP = 258 / 32_768;

/** What a payload says. */
export interface NoiseShape {
  /** Root of the mean square, in steps of 16 bits. */
  level: number;
  /**
   * Reflection coefficients, between -1 and 1: the last coefficient of each order's prediction error filter
   * `1 + a1 z^-1 + ...`. So noise that is loudest at low frequencies begins with a negative one.
   */
  readonly reflection: Float64Array;
}

/** Nothing: no level, a flat spectrum. */
export function createNoiseShape(): NoiseShape {
  return { level: 0, reflection: new Float64Array(MOST_COEFFICIENTS) };
}

/** A level as whole -dBov, 0 (as loud as can be) to 127. @param level as in `NoiseShape` */
export function quantiseLevel(level: number): number {
  if (!(level > 0)) return QUIETEST;
  return Math.max(0, Math.min(QUIETEST, Math.round(-20 * Math.log10(level / OVERLOAD))));
}

/** The level that a payload's first byte stands for; 127 is the least, and stands for silence. */
export function levelOf(minusDbov: number): number {
  const quiet = minusDbov & 127;
  return quiet === QUIETEST ? 0 : OVERLOAD * 10 ** (-quiet / 20);
}

/** A coefficient's index, 0 to 254. */
export function quantiseReflection(k: number): number {
  return Math.max(0, Math.min(MOST_INDEX, Math.round(k / STEP) + MIDDLE_INDEX)) || 0;
}

/** The coefficient of an index; 0 for 255, which means nothing yet. */
export function reflectionOf(index: number): number {
  return index > MOST_INDEX ? 0 : (index - MIDDLE_INDEX) * STEP;
}

/** Writes the first `NOISE_ORDER` coefficients; returns the bytes. */
export function writeNoisePayload({ level, reflection }: NoiseShape, out: Uint8Array, offset = 0): number {
  out[offset] = quantiseLevel(level);
  for (let i = 0; i < NOISE_ORDER; i++) out[offset + 1 + i] = quantiseReflection(reflection[i]!);
  return NOISE_PAYLOAD_BYTES;
}

/** Reads a payload of any length into `shape`; false, and `shape` as it was, where it has no byte. No throw. */
export function readNoisePayload(payload: Uint8Array, shape: NoiseShape): boolean {
  if (payload.length === 0) return false;
  shape.level = levelOf(payload[0]!);
  for (let i = 0; i < MOST_COEFFICIENTS; i++) {
    shape.reflection[i] = i + 1 < payload.length ? reflectionOf(payload[i + 1]!) : 0;
  }
  return true;
}
