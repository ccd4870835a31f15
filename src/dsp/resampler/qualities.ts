/** The qualities beyond `voice`: larger by far, so an engine has them only where somebody has brought them along. */
import { ConfigError, WasmError } from "../../core/errors.ts";
import type { Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";
import type { LongStream, LongTask } from "./long-stream.ts";
import type { ResamplerQuality } from "./resampler.ts";
import type { ResamplerTask } from "./task.ts";

/** Such a quality. */
export type BlockQualityName = Exclude<ResamplerQuality, "voice">;

/** Makes a converter of `inputs` samples into `outputs` (reduced, unlike); throws `ERR_ARENA_FULL`. */
export type CreateConverter = (
  engine: Engine,
  inputs: number,
  outputs: number,
  channels: number,
  isLong: boolean,
) => Converter;

/** What delays by more than a converter and takes less time; undefined where there is none for the ratio. Throws `ERR_ARENA_FULL`. */
export type CreateLongStream = (engine: Engine, task: LongTask) => LongStream | undefined;

/** How each is made. */
export interface BlockQualities extends Readonly<Record<BlockQualityName, CreateConverter>> {
  /** For `high`. */
  readonly long: CreateLongStream;
}

const brought = new WeakMap<Engine, BlockQualities>();

/** From now on `engine`'s resamplers can have them. */
export function bringQualities(engine: Engine, qualities: BlockQualities): void {
  brought.set(engine, qualities);
}

/** How they are made; throws `ERR_CONFIG` where they were not brought along for `quality`. */
export function qualitiesOf(engine: Engine, quality: BlockQualityName): BlockQualities {
  const qualities = brought.get(engine);
  if (qualities !== undefined) return qualities;
  throw new ConfigError("ERR_CONFIG", `quality is "${quality}"; this core was loaded with "voice" alone.`, {
    hint: 'Load it with loadDsp of "voxwire", in place of "voxwire/voice".',
  });
}

/** What takes least time for `task` where delay does not matter; undefined where that is a converter, or memory is short. */
export function longStreamOf(engine: Engine, task: ResamplerTask): LongStream | undefined {
  const { quality, inputs, outputs, channels } = task;
  if (quality !== "high" || inputs === outputs) return undefined;
  try {
    return qualitiesOf(engine, quality).long(engine, { inputs, outputs, channels });
  } catch (error) {
    // a converter needs less
    if (error instanceof WasmError && error.code === "ERR_ARENA_FULL") return undefined;
    throw error;
  }
}
