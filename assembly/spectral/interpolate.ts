// Samples between samples, for ratios that the blocks have no transforms for: a short bank of rows whose coefficients are
// polynomials (of degree 2) of the place between two inputs. It works at twice the lower rate, next to the blocks.
//
// Layout as src/dsp/resampler/spectral-layout.ts says.
//   plan: i32 phases, step in samples, step in phases, row length (a multiple of 4), address of the rows; f64 segments for
//     each phase at 24. A row holds, for each four taps, the constant terms, the linear ones and the quadratic ones.
//   state: i32 the next output's window (from the next input on), its phase; from 64 on one row length of history, then
//     the input.

const STATE: usize = 64;

/** `n` samples at `src`, which may be the place for them in the state, into `dst`; returns how many came out. */
export function interpolate(plan: usize, state: usize, src: usize, n: i32, dst: usize): i32 {
  const phases = load<i32>(plan);
  const stepBytes = <usize>load<i32>(plan, 4) << 2;
  const stepPhases = load<i32>(plan, 8);
  const windowBytes = <usize>load<i32>(plan, 12) << 2;
  const rows = <usize>load<u32>(plan, 16);
  const segmentsPerPhase = load<f64>(plan, 24);
  const history = state + STATE;
  const place = history + windowBytes;
  if (src != place) memory.copy(place, src, <usize>n << 2);
  const end = place + (<usize>n << 2);
  let window = place + (<isize>load<i32>(state) << 2);
  let phase = load<i32>(state, 4);
  const from = dst;
  while (window + windowBytes <= end) {
    const at = <f64>phase * segmentsPerPhase;
    const segment = <i32>at;
    const part = f32x4.splat(<f32>(at - <f64>segment));
    let row = rows + <usize>segment * (windowBytes * 3);
    let sum = f32x4.splat(0);
    for (let x = window, last = window + windowBytes; x < last; x += 16, row += 48) {
      const h = f32x4.add(
        f32x4.mul(f32x4.add(f32x4.mul(v128.load(row, 32), part), v128.load(row, 16)), part), v128.load(row),
      );
      sum = f32x4.add(sum, f32x4.mul(h, v128.load(x)));
    }
    sum = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
    sum = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 1, 0, 3, 2));
    v128.store32_lane(dst, sum, 0);
    dst += 4;
    window += stepBytes;
    phase += stepPhases;
    if (phase >= phases) {
      phase -= phases;
      window += 4;
    }
  }
  store<i32>(state, <i32>(window - end) >> 2);
  store<i32>(state, phase, 4);
  memory.copy(history, end - windowBytes, windowBytes);
  return <i32>(dst - from) >> 2;
}
