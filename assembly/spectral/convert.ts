// The `high` quality: overlap-save in the frequency domain, one real block at a time.
//
// A block of the input is transformed, filtered, cut or extended to the output's bins, and transformed back; the blocks
// overlap by the filter's length. A block's output is handed out as its time comes, so that the delay is constant.
//
// Layout as src/dsp/resampler/spectral-layout.ts says.
//   plan: i32 block samples, hop, phases, bins with no mirror (in vectors), input room, output room; f64 inputs and outputs (of the ratio) at 24 and 32;
//     addresses of the first and second transform's plans and of the join's factors at 40, 44, 48;
//     i32 at 52, the last place to read from that leaves room for more input;
//     i32 at 64, bins with a mirror (in vectors); from 72 on, for each phase: i32 first sample of the block's output, count, address of the filter
//   state: i32 input read, written, phase, output read, written; f64 due at 24; from 64 on the input, then the output
//   work: two complex buffers
import { high, imaginary, low, PLANE, real } from "./planes";
import { filterAndJoin } from "./spectrum";
import { hasOuterStage, transform } from "./transform";

const PHASES: usize = 72;
const STATE: usize = 64;
/** Room before each plane, which the mirrored reads and writes of the last vectors reach into. */
const MARGIN: usize = 64;
/** Bins beyond those of the shorter transform that may be read. */
const SPARE = 8;
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
  const n1 = load<i32>(firstPlan);
  const n2 = load<i32>(secondPlan);
  const alone = load<i32>(plan, 12);
  // where the rate changes fourfold or more, the longer transform is empty but for its outer quarters
  const z = transform(x, true, a, b, firstPlan, 0, n1 >> 2 > n2 + SPARE ? n2 + SPARE : 0);
  const spectrum = z == a ? b : a;
  const reach = n2 >> 2 > n1 + SPARE && hasOuterStage(secondPlan) ? alone << 2 : 0;
  filterAndJoin(z, n1, spectrum, n2, filter, factors, alone, load<i32>(plan, 64), reach != 0);
  const result = transform(spectrum, false, z, spectrum, secondPlan, reach, 0);
  // even samples are in the imaginary plane and odd ones in the real plane; an odd start takes one sample before it along
  const skipped = from & 1;
  const before = load<f32>(y - 4);
  let at = result + (<usize>(from >> 1) << 2);
  let out = y - (<usize>skipped << 2);
  for (const end = y + (<usize>count << 2); out < end; out += 32, at += 16) {
    const odd = real(at);
    const even = imaginary(at);
    v128.store(out, low(even, odd));
    v128.store(out, high(even, odd), 16);
  }
  store<f32>(y - 4, before);
  return count;
}

/** `n` samples of one channel at `src` into `dst`; returns how many came out. */
export function convert(plan: usize, state: usize, src: usize, n: i32, work: usize, dst: usize): i32 {
  const blockSamples = load<i32>(plan);
  const inputRoom = load<i32>(plan, 16);
  const x = state + STATE;
  let written = load<i32>(state, 4);
  const place = x + (<usize>written << 2);
  if (src != place) memory.copy(place, src, <usize>n << 2);
  written += n;
  let read = load<i32>(state);
  if (written - read >= blockSamples) {
    const hop = load<i32>(plan, 4);
    const phases = load<i32>(plan, 8);
    const y = x + (<usize>inputRoom << 2);
    let phase = load<i32>(state, 8);
    let outRead = load<i32>(state, 12);
    let outWritten = load<i32>(state, 16);
    const outRoom = load<i32>(plan, 20);
    do {
      if (outWritten + load<i32>(plan + PHASES + 12 * <usize>phase, 4) + 16 > outRoom) {
        memory.copy(y + 16, y + (<usize>outRead << 2), <usize>(outWritten - outRead) << 2);
        outWritten -= outRead - 4;
        outRead = 4;
      }
      outWritten += block(plan, phase, x + (<usize>read << 2), y + (<usize>outWritten << 2), work);
      read += hop;
      phase = phase + 1 == phases ? 0 : phase + 1;
    } while (written - read >= blockSamples);
    if (read > load<i32>(plan, 52)) {
      memory.copy(x, x + (<usize>read << 2), <usize>(written - read) << 2);
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
    memory.copy(dst, x + (<usize>(inputRoom + outRead) << 2), <usize>count << 2);
    store<i32>(state, outRead + count, 12);
  }
  store<f64>(state, due, 24);
  return count;
}
