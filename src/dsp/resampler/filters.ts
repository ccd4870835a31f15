/**
 * Filters of the `voice` resampler, designed by scripts/design-voice-filters.py (which says how). Not for editing.
 */
import { type Prototype, scaled } from "./prototype.ts";

/**
 * The half-band at twice the lower rate, for every ratio: twice the coefficients at distance 1, 3, 5 ... from the
 * middle. Off by -104.6 dB at most, below 0.9 and above 1.1 of the lower rate's Nyquist frequency.
 */
export const HALF_BAND: readonly number[] = scaled([
  63590611, -21007426, 12379870, -8606972, 6456653, -5048424, 4044333, -3287135, 2693864, -2216612, 1825724,
  -1501762, 1231340, -1004813, 814937, -656062, 523624, -413830, 323449, -249683, 190076, -142457, 104908,
  -75730, 53432, -36710, 24439, -15659, 9562, -5479, 2867, -1519,
]);

/**
 * The half-band at twice the lower rate, for drift: twice the coefficients at distance 1, 3, 5 ... from the
 * middle. Off by -113.1 dB at most, below 0.9 and above 1.1 of the lower rate's Nyquist frequency.
 */
export const DRIFT_HALF_BAND: readonly number[] = scaled([
  63596235, -21024173, 12407371, -8644626, 6503647, -5103758, 4106854, -3355574, 2766875, -2292811, 1903732,
  -1580243, 1309034, -1080568, 887737, -725041, 588083, -473240, 377454, -298091, 232849, -179696, 136831,
  -102656, 75754, -54875, 38926, -26957, 18155, -11829, 7403, -4403, 2448, -1235, 608,
]);

/** From short to long. Each passes 0.45 of the lower rate and stops the images and aliases that the half-band leaves. */
export const PROTOTYPES: readonly Prototype[] = [
  // pass band within 0.0260 dB, first stop band -107.2 dB
  {
    duration: 4.666666666666667,
    cosines: scaled([
      21492857, 42728783, 42874094, 36551334, 19399944, 4841581, 349318, 40, -187, -25, 176, -110, -2110,
      -6847, 19134, 20283, 1813,
    ]),
  },
  // pass band within 0.0130 dB, first stop band -112.8 dB
  {
    duration: 5,
    cosines: scaled([
      20030000, 39944364, 40056790, 37293259, 24786579, 8789161, 1174114, 21630, 73, 92, -17, -78, 39, 3593,
      25263, 17758, -4669, -1594, 12,
    ]),
  },
  // pass band within 0.0052 dB, first stop band -122.9 dB
  {
    duration: 5.333333333333333,
    cosines: scaled([
      18758689, 37506589, 37512803, 36360444, 27300770, 11843709, 2248975, 109586, -16, -11, -27, 7, 24, 4,
      -3144, -23573, -29042, -7486, 221, -19,
    ]),
  },
  // pass band within 0.0004 dB, first stop band -124.6 dB
  {
    duration: 6,
    cosines: scaled([
      16666189, 33333170, 33331829, 33283127, 31193551, 22080867, 9077260, 1648199, 76335, -15, -6, -20, 5,
      16, -14, 5, 8574, 41988, 46361, 12300, -457, -10,
    ]),
  },
];

/**
 * For drift where there is no bank: 0 at every half period but 0. Off by -118.1 dB below 0.55 and above 1.45 of the lower rate.
 */
export const INTERPOLATOR: Prototype = {
  duration: 8,
  cosines: scaled([
    12499992, 25000010, 25000002, 24999985, 24999971, 24985018, 24414512, 20790274, 12508764, 4224237, 590475,
    15149, 29, 22, -28, 10, 8, -20, 27, -7, 0, -167, -4987, -14511, -8764,
  ]),
};
