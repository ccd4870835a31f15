/** What the qualities that work in blocks are computed with, and how well they filter. */
import { BandFilter } from "./band-filter.ts";
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

/** A bank between twice the lower rate and the higher one, for ratios that blocks cannot have. */
export interface InterpolatorShape {
  /** Half the impulse response, in periods of the lower rate. */
  readonly reach: number;
  readonly kaiserBeta: number;
  /** Pieces of the response to a period of the lower rate, each a polynomial. */
  readonly segments: number;
  /** Of the polynomials, plus 1. */
  readonly terms: number;
}

/** `high`: float32, which leaves rounding 134 dB down, and a filter 142 dB down. A parabola is off by -140 dB at most. */
export const SINGLE: Precision = {
  name: "single",
  lanes: 4,
  bytes: 4,
  filter: new BandFilter(0.9135 / 2, 142),
  planeBytes: SINGLE_PLANE_BYTES,
  interpolator: { reach: 5, kaiserBeta: 15.4, segments: 256, terms: 3 },
};

/** `best`: float64, and a filter that adds nothing to the rounding of float32 samples. A cubic is off by -174 dB at most. */
export const DOUBLE: Precision = {
  name: "double",
  lanes: 2,
  bytes: 8,
  filter: new BandFilter(0.913 / 2, 169),
  planeBytes: DOUBLE_PLANE_BYTES,
  interpolator: { reach: 6, kaiserBeta: 18.8, segments: 128, terms: 4 },
};
