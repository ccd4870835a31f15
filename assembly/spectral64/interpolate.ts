// Samples between samples, for ratios that the blocks have no transforms for: a short bank of rows whose coefficients are
// polynomials (of degree 3) of the place between two inputs. It works at twice the lower rate, next to the blocks; between
// the two samples are float64, outside float32.
//
// Layout as src/dsp/resampler/spectral-layout.ts and double-layout.ts say.
//   plan: i32 phases, step in samples, step in phases, row length (a multiple of 4), address of the rows, is the input
//     float64 (and the output float32, or the other way round); f64 segments for each phase at 24. A row holds, for each two
//     taps, the constant terms, the linear ones, the quadratic ones and the cubic ones.
//   state: i32 the next output's window (from the next input on), its phase; from 64 on one row length of history, then
//     the input.

const STATE: usize = 64;

/** `n` samples at `src`, which may be the place for them in the state, into `dst`; returns how many came out. */
export function interpolate(plan: usize, state: usize, src: usize, n: i32, dst: usize): i32 {
  return load<i32>(plan, 20) != 0 ? run(plan, state, src, n, dst, true) : run(plan, state, src, n, dst, false);
}

/** Two samples, or of float32 the two at `x`. */
// @ts-ignore: decorator
@inline function samplesAt(x: usize, isWide: bool): v128 {
  return isWide ? v128.load(x) : f64x2.promote_low_f32x4(v128.load64_zero(x));
}

// @ts-ignore: decorator
@inline function term(row: usize, part: v128): v128 {
  const upper = f64x2.add(f64x2.mul(v128.load(row, 48), part), v128.load(row, 32));
  return f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(upper, part), v128.load(row, 16)), part), v128.load(row));
}

// @ts-ignore: decorator
@inline function run(plan: usize, state: usize, src: usize, n: i32, dst: usize, isWide: bool): i32 {
  const shift: usize = isWide ? 3 : 2;
  const vector: usize = isWide ? 16 : 8;
  const phases = load<i32>(plan);
  const stepBytes = <usize>load<i32>(plan, 4) << shift;
  const stepPhases = load<i32>(plan, 8);
  const length = <usize>load<i32>(plan, 12);
  const windowBytes = length << shift;
  const rowBytes = length << 5;
  const rows = <usize>load<u32>(plan, 16);
  const segmentsPerPhase = load<f64>(plan, 24);
  const history = state + STATE;
  const place = history + windowBytes;
  if (src != place) memory.copy(place, src, <usize>n << shift);
  const end = place + (<usize>n << shift);
  let window = place + (<isize>load<i32>(state) << shift);
  let phase = load<i32>(state, 4);
  const from = dst;
  while (window + windowBytes <= end) {
    const at = <f64>phase * segmentsPerPhase;
    const segment = <i32>at;
    const part = f64x2.splat(at - <f64>segment);
    let row = rows + <usize>segment * rowBytes;
    let even = f64x2.splat(0);
    let odd = even;
    for (let x = window, last = window + windowBytes; x < last; x += 2 * vector, row += 128) {
      even = f64x2.add(even, f64x2.mul(term(row, part), samplesAt(x, isWide)));
      odd = f64x2.add(odd, f64x2.mul(term(row + 64, part), samplesAt(x + vector, isWide)));
    }
    even = f64x2.add(even, odd);
    const sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1);
    if (isWide) {
      store<f32>(dst, <f32>sum);
      dst += 4;
    } else {
      store<f64>(dst, sum);
      dst += 8;
    }
    window += stepBytes;
    phase += stepPhases;
    if (phase >= phases) {
      phase -= phases;
      window += <usize>1 << shift;
    }
  }
  store<i32>(state, <i32>(window - end) >> <i32>shift);
  store<i32>(state, phase, 4);
  memory.copy(history, end - windowBytes, windowBytes);
  return <i32>(dst - from) >> (isWide ? 2 : 3);
}
