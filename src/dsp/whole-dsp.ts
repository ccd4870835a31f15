/** Makes a whole core of one that has the quality `voice` alone. */
import { engineOf } from "./formats.ts";
import { BEST, createBlockConverter, HIGH } from "./resampler/block-choice.ts";
import { createLongStream } from "./resampler/long-stream.ts";
import { type BlockQualities, bringQualities } from "./resampler/qualities.ts";
import type { Dsp } from "./wire-dsp.ts";

const blocks: BlockQualities = {
  long: createLongStream,
  high: (...task) => createBlockConverter(HIGH, ...task),
  best: (...task) => createBlockConverter(BEST, ...task),
};

/** The same core, with `high` and `best` from now on. */
export function wholeDsp(dsp: Dsp): Dsp {
  bringQualities(engineOf(dsp), blocks);
  return dsp;
}
