/**
 * G.722 in plain TypeScript: the fallback where WebAssembly is refused, and the reference that the kernels are tested
 * against, bit for bit. Written after ITU-T Recommendation G.722 (09/2012): clauses 3 and 4, and clause 6.2 for the
 * arithmetic. State lies in objects, not in the engine's memory, by the address that the kernels are given.
 */
import type { G722Kernels } from "../g722/kernels.ts";

/** Half of the 24-tap quadrature mirror filter (table 11); the other half is its mirror image. */
const QMF = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11] as const;
/** Decision levels of the lower band's 60 steps, one side (table 14). */
const LEVELS = [
  35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
  1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
] as const;
const LOW4 = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
] as const;
/** Positive output levels of six bits, from the least; codes 61 to 32, and negated 63, 62, 31 to 4. */
const LOW6 = [
  136, 432, 728, 1040, 1360, 1688, 2032, 2400, 2776, 3168, 3576, 4008, 4464, 4944, 5456, 6000, 6576, 7192,
  7856, 8576, 9360, 10232, 11192, 12280, 13512, 14984, 16704, 19008, 21904, 24808,
] as const;
const HIGH2 = [-7408, -1616, 7408, 1616] as const;
/** By how far out the level lies. */
const LOW_STEP = [-60, -30, 58, 172, 334, 538, 1198, 3042] as const;
const HIGH_STEP = [798, -214] as const;
/** 2048 * 2^(i / 32) (table 17). */
const POWERS = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
  3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
] as const;

const saturate = (x: number): number => Math.max(-32768, Math.min(32767, x));

/** One band's predictor and scale factor. */
class Band {
  readonly #octaves: number;
  readonly #top: number;
  readonly #zeros = new Int32Array(6);
  readonly #differences = new Int32Array(6);
  #signals: [number, number] = [0, 0];
  #poles: [number, number] = [0, 0];
  #partly: [number, number] = [0, 0];
  #zeroEstimate = 0;
  #logScale = 0;
  estimate = 0;
  scale: number;

  constructor(octaves: number, top: number, scale: number) {
    this.#octaves = octaves;
    this.#top = top;
    this.scale = scale;
  }

