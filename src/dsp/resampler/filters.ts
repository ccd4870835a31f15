/**
 * Filters of the `voice` resampler, designed by scripts/design-voice-filters.py (which says how). Not for editing.
 */

/**
 * The half-band at twice the lower rate, for every ratio: twice the coefficients at distance 1, 3, 5 ... from the
 * middle. Off by -104.6 dB at most, below 0.9 and above 1.1 of the lower rate's Nyquist frequency.
 */
export const HALF_BAND: readonly number[] = [
  0.63590611, -0.21007426, 0.1237987, -0.08606972, 0.06456653, -0.05048424, 0.04044333, -0.03287135,
  0.02693864, -0.02216612, 0.01825724, -0.01501762, 0.0123134, -0.01004813, 0.00814937, -0.00656062,
  0.00523624, -0.0041383, 0.00323449, -0.00249683, 0.00190076, -0.00142457, 0.00104908, -0.0007573,
  0.00053432, -0.0003671, 0.00024439, -0.00015659, 9.562e-5, -5.479e-5, 2.867e-5, -1.519e-5,
];

/**
 * The half-band at twice the lower rate, for drift between equal rates: twice the coefficients at distance 1, 3, 5 ... from the
 * middle. Off by -112.8 dB at most, below 0.891 and above 1.109 of the lower rate's Nyquist frequency.
 */
export const EQUAL_HALF_BAND: readonly number[] = [
  0.63583602, -0.20986586, 0.12345752, -0.08560474, 0.06398981, -0.04981045, 0.03968918, -0.03205498,
  0.02607891, -0.02128196, 0.01736702, -0.01413857, 0.01146107, -0.009236, 0.00738858, -0.00585975,
  0.00460128, -0.0035727, 0.00273933, -0.00207103, 0.00154139, -0.00112723, 0.00080823, -0.00056666,
  0.00038722, -0.0002568, 0.00016437, -0.00010074, 5.845e-5, -3.152e-5, 1.529e-5, -6.94e-6,
];

/**
 * Minimum phase on the same bands at twice the lower rate, all coefficients in order: within
 * 0.028 dB below 0.9, -105.4 dB above 1.1 of the lower rate's Nyquist frequency.
 */
export const MINIMUM_PHASE: readonly number[] = [
  0.00239927, 0.01947404, 0.07720771, 0.19286882, 0.32633584, 0.36707881, 0.22506529, -0.03418327,
  -0.19743049, -0.12151285, 0.07669008, 0.1435676, 0.01221921, -0.11434396, -0.05977125, 0.0740816,
  0.07840205, -0.03791621, -0.08013794, 0.00999405, 0.07313168, 0.00972495, -0.06229826, -0.02259821,
  0.05041596, 0.03018885, -0.03896688, -0.03388535, 0.02867827, 0.03481033, -0.0198491, -0.03383294,
  0.0125409, 0.03161103, -0.00668798, -0.02863593, 0.00216025, 0.02527081, 0.00120128, -0.02178114,
  -0.00356492, 0.01835906, 0.00509585, -0.01520034, -0.0062806, 0.01139915, 0.00510924, -0.01064093,
  -0.00662068, 0.007614, 0.00635371, -0.00522941, -0.00551743, 0.00353558, 0.00456469, -0.00236178,
  -0.00366513, 0.00155683, 0.00287837, -0.00100961, -0.00221843, 0.00064146, 0.00168008, -0.00039714,
  -0.0012503, 0.00023783, 0.00091362, -0.0001363, -0.00065456, 7.349e-5, 0.00045885, -3.613e-5, -0.00031381,
  1.506e-5, 0.00020858, -4.09e-6, -0.00013404, -8.8e-7, 8.261e-5, 2.63e-6, -4.843e-5, -2.47e-6, 2.605e-5,
  2.54e-6, -1.374e-5, -3.5e-7, 5.15e-6, 1.4e-6,
];

/** A continuous impulse response: the sum of cosines[k] * cos(2 pi k t / duration) for |t| < duration / 2. */
export interface Prototype {
  /** In periods of the lower rate. */
  readonly duration: number;
  readonly cosines: readonly number[];
}

/** From short to long. Each passes 0.45 of the lower rate and stops the images and aliases that the half-band leaves. */
export const PROTOTYPES: readonly Prototype[] = [
  // pass band within 0.0260 dB, first stop band -107.2 dB
  {
    duration: 4.666666666666667,
    cosines: [
      0.21492857, 0.42728783, 0.42874094, 0.36551334, 0.19399944, 0.04841581, 0.00349318, 4e-7, -1.87e-6,
      -2.5e-7, 1.76e-6, -1.1e-6, -2.11e-5, -6.847e-5, 0.00019134, 0.00020283, 1.813e-5,
    ],
  },
  // pass band within 0.0130 dB, first stop band -112.8 dB
  {
    duration: 5,
    cosines: [
      0.2003, 0.39944364, 0.4005679, 0.37293259, 0.24786579, 0.08789161, 0.01174114, 0.0002163, 7.3e-7,
      9.2e-7, -1.7e-7, -7.8e-7, 3.9e-7, 3.593e-5, 0.00025263, 0.00017758, -4.669e-5, -1.594e-5, 1.2e-7,
    ],
  },
  // pass band within 0.0052 dB, first stop band -122.9 dB
  {
    duration: 5.333333333333333,
    cosines: [
      0.18758689, 0.37506589, 0.37512803, 0.36360444, 0.2730077, 0.11843709, 0.02248975, 0.00109586, -1.6e-7,
      -1.1e-7, -2.7e-7, 7e-8, 2.4e-7, 4e-8, -3.144e-5, -0.00023573, -0.00029042, -7.486e-5, 2.21e-6, -1.9e-7,
    ],
  },
  // pass band within 0.0004 dB, first stop band -124.6 dB
  {
    duration: 6,
    cosines: [
      0.16666189, 0.3333317, 0.33331829, 0.33283127, 0.31193551, 0.22080867, 0.0907726, 0.01648199,
      0.00076335, -1.5e-7, -6e-8, -2e-7, 5e-8, 1.6e-7, -1.4e-7, 5e-8, 8.574e-5, 0.00041988, 0.00046361,
      0.000123, -4.57e-6, -1e-7,
    ],
  },
];

/**
 * For drift where there is no bank: 0 at every half period but 0. Off by -118.1 dB below 0.55 and above 1.45 of the lower rate.
 */
export const INTERPOLATOR: Prototype = {
  duration: 8,
  cosines: [
    0.12499992, 0.2500001, 0.25000002, 0.24999985, 0.24999971, 0.24985018, 0.24414512, 0.20790274, 0.12508764,
    0.04224237, 0.00590475, 0.00015149, 2.9e-7, 2.2e-7, -2.8e-7, 1e-7, 8e-8, -2e-7, 2.7e-7, -7e-8, 0.0,
    -1.67e-6, -4.987e-5, -0.00014511, -8.764e-5,
  ],
};
