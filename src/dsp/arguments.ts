/** Checks of what callers hand to the wrappers: the kernels themselves trust their arguments. */
import { show } from "../core/check.ts";
import { CodecError, ConfigError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";

type ArrayKind = "Int16Array" | "Float32Array" | "Uint8Array";

export function expectInt16(value: unknown, what: string): asserts value is Int16Array {
  if (!(value instanceof Int16Array)) throw wrongArray(value, what, "Int16Array");
}

export function expectFloat32(value: unknown, what: string): asserts value is Float32Array {
  if (!(value instanceof Float32Array)) throw wrongArray(value, what, "Float32Array");
}

export function expectBytes(value: unknown, what: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw wrongArray(value, what, "Uint8Array");
}

/** What `loadDsp` gives, by its shape: it is often left out, or its promise passed in its place. */
export function expectDsp(value: unknown): void {
  if (typeof (value as { createSlicer?: unknown } | null | undefined)?.createSlicer === "function") return;
  throw new ConfigError("ERR_CONFIG", `dsp is ${show(value)}; expected an audio core.`, {
    hint: "Pass what loadDsp() resolves to, first: const dsp = await loadDsp().",
  });
}

export function expectSamples(value: unknown, what: string): asserts value is SampleArray {
  if (value instanceof Float32Array || value instanceof Int16Array) return;
  throw new ConfigError(
    "ERR_CONFIG",
    `${what} is ${show(value)}; expected a Float32Array or an Int16Array of samples.`,
    {
      hint: CONVERSIONS.Int16Array[value instanceof Uint8Array ? "Uint8Array" : "other"],
    },
  );
}

/** Room for `needed` elements in an output, or `CodecError` `ERR_OUTPUT_TOO_SMALL`. */
export function expectRoom(outLength: number, needed: number, unit: string): void {
  if (outLength >= needed) return;
  throw new CodecError(
    "ERR_OUTPUT_TOO_SMALL",
    `The output holds ${outLength} ${unit}; ${needed} are needed.`,
    { hint: `Pass an array of at least ${needed}.` },
  );
}

const PCM_BYTES =
  "Bytes of 16-bit PCM become samples by new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)";

/** What to do with an array of one kind where another was expected. */
const CONVERSIONS: Record<ArrayKind, Record<ArrayKind | "other", string>> = {
  Int16Array: {
    Int16Array: "",
    Float32Array: "dsp.pcm.floatToInt16() converts float32 samples.",
    Uint8Array: `${PCM_BYTES}; G.711 bytes by dsp.mulaw.decode() or dsp.alaw.decode().`,
    other: "Int16Array.from(values) makes one of a list of whole numbers.",
  },
  Float32Array: {
    Int16Array: "dsp.pcm.int16ToFloat() converts int16 samples.",
    Float32Array: "",
    Uint8Array: `${PCM_BYTES}, and those float32 by dsp.pcm.int16ToFloat().`,
    other: "Float32Array.from(values) makes one of a list of numbers.",
  },
  Uint8Array: {
    Int16Array: "dsp.mulaw.encode() or dsp.alaw.encode() makes bytes of int16 samples.",
    Float32Array:
      "dsp.pcm.floatToInt16() converts float32 samples, and dsp.mulaw.encode() makes bytes of those.",
    Uint8Array: "",
    other: "new Uint8Array(buffer) makes one of an ArrayBuffer, dsp.base64.decode() of Base64 text.",
  },
};

function wrongArray(value: unknown, what: string, expected: ArrayKind): ConfigError {
  const seen: ArrayKind | "other" =
    value instanceof Int16Array
      ? "Int16Array"
      : value instanceof Float32Array
        ? "Float32Array"
        : value instanceof Uint8Array
          ? "Uint8Array"
          : "other";
  const article = expected === "Int16Array" ? "an" : "a";
  const content = expected === "Uint8Array" ? "bytes" : "samples";
  return new ConfigError(
    "ERR_CONFIG",
    `${what} is ${show(value)}; expected ${article} ${expected} of ${content}.`,
    { hint: CONVERSIONS[expected][seen] },
  );
}
