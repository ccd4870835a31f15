/** Makes a whole core of one that has the quality `voice` alone. */
import { engineOf } from "./formats.ts";
import { BEST, createBlockConverter, HIGH } from "./resampler/block-choice.ts";
import { type BlockQualities, bringQualities } from "./resampler/qualities.ts";
import { convertWhole } from "./resampler/whole-signal.ts";
import type { Dsp } from "./wire-dsp.ts";

const blocks: BlockQualities = {
  whole: (engine, quality, signal) => quality === "high" && convertWhole(engine, signal),
  high: (...task) => createBlockConverter(HIGH, ...task),
  best: (...task) => createBlockConverter(BEST, ...task),
};

/** The same core, with `high` and `best` from now on. */
export function wholeDsp(dsp: Dsp): Dsp {
  bringQualities(engineOf(dsp), blocks);
  return dsp;
}
