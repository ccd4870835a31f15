/** Which converter the `high` quality takes for a ratio, and what delay it is allowed. */
import type { Engine } from "../engine.ts";
import { type BlockGeometry, chooseBlocks } from "./block-geometry.ts";
import type { Converter } from "./converter.ts";
import { HighConverter } from "./high.ts";
import { BridgedConverter } from "./high-bridge.ts";

/**
 * The delay allowed, in periods of the lower rate, where it is not the usual one: libsoxr HQ's for the same ratio or just
 * below. Longer blocks cost less for each sample.
 */
const DELAYS: Readonly<Record<string, number>> = {
  "2:1": 915,
  "1:2": 915,
  "6:1": 915,
  "1:6": 915,
  "147:160": 915,
  "3:1": 580,
  "1:3": 580,
  "3:2": 580,
  "2:3": 580,
  "441:80": 635,
  "441:160": 635,
  "441:320": 635,
};
const DELAY = 840;
/** Of that, what the interpolator needs. */
const BRIDGE_DELAY = 6;
/** Where there is all the time in the world: 0.4 s at 8 kHz. */
const LONG_DELAY = 3200;

/** A converter of `inputs` samples into `outputs` (reduced, unlike) on `channels` channels; throws `ERR_ARENA_FULL`. */
export function createHighConverter(
  engine: Engine,
  inputs: number,
  outputs: number,
  channels: number,
  isLong: boolean,
): Converter {
  const delay = isLong ? LONG_DELAY : (DELAYS[`${inputs}:${outputs}`] ?? DELAY);
  const lower = Math.min(inputs, outputs);
  const geometry = chooseBlocks(inputs, outputs, (delay * inputs) / lower);
  if (geometry !== undefined) return new HighConverter(engine, inputs, outputs, channels, geometry);
  return new BridgedConverter(
    engine,
    inputs,
    outputs,
    channels,
    byTwo(outputs > inputs, delay - BRIDGE_DELAY),
  );
}

/** Blocks that double or halve the rate; such there always are. */
function byTwo(isUp: boolean, delay: number): BlockGeometry {
  const geometry = chooseBlocks(isUp ? 1 : 2, isUp ? 2 : 1, isUp ? delay : 2 * delay);
  if (geometry === undefined) throw new RangeError(`No blocks of a delay of ${delay} periods.`);
  return geometry;
}
