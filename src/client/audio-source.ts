/** What a client can stream, and how it becomes one kind of thing: a row of sample blocks. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";
import { checkBlock, type SampleBlock } from "./wire-converter.ts";

/** An opened file, or anything that gives blocks of one rate. `openAudioFile` of `voxwire/files` returns one. */
export interface OpenedSource extends AsyncIterable<{ readonly samples: SampleArray }> {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  close?(): void | Promise<void>;
}

/** Opens what a path or URL names. */
export type OpenSource = (path: string | URL) => Promise<OpenedSource>;

/** Blocks that say their rate (received frames do), or bare mono samples at the rate that `stream` is told. */
export type BlockSource = AsyncIterable<SampleBlock | SampleArray> | Iterable<SampleBlock | SampleArray>;

/** A path (in Node), a whole clip, an opened source, or blocks as they come. */
export type AudioSource = string | URL | SampleBlock | OpenedSource | BlockSource;

/** One pass over a source. */
export type BlockIterator = AsyncIterator<SampleBlock> | Iterator<SampleBlock>;

/** A source that is being read. */
export interface OpenBlocks {
  readonly blocks: BlockIterator;
  /** Lets go of the file behind; for one that has been read to its end, or not at all, no error. */
  close(): Promise<void>;
}

/**
 * Begins to read a source.
 * @param defaultRate Hz of bare samples
 * @param openSource undefined where there are no files
 * @throws ConfigError `ERR_CONFIG` for what is no source; what `openSource` throws
 */
export async function openBlocks(
  source: AudioSource,
  defaultRate: number,
  openSource: OpenSource | undefined,
): Promise<OpenBlocks> {
  if (typeof source === "string" || source instanceof URL) {
    if (openSource === undefined) {
      throw new ConfigError("ERR_CONFIG", `source is ${show(String(source))}; there are no files here.`, {
        hint: "In a browser decode it first: pass { samples, sampleRate, channels } or an async iterable of blocks.",
      });
    }
    const opened = await openSource(source);
    return opening(opened, opened.sampleRate, opened.channels);
  }
  if (isClip(source)) {
    checkBlock(source.samples, source.channels ?? 1);
    return { blocks: [source][Symbol.iterator](), close: async () => {} };
  }
  if (isIterable(source)) {
    const { sampleRate, channels } = source as Partial<OpenedSource>;
    return opening(source, sampleRate ?? defaultRate, channels ?? 1);
  }
  throw new ConfigError("ERR_CONFIG", `source is ${show(source)}, which cannot be streamed.`, {
    hint: "Pass a path, { samples, sampleRate, channels }, or an iterable of blocks.",
  });
}

/** Whether a source can be read twice, as finding its peak needs. */
export function isRepeatable(source: AudioSource): source is string | URL | SampleBlock {
  return typeof source === "string" || source instanceof URL || isClip(source);
}

/** The greatest magnitude in a source, 1 being full scale. Reads it to the end. */
export async function peakOf(blocks: BlockIterator): Promise<number> {
  let peak = 0;
  for (let next = await blocks.next(); next.done !== true; next = await blocks.next()) {
    const { samples } = next.value;
    const scale = samples instanceof Float32Array ? 1 : 1 / 32768;
    for (let i = 0; i < samples.length; i++) {
      const magnitude = Math.abs(samples[i]!) * scale;
      if (magnitude > peak) peak = magnitude;
    }
  }
  return peak;
}

function opening(source: OpenedSource | BlockSource, sampleRate: number, channels: number): OpenBlocks {
  return {
    blocks: readBlocks(source, sampleRate, channels),
    close: async () => {
      if ("close" in source) await source.close?.();
    },
  };
}

async function* readBlocks(
  source: AsyncIterable<{ samples: SampleArray } | SampleArray> | Iterable<SampleBlock | SampleArray>,
  sampleRate: number,
  channels: number,
): AsyncGenerator<SampleBlock, void, undefined> {
  for await (const block of source) {
    const whole: SampleBlock = ArrayBuffer.isView(block)
      ? { samples: block, sampleRate }
      : { sampleRate, channels, ...block };
    checkBlock(whole.samples, whole.channels ?? 1);
    yield whole;
  }
}

function isClip(source: unknown): source is SampleBlock {
  return typeof source === "object" && source !== null && "samples" in source && "sampleRate" in source;
}

function isIterable(source: unknown): source is BlockSource {
  if (typeof source !== "object" || source === null) return false;
  return Symbol.asyncIterator in source || Symbol.iterator in source;
}
