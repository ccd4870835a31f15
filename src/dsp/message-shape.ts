/** What the writer and the reader of messages share: the law's name, ASCII text, and where things lie in a slot. */
import { show } from "../core/check.ts";
import { CodecError, ConfigError } from "../core/errors.ts";
import type { Engine } from "./engine.ts";
import { LAW_ALAW, LAW_MULAW, LAW_PCM16 } from "./kernels.ts";

/** How samples are written in a message: the two laws of G.711, or 16-bit linear PCM, little-endian. */
export type MessageEncoding = "mulaw" | "alaw" | "pcm16";

/** Views that a writer or reader keeps by length: more frame lengths than that on one stream are unusual. */
export const VIEWS_KEPT = 64;
/** Parts of a slot start on a cache line, with room behind for kernels that read or write past an end. */
const PART_ALIGNMENT = 64;
const PART_SLACK = 64;

/** Where parts of these sizes start and end in one slot. */
export function partsOf(sizes: readonly number[]): { start: number; end: number }[] {
  let at = 0;
  return sizes.map((size) => {
    const start = at;
    const end = start + size;
    at = Math.ceil((end + PART_SLACK) / PART_ALIGNMENT) * PART_ALIGNMENT;
    return { start, end };
  });
}

/** The kernels' number of a law, or `ConfigError` `ERR_CODEC_UNKNOWN`. */
export function lawOf(encoding: MessageEncoding): number {
  if (encoding === "mulaw") return LAW_MULAW;
  if (encoding === "alaw") return LAW_ALAW;
  if (encoding === "pcm16") return LAW_PCM16;
  throw new ConfigError(
    "ERR_CODEC_UNKNOWN",
    `encoding is ${show(encoding)}; expected "mulaw", "alaw" or "pcm16".`,
    { hint: 'Use "mulaw", "alaw" or "pcm16".' },
  );
}

/** Text as bytes, or a `ConfigError` where it is not ASCII. */
export function ascii(name: string, text: string): Uint8Array {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) {
      throw new ConfigError("ERR_CONFIG", `${name} holds characters outside ASCII.`, {
        hint: "Escape them.",
      });
    }
  }
  return new TextEncoder().encode(text);
}

/** Where an array from `allocBytes` lies. @throws ConfigError `ERR_CONFIG` for any other */
export function addressOf(engine: Engine, out: Uint8Array): number {
  const address = engine.views.addressOfBytes(out);
  if (address !== undefined) return address;
  throw new ConfigError("ERR_CONFIG", "out is not an array from dsp.allocBytes().", {
    hint: "Allocate it once, write into it at an offset.",
  });
}

/** The error of using what has been given back. */
export function disposed(what: string): CodecError {
  return new CodecError("ERR_DISPOSED", `This ${what} has been disposed of.`, { hint: "Make a new one." });
}
