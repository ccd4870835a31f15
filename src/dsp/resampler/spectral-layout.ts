/**
 * How the memory of the modules spectral and spectral64 is laid out: shared by the wrapper and the plain TypeScript twins,
 * and repeated in assembly. Offsets are in 4-byte words; integers are int32.
 */

/** The plan: one for each ratio and delay, shared by all streams of it. */
export const PLAN_BLOCK = 0;
/** Input samples from one block to the next. */
export const PLAN_HOP = 1;
export const PLAN_PHASES = 2;
/** Vectors of the output's bins from 0 on whose mirrors in the second transform are 0. */
export const PLAN_ALONE = 3;
export const PLAN_INPUT_ROOM = 4;
export const PLAN_OUTPUT_ROOM = 5;
/** float64: the ratio. */
export const PLAN_INPUTS = 6;
export const PLAN_OUTPUTS = 8;
export const PLAN_FIRST_TRANSFORM = 10;
export const PLAN_SECOND_TRANSFORM = 11;
export const PLAN_JOIN = 12;
/** The last place in the input that a block may begin at without being moved to the start. */
export const PLAN_LAST_READ = 13;
/** Bytes of a sample as powers of two, for float64: in and out. */
export const PLAN_INPUT_SHIFT = 14;
export const PLAN_OUTPUT_SHIFT = 15;
/** Vectors of bins after those, up to the middle of the second transform; none where all between is 0. */
export const PLAN_PAIRED = 16;
/** For each phase: first sample of the block's output, count of samples, address of the filter. */
export const PLAN_ENTRIES = 18;
export const ENTRY_WORDS = 3;

/** The state: one for each channel of a stream. */
export const STATE_READ = 0;
export const STATE_WRITTEN = 1;
export const STATE_PHASE = 2;
export const STATE_OUTPUT_READ = 3;
export const STATE_OUTPUT_WRITTEN = 4;
/** float64: outputs that are due, times the ratio's inputs; at most 0 between calls. */
export const STATE_DUE = 6;
/** The input, then the output. */
export const STATE_SAMPLES = 16;
/** Output begins here: the kernel touches the vector before it. */
export const OUTPUT_START = 4;
/** A block's last vectors reach this far beyond its output. */
export const OUTPUT_SLACK = 16;

/** Bytes from a real part to its imaginary part, in float32 and in float64. */
export const SINGLE_PLANE_BYTES = 33024;
export const DOUBLE_PLANE_BYTES = 65856;
/** The longest complex transform. */
export const MAX_TRANSFORM = 8192;
/** Bytes of two complex buffers, with room before and after each plane. */
export function workBytes(planeBytes: number): number {
  return 4 * planeBytes + 640;
}

/** The interpolator's plan, one for each ratio. Rows, where each phase has one, in the order in which outputs come to them; else 0: */
export const INTERPOLATOR_PHASES = 1;
/** Taps, a multiple of 4: */
export const INTERPOLATOR_ROW_LENGTH = 4;
export const INTERPOLATOR_ROWS = 5;
/** Of float64: 1 where that is the input and float32 the output, 0 the other way round. */
export const INTERPOLATOR_IS_WIDE = 6;
/** Of float64, where its rows are the constant terms: linear and quadratic ones in turn, in float32. */
export const INTERPOLATOR_SLOPES = 7;
export const INTERPOLATOR_WORDS = 8;

/**
 * The interpolator's state, one for each channel: the next output's window, from the next input on; then in float64 its
 * place past an input, the places to an input, those of a step beyond its whole inputs (an int32), and rows to a place. As
 * in voice-layout.ts.
 */
export const INTERPOLATOR_WINDOW = 0;
/** Of the next output, where each phase has one. */
export const INTERPOLATOR_ROW = 1;
export const INTERPOLATOR_PLACE = 4;
export const INTERPOLATOR_SPAN = 6;
export const INTERPOLATOR_STEP_UNITS = 8;
export const INTERPOLATOR_ROWS_PER_UNIT = 10;
export const INTERPOLATOR_STEP_SAMPLES = 12;
/** One row length of history, then the input. */
export const INTERPOLATOR_SAMPLES = 16;
