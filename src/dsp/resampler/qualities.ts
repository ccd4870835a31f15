/** The qualities beyond `voice`: larger by far, so an engine has them only where somebody has brought them along. */
import { ConfigError } from "../../core/errors.ts";
import type { Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";
import type { ResamplerQuality } from "./resampler.ts";

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

/** How each is made. */
export type BlockQualities = Readonly<Record<BlockQualityName, CreateConverter>>;

const brought = new WeakMap<Engine, BlockQualities>();

/** From now on `engine`'s resamplers can have them. */
export function bringQualities(engine: Engine, qualities: BlockQualities): void {
  brought.set(engine, qualities);
}

/** How a converter of this quality is made; throws `ERR_CONFIG` where it was not brought along. */
export function qualityOf(engine: Engine, quality: BlockQualityName): CreateConverter {
  const qualities = brought.get(engine);
  if (qualities !== undefined) return qualities[quality];
  throw new ConfigError("ERR_CONFIG", `quality is "${quality}"; this core was loaded with "voice" alone.`, {
    hint: 'Load it with loadDsp of "voxwire", in place of "voxwire/voice".',
  });
}
