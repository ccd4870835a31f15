/** What the qualities that work in blocks are computed with, and how well they filter. */
import { BAND_COEFFICIENTS } from "./band-coefficients.ts";
import { type BandFilter, kaiserFilter, tabledFilter } from "./band-filter.ts";
import { DOUBLE_BY_THREE, DOUBLE_BY_TWO, SINGLE_BY_THREE, SINGLE_BY_TWO } from "./interpolator-filters.ts";
import type { Prototype } from "./prototype.ts";
import { DOUBLE_PLANE_BYTES, SINGLE_PLANE_BYTES } from "./spectral-layout.ts";

export interface Precision {
  readonly name: "single" | "double";
  /** Numbers in a vector of 16 bytes. */
  readonly lanes: 4 | 2;
  /** Bytes of a number inside; samples are float32 outside, whatever the precision. */
  readonly bytes: 4 | 8;
  readonly filter: BandFilter;
  /** Bytes from a real part to its imaginary part in the working area. */
  readonly planeBytes: number;
  readonly interpolator: InterpolatorShape;
}

/**
 * A bank between a multiple of the lower rate and the higher one, for ratios that blocks cannot have. Its rows are a grid;
 * between two of them the coefficients are polynomials of the place.
 */
export interface InterpolatorShape {
  /** By the factor by which blocks change the rate beside it. More leave it less to do, and cost more. */
  readonly prototypes: Readonly<Record<BlockFactor, Prototype>>;
  /** Intervals of the grid to a period of the lower rate. */
  readonly intervals: number;
  /** Straight lines from row to row; otherwise parabolas. */
  readonly isStraight: boolean;
}

/** How many times as fast the samples are between the blocks and the interpolator as at the lower rate. */
export type BlockFactor = 2 | 3;

/**
 * `high`: float32, which leaves rounding 134 dB down, and a filter 138 dB down. Straight lines are off by -144 dB for what is
 * below half the lower rate, by -132 dB for what is below all of it.
 */
export const SINGLE: Precision = {
  name: "single",
  lanes: 4,
  bytes: 4,
  filter: tabledFilter(2, BAND_COEFFICIENTS),
  planeBytes: SINGLE_PLANE_BYTES,
  interpolator: { prototypes: { 2: SINGLE_BY_TWO, 3: SINGLE_BY_THREE }, intervals: 3072, isStraight: true },
};

/**
 * `best`: float64, and a filter that adds nothing to the rounding of float32 samples. Parabolas are off by -175 dB for what is
 * below half the lower rate, by -157 dB for what is below all of it.
 */
export const DOUBLE: Precision = {
  name: "double",
  lanes: 2,
  bytes: 8,
  filter: kaiserFilter(0.913 / 2, 169),
  planeBytes: DOUBLE_PLANE_BYTES,
  interpolator: { prototypes: { 2: DOUBLE_BY_TWO, 3: DOUBLE_BY_THREE }, intervals: 448, isStraight: false },
};
