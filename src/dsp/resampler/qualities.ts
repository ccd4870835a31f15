/** The qualities beyond `voice`: larger by far, so an engine has them only where somebody has brought them along. */
import { ConfigError } from "../../core/errors.ts";
import type { SampleArray } from "../../core/types.ts";
import type { Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";
import type { ResamplerQuality } from "./resampler.ts";

/** A whole signal and where it goes: interleaved, `inputs` samples become `outputs` (reduced, unlike), `out` has room for all. */
export interface WholeSignal {
  readonly samples: SampleArray;
  readonly out: SampleArray;
  readonly channels: number;
  readonly inputs: number;
  readonly outputs: number;
}

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

/**
 * Converts a whole signal by other means than a converter, where there are any for the quality and the ratio; returns whether
 * there were. Throws `ERR_ARENA_FULL`, nothing written.
 */
export type ConvertWhole = (engine: Engine, quality: BlockQualityName, signal: WholeSignal) => boolean;

/** How each is made. */
export interface BlockQualities extends Readonly<Record<BlockQualityName, CreateConverter>> {
  readonly whole: ConvertWhole;
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