  adapt(difference: number, step: number): void {
    this.#rescale(step);
    const signal = saturate(this.estimate + difference);
    const partly = saturate(this.#zeroEstimate + difference);
    this.#adaptPoles(partly);
    this.#adaptZeros(difference);

    this.#differences.copyWithin(1, 0, 5);
    this.#differences[0] = difference;
    let zeros = 0;
    for (let i = 0; i < 6; i++) zeros += (this.#zeros[i]! * saturate(2 * this.#differences[i]!)) >> 15;
    this.#zeroEstimate = saturate(zeros);
    const [pole1, pole2] = this.#poles;
    const [before] = this.#signals;
    const poles = ((pole1 * saturate(2 * signal)) >> 15) + ((pole2 * saturate(2 * before)) >> 15);
    this.estimate = saturate(saturate(poles) + this.#zeroEstimate);
    this.#signals = [signal, before];
    this.#partly = [partly, this.#partly[0]];
  }

  /** What it has learnt. */
  learnFrom(other: Band): void {
    this.#zeros.set(other.#zeros);
    this.#poles = other.#poles;
    this.#logScale = other.#logScale;
    this.scale = other.scale;
  }

  copyFrom(other: Band): void {
    this.learnFrom(other);
    this.#differences.set(other.#differences);
    this.#signals = other.#signals;
    this.#partly = other.#partly;
    this.#zeroEstimate = other.#zeroEstimate;
    this.estimate = other.estimate;
  }

  #rescale(step: number): void {
    this.#logScale = Math.max(0, Math.min(this.#top, ((this.#logScale * 127) >> 7) + step));
    const power = POWERS[(this.#logScale >> 6) & 31]!;
    const down = this.#octaves - (this.#logScale >> 11);
    this.scale = (down < 0 ? power << -down : power >> down) << 2;
  }

  #adaptPoles(partly: number): void {
    const [pole1, pole2] = this.#poles;
    const same1 = partly < 0 === this.#partly[0] < 0 ? 1 : -1;
    const same2 = partly < 0 === this.#partly[1] < 0 ? 1 : -1;
    const turned = Math.min(32767, -same1 * saturate(4 * pole1));
    const second = same2 * 128 + (turned >> 7) + ((pole2 * 32512) >> 15);
    const next2 = Math.max(-12288, Math.min(12288, second));
    const bound = 15360 - next2;
    const first = saturate(same1 * 192 + ((pole1 * 32640) >> 15));
    this.#poles = [Math.max(-bound, Math.min(bound, first)), next2];
  }

  #adaptZeros(difference: number): void {
    const step = difference === 0 ? 0 : 128;
    for (let i = 0; i < 6; i++) {
      const isSame = this.#differences[i]! < 0 === difference < 0;
      this.#zeros[i] = saturate((isSame ? step : -step) + ((this.#zeros[i]! * 32640) >> 15));
    }
  }
}

class Stream {
  readonly #low = new Band(8, 18432, 32);
  readonly #high = new Band(10, 22528, 8);
  readonly #window = new Int32Array(24);

  encode(first: number, second: number): number {
    const [even, odd] = this.#filter(first, second);
    const low = lowCode(saturate(((odd + even) >> 14) - this.#low.estimate), this.#low.scale);
    const high = highCode(saturate(((odd - even) >> 14) - this.#high.estimate), this.#high.scale);
    this.#adapt(low, high);
    return (high << 6) | low;
  }

  /** Returns two samples. */
  decode(code: number): readonly [number, number] {
    const low = code & 63;
    const high = code >> 6;
    const lowSignal = limited(this.#low.estimate + ((this.#low.scale * lowLevel(low)) >> 15));
    const highSignal = limited(this.#high.estimate + ((this.#high.scale * HIGH2[high]!) >> 15));
    this.#adapt(low, high);
    const [even, odd] = this.#filter(lowSignal + highSignal, lowSignal - highSignal);
    return [saturate(odd >> 11), saturate(even >> 11)];
  }

  /** Goes on as if `heard` had been: 22 samples before those that count. What it has learnt stays. */
  follow(heard: Int16Array): void {
    const shadow = new Stream();
    shadow.#low.copyFrom(this.#low);
    shadow.#high.copyFrom(this.#high);
    shadow.#window.set(heard.subarray(0, 22), 2);
    const learnt = new Stream();
    learnt.#low.copyFrom(this.#low);
    learnt.#high.copyFrom(this.#high);
    for (let i = 22; i < heard.length; i += 2) this.decode(shadow.encode(heard[i]!, heard[i + 1]!));
    this.#low.learnFrom(learnt.#low);
    this.#high.learnFrom(learnt.#high);
  }

  #adapt(low: number, high: number): void {
    const short = low >> 2;
    const rank = short === 0 ? 0 : short < 8 ? 8 - short : 15 - short;
    this.#low.adapt((this.#low.scale * LOW4[short]!) >> 15, LOW_STEP[rank]!);
    this.#high.adapt((this.#high.scale * HIGH2[high]!) >> 15, HIGH_STEP[high & 1]!);
  }

  /** What the even and the odd places of the window give, once two more are in it. */
  #filter(first: number, second: number): readonly [number, number] {
    const window = this.#window;
    window.copyWithin(0, 2);
    window[22] = first;
    window[23] = second;
    let even = 0;
    let odd = 0;
    for (let i = 0; i < 12; i++) {
      even += window[2 * i]! * QMF[i]!;
      odd += window[2 * i + 1]! * QMF[11 - i]!;
    }
    return [even, odd];
  }
}

function lowCode(difference: number, scale: number): number {
  const magnitude = difference < 0 ? -1 - difference : difference;
  const found = LEVELS.findIndex((level) => magnitude < (level * scale) >> 12);
  const level = found < 0 ? LEVELS.length : found;
  if (difference >= 0) return 61 - level;
  return level < 2 ? 63 - level : 33 - level;
}

function highCode(difference: number, scale: number): number {
  const magnitude = difference < 0 ? -1 - difference : difference;
  const isFar = magnitude >= (564 * scale) >> 12;
  return (difference < 0 ? 1 : 3) - (isFar ? 1 : 0);
}

/** The output level of a six-bit code; the four lowest codes are not sent by an encoder and stand for the least level. */
function lowLevel(code: number): number {
  if (code >= 62) return -LOW6[63 - code]!;
  if (code >= 32) return LOW6[61 - code]!;
  return code >= 4 ? -LOW6[33 - code]! : -LOW6[0];
}

const limited = (x: number): number => Math.max(-16384, Math.min(16383, x));

/** The kernels over `buffer`. */
export function createG722Twins(buffer: ArrayBuffer): G722Kernels {
  const u8 = new Uint8Array(buffer);
  const i16 = new Int16Array(buffer);
  const streams = new Map<number, Stream>();
  const at = (state: number): Stream => {
    let stream = streams.get(state);
    if (stream === undefined) {
      stream = new Stream();
      streams.set(state, stream);
    }
    return stream;
  };
  return {
    g722Reset: (state) => {
      streams.delete(state);
    },
    g722Encode: (state, src, dst, n) => {
      const stream = at(state);
      for (let i = 0; i < n; i += 2) {
        u8[dst + (i >> 1)] = stream.encode(i16[(src >> 1) + i]!, i16[(src >> 1) + i + 1]!);
      }
    },
    g722Decode: (state, src, dst, n) => {
      const stream = at(state);
      for (let i = 0; i < n; i++) {
        const [first, second] = stream.decode(u8[src + i]!);
        i16[(dst >> 1) + 2 * i] = first;
        i16[(dst >> 1) + 2 * i + 1] = second;
      }
    },
    g722Follow: (state, _spare, src, _codes, _dst, n) => {
      at(state).follow(i16.subarray(src >> 1, (src >> 1) + 22 + n));
    },
  };
}
