/**
 * How the spectral module's memory is laid out: shared by the wrapper and the plain TypeScript twin, and repeated in
 * assembly/spectral. Offsets are in 4-byte words; integers are int32.
 */

/** The plan: one for each ratio and delay, shared by all streams of it. */
export const PLAN_BLOCK = 0;
/** Input samples from one block to the next. */
export const PLAN_HOP = 1;
export const PLAN_PHASES = 2;
/** Bins that the filter passes, rounded up to whole vectors. */
export const PLAN_BINS = 3;
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
/** For each phase: first sample of the block's output, count of samples, address of the filter. */
export const PLAN_ENTRIES = 16;
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

/** Words from a real part to its imaginary part. */
const PLANE_WORDS = 8256;
/** The longest complex transform. */
export const MAX_TRANSFORM = 8192;
/** Two complex buffers, with room before and after each plane. */
export const WORK_WORDS = 4 * PLANE_WORDS + 128 + 32;

/** The interpolator's plan, one for each ratio: bank outputs in a period of the ratio. */
export const INTERPOLATOR_PHASES = 0;
/** Whole input samples from one output to the next, and the phases on top of them. */
export const INTERPOLATOR_STEP_SAMPLES = 1;
export const INTERPOLATOR_STEP_PHASES = 2;
/** Taps, a multiple of 4. */
export const INTERPOLATOR_ROW_LENGTH = 3;
export const INTERPOLATOR_ROWS = 4;
/** float64: rows for each phase. */
export const INTERPOLATOR_PER_PHASE = 6;
export const INTERPOLATOR_WORDS = 8;
/** Coefficients of a tap, lowest degree first, for four taps in turn. */
export const INTERPOLATOR_TERMS = 3;

/** The interpolator's state, one for each channel: the next output's window, from the next input on, and its phase. */
export const INTERPOLATOR_WINDOW = 0;
export const INTERPOLATOR_PHASE = 1;
/** One row length of history, then the input. */
export const INTERPOLATOR_SAMPLES = 16;
