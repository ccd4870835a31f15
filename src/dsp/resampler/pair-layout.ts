/**
 * How the plan of pairs of blocks and their working area are laid out: shared by the wrapper and the plain TypeScript twin, and
 * repeated in assembly/spectral/pairs.ts. Offsets are in 4-byte words; integers are int32.
 */
import { SINGLE_PLANE_BYTES } from "./spectral-layout.ts";

/** Parts that a block's transform is done in. */
export const PARTS = 8;
/** Lengths of a part before and after. */
export const PAIR_FIRST_LENGTH = 0;
export const PAIR_SECOND_LENGTH = 1;
/** Addresses of the parts' transforms, of the factors that take a block apart and put it together, and of the filter. */
export const PAIR_FIRST_TRANSFORM = 2;
export const PAIR_SECOND_TRANSFORM = 3;
export const PAIR_FIRST_FACTORS = 4;
export const PAIR_SECOND_FACTORS = 5;
export const PAIR_FILTER = 6;
/** 1 where the filter has no imaginary parts. */
export const PAIR_IS_REAL = 7;
/** 1 where the second transform has an odd number of stages. */
export const PAIR_IS_ODD = 8;
export const PAIR_WORDS = 9;

/** The longest part. */
export const MAX_PART = 2048;
/** Bytes from the second block's output to the first one's. */
export const PAIR_OUTPUT_BYTES = 2 * SINGLE_PLANE_BYTES;
/** Bytes of the working area, which begins with the output. */
export const PAIR_WORK_BYTES = 5 * PAIR_OUTPUT_BYTES + 1024;
