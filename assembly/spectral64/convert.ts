// The `best` quality: overlap-save in the frequency domain as in assembly/spectral, computed in float64 throughout.
//
// Layout as src/dsp/resampler/spectral-layout.ts and double-layout.ts say.
//   plan: i32 block samples, hop, phases, bins with no mirror (in vectors), input room, output room; f64 inputs and outputs (of the ratio) at 24 and 32;
//     addresses of the first and second transform's plans and of the join's factors at 40, 44, 48;
//     i32 at 52, the last place to read from that leaves room for more input; at 56 and 60 the sizes of input and output
//     samples as powers of two: 2 for float32, 3 for float64;
//     i32 at 64, bins with a mirror (in vectors); from 72 on, for each phase: i32 first sample of the block's output, count, address of the filter
//   state: i32 input read, written, phase, output read, written; f64 due at 24; from 64 on the input, then the output
//   work: two complex buffers
import { PACKED_32, PACKED_64, PLANES } from "./first-stages";
import { high, imaginary, low, PLANE, real } from "./planes";
import { filterAndJoin } from "./spectrum";
import { transform } from "./transform";

const PHASES: usize = 72;
const STATE: usize = 64;
/** Room before each plane, which the mirrored reads and writes of the last vectors reach into. */
const MARGIN: usize = 64;
const BUFFER: usize = 2 * PLANE + 256;

/** One block at `x` into `y`; returns how many samples it gave. */
function block(plan: usize, phase: i32, x: usize, y: usize, work: usize): i32 {
  const firstPlan = <usize>load<u32>(plan, 40);
  const secondPlan = <usize>load<u32>(plan, 44);
  const factors = <usize>load<u32>(plan, 48);
  const entry = plan + PHASES + 12 * <usize>phase;
  const from = load<i32>(entry);
  const count = load<i32>(entry, 4);
  const filter = <usize>load<u32>(entry, 8);
  const a = work + MARGIN;
  const b = a + BUFFER;
  const z = transform(x, load<i32>(plan, 56) == 2 ? PACKED_32 : PACKED_64, a, b, firstPlan);
  const spectrum = z == a ? b : a;
  filterAndJoin(
    z, load<i32>(firstPlan), spectrum, load<i32>(secondPlan), filter, factors, load<i32>(plan, 12), load<i32>(plan, 64),
  );
  const result = transform(spectrum, PLANES, z, spectrum, secondPlan) + (<usize>(from >> 1) << 3);
  // even samples are in the imaginary plane and odd ones in the real plane; an odd start takes one sample before it along
  if (load<i32>(plan, 60) == 2) putSingles(result, y, from & 1, count);
  else putDoubles(result, y, from & 1, count);
  return count;
}

// @ts-ignore: decorator
@inline function putSingles(at: usize, y: usize, skipped: i32, count: i32): void {
  const before = load<f32>(y - 4);
  const end = y + (<usize>count << 2);
  for (let out = y - (<usize>skipped << 2); out < end; out += 16, at += 16) {
    const odd = f32x4.demote_f64x2_zero(real(at));
    const even = f32x4.demote_f64x2_zero(imaginary(at));
    v128.store(out, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
  }
  store<f32>(y - 4, before);
}

// @ts-ignore: decorator
@inline function putDoubles(at: usize, y: usize, skipped: i32, count: i32): void {
  const before = load<f64>(y - 8);
  const end = y + (<usize>count << 3);
  for (let out = y - (<usize>skipped << 3); out < end; out += 32, at += 16) {
    const odd = real(at);
    const even = imaginary(at);
    v128.store(out, low(even, odd));
    v128.store(out, high(even, odd), 16);
  }
  store<f64>(y - 8, before);
}

/** `n` samples of one channel at `src` into `dst`; returns how many came out. */
export function convert(plan: usize, state: usize, src: usize, n: i32, work: usize, dst: usize): i32 {
  const blockSamples = load<i32>(plan);
  const inputRoom = load<i32>(plan, 16);
  const inShift = <usize>load<i32>(plan, 56);
  const outShift = <usize>load<i32>(plan, 60);
  const x = state + STATE;
  const y = x + (<usize>inputRoom << inShift);
  let written = load<i32>(state, 4);
  const place = x + (<usize>written << inShift);
  if (src != place) memory.copy(place, src, <usize>n << inShift);
  written += n;
  let read = load<i32>(state);
  if (written - read >= blockSamples) {
    const hop = load<i32>(plan, 4);
    const phases = load<i32>(plan, 8);
    let phase = load<i32>(state, 8);
    let outRead = load<i32>(state, 12);
    let outWritten = load<i32>(state, 16);
    const outRoom = load<i32>(plan, 20);
    do {
      if (outWritten + load<i32>(plan + PHASES + 12 * <usize>phase, 4) + 16 > outRoom) {
        memory.copy(y + (4 << outShift), y + (<usize>outRead << outShift), <usize>(outWritten - outRead) << outShift);
        outWritten -= outRead - 4;
        outRead = 4;
      }
      outWritten += block(plan, phase, x + (<usize>read << inShift), y + (<usize>outWritten << outShift), work);
      read += hop;
      phase = phase + 1 == phases ? 0 : phase + 1;
    } while (written - read >= blockSamples);
    if (read > load<i32>(plan, 52)) {
      memory.copy(x, x + (<usize>read << inShift), <usize>(written - read) << inShift);
      written -= read;
      read = 0;
    }
    store<i32>(state, phase, 8);
    store<i32>(state, outRead, 12);
    store<i32>(state, outWritten, 16);
  }
  store<i32>(state, read);
  store<i32>(state, written, 4);
  const outputs = load<f64>(plan, 32);
  const inputs = load<f64>(plan, 24);
  let due = load<f64>(state, 24) + <f64>n * outputs;
  let count = 0;
  if (due > 0) {
    count = <i32>Math.ceil(due / inputs);
    due -= <f64>count * inputs;
    const outRead = load<i32>(state, 12);
    memory.copy(dst, y + (<usize>outRead << outShift), <usize>count << outShift);
    store<i32>(state, outRead + count, 12);
  }
  store<f64>(state, due, 24);
  return count;
}
