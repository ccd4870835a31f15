/** Which converter the qualities `high` and `best` take for a ratio, and what delay they are allowed. */
import type { Engine } from "../engine.ts";
import { BlockConverter } from "./block-converter.ts";
import { type BlockGeometry, chooseBlocks } from "./block-geometry.ts";
import { BridgedConverter } from "./bridged-converter.ts";
import type { Converter } from "./converter.ts";
import { type BlockFactor, DOUBLE, type Precision, SINGLE } from "./precision.ts";

/** A quality that works in blocks. Longer blocks cost less for each sample. */
interface BlockQuality {
  readonly precision: Precision;
  /** The delay allowed, in periods of the lower rate, by the input rate over the output rate; `delays` where it is another. */
  readonly delay: (ratio: number) => number;
  readonly delays: Readonly<Record<string, number>>;
  /** Where there is all the time in the world, for `inputs` samples that become `outputs`, reduced. */
  readonly longDelay: (inputs: number, outputs: number) => number;
}

/**
 * Delays are libsoxr HQ's for the same ratio or just below; the long one is 0.4 s at 8 kHz, but not where the rate grows
 * by a whole factor of three or more: blocks are long there as it is, and longer ones would outgrow the nearest cache.
 */
export const HIGH: BlockQuality = {
  precision: SINGLE,
  delay: (ratio) => Math.min(918, soxrDelay(ratio)),
  delays: {
    ...delayOf(925, "2:1 1:2 6:1 1:6"),
    ...delayOf(838, "160:147"),
    ...delayOf(583, "3:1 1:3 3:2 2:3"),
    ...delayOf(638, "441:80 441:160 441:320"),
  },
  longDelay: (inputs, outputs) => (inputs === 1 && outputs >= 3 ? 0 : 3200),
};

/** Delays are libsoxr VHQ's for the same ratio or just below, and the same for long signals: longer blocks outgrow the caches. */
export const BEST: BlockQuality = {
  precision: DOUBLE,
  delay: () => 884,
  delays: {
    ...delayOf(895, "3:1 1:3 3:2 2:3 6:1 1:6 12:1 1:12"),
    ...delayOf(1150, "441:80 441:160 441:320"),
    ...delayOf(1040, "160:147 320:147 640:147 1280:147"),
    ...delayOf(1150, "147:640 640:441 1280:441"),
    ...delayOf(1040, "80:441"),
  },
  longDelay: () => 0,
};

/** Of a delay, what the interpolator needs. */
const BRIDGE_DELAY = 6;
/** Upwards by as much, an interpolator of fewer taps is worth larger blocks. */
const FACTOR_THREE_FROM = 2;

/** A converter of `inputs` samples into `outputs` (reduced, unlike) on `channels` channels; throws `ERR_ARENA_FULL`. */
export function createBlockConverter(
  quality: BlockQuality,
  engine: Engine,
  inputs: number,
  outputs: number,
  channels: number,
  isLong: boolean,
): Converter {
  const { precision } = quality;
  const usual = quality.delays[`${inputs}:${outputs}`] ?? quality.delay(inputs / outputs);
  const delay = isLong ? Math.max(usual, quality.longDelay(inputs, outputs)) : usual;
  const lower = Math.min(inputs, outputs);
  const geometry = chooseBlocks(inputs, outputs, (delay * inputs) / lower, precision);
  if (geometry !== undefined) {
    const task = { inputs, outputs, geometry, precision, inputBytes: 4, outputBytes: 4 } as const;
    return new BlockConverter(engine, task, channels);
  }
  const factor = outputs >= FACTOR_THREE_FROM * inputs ? 3 : 2;
  const blocks = byFactor(factor, outputs > inputs, delay - BRIDGE_DELAY, precision);
  return new BridgedConverter(engine, { inputs, outputs, factor, precision }, blocks, channels);
}

/** Blocks that change the rate by a small factor; such there always are. */
function byFactor(factor: BlockFactor, isUp: boolean, delay: number, precision: Precision): BlockGeometry {
  const geometry = chooseBlocks(
    isUp ? 1 : factor,
    isUp ? factor : 1,
    isUp ? delay : factor * delay,
    precision,
  );
  if (geometry === undefined) throw new RangeError(`No blocks of a delay of ${delay} periods.`);
  return geometry;
}

/**
 * Somewhat less than what libsoxr HQ delays by, as measured: it halves the rate until less than 2:1 is left, and what its
 * interpolator then looks ahead counts for the less the more is left, up to 3:2. Upwards it delays by more than we want.
 */
function soxrDelay(ratio: number): number {
  const left = ratio / 2 ** Math.floor(Math.log2(ratio));
  return ratio > 1 && left <= 1.5 ? (1005 - 90 * left) / left : Number.POSITIVE_INFINITY;
}

function delayOf(periods: number, ratios: string): Record<string, number> {
  return Object.fromEntries(ratios.split(" ").map((ratio) => [ratio, periods]));
}
