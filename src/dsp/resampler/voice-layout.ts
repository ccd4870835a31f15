/**
 * How the `voice` kernel's memory is laid out: shared by the wrapper and the plain TypeScript twin, and repeated in
 * assembly/resampler/voice.ts. Offsets are in 4-byte words; integers are int32.
 */

/** The plan: one for each ratio, shared by all streams of it. */
export const PLAN_IS_UP = 0;
/** Bank outputs in one period of the ratio. */
export const PLAN_PHASES = 1;
/** Whole input samples from one bank output to the next, and the phases on top of them. */
export const PLAN_STEP_SAMPLES = 2;
export const PLAN_STEP_PHASES = 3;
/** Coefficients in a row, a multiple of 4; 0 where the half-band does all (2:1 and 1:2). */
export const PLAN_ROW_LENGTH = 4;
export const PLAN_ROWS = 5;
/**
 * Before the coefficients of a row, but of one on a grid: the address of the next output's row, and by how many bytes that
 * output's window is further.
 */
export const LINK_WORDS = 2;
export const PLAN_HALF_BAND = 6;
/** Intervals of the grid, or 0 for a row of its own for each phase. */
export const PLAN_GRID = 8;
/** Samples of the lower rate that the half-band looks ahead: whole pairs at twice the rate, beyond an output's own. */
export const PLAN_AHEAD = 9;
export const PLAN_IS_MINIMUM = 10;
/** Pairs of coefficients in the half-band, with linear phase. */
export const PLAN_PAIRS = 11;
export const PLAN_WORDS = 16;

/** The state: one for each channel of a stream. */
export const STATE_WINDOW = 0;
export const STATE_PHASE = 1;
export const STATE_MISSING = 2;
export const STATE_IS_ODD_NEXT = 3;
/**
 * With a grid, in place of the phase; float64, at 8-byte boundaries. The place of the next output past an input, the units
 * to an input, the units of a step beyond its whole inputs (an int32), and grid intervals to a unit.
 */
export const STATE_PLACE = 4;
export const STATE_SPAN = 6;
export const STATE_STEP_UNITS = 8;
export const STATE_ROWS_PER_UNIT = 10;
export const STATE_STEP_SAMPLES = 12;
/** The bank's last inputs (one row length), then the half-band's. */
export const STATE_HISTORY = 16;
export const SIDE_SAMPLES = 76;
export const EVEN_SAMPLES = 52;
/** Even ones kept from before the next. */
export const EVEN_BEFORE = 44;

/** Coefficients with minimum phase. */
export const MINIMUM_TAPS = 90;

/** The working area; the longest row (192,000 to 4,000 Hz) fits before the input. */
export const WORK_INPUT = 320;
export const WORK_EVEN = 2448;
export const WORK_ODD = 4624;
export const WORK_DOUBLED = 6720;
/** The most input samples of one kernel call. */
export const VOICE_PIECE_SAMPLES = 2048;
