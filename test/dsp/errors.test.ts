import { test } from "uvu";
import * as assert from "uvu/assert";
import { CodecError, ConfigError, type Dsp, loadDspSync, VoxwireError } from "../../src/index.ts";

const dsp = loadDspSync();
const int16 = new Int16Array(4);
const float32 = new Float32Array(4);
const bytes = new Uint8Array(4);
/** The same surface as plain JavaScript sees it: any arguments at all. */
type Untyped<T> = {
  [K in keyof T]: T[K] extends (...given: never[]) => unknown
    ? (...given: unknown[]) => unknown
    : Untyped<T[K]>;
};
const untyped = dsp as unknown as Untyped<Dsp>;

/** Runs `attempt` and returns the error it must throw. */
function errorOf(attempt: () => unknown): VoxwireError {
  try {
    attempt();
  } catch (error) {
    assert.instance(error, VoxwireError);
    return error as VoxwireError;
  }
  return assert.unreachable("nothing was thrown") as never;
}

const wrongArrays: [string, () => unknown, string, RegExp][] = [
  ["float32 to an encoder", () => untyped.mulaw.encode(float32), "pcm", /dsp\.pcm\.floatToInt16\(\)/],
  [
    "float32 to encodeInto",
    () => untyped.alaw.encodeInto(float32, bytes),
    "pcm",
    /dsp\.pcm\.floatToInt16\(\)/,
  ],
  ["PCM bytes to an encoder", () => untyped.mulaw.encode(bytes), "pcm", /new Int16Array\(bytes\.buffer/],
  ["a list to an encoder", () => untyped.mulaw.encode([1, 2]), "pcm", /Int16Array\.from\(values\)/],
  ["int16 to a decoder", () => untyped.mulaw.decode(int16), "bytes", /dsp\.mulaw\.encode\(\)/],
  ["float32 to a decoder", () => untyped.alaw.decode(float32), "bytes", /dsp\.pcm\.floatToInt16\(\)/],
  [
    "an ArrayBuffer to a decoder",
    () => untyped.alaw.decode(new ArrayBuffer(4)),
    "bytes",
    /new Uint8Array\(buffer\)/,
  ],
  ["Base64 text to a decoder", () => untyped.mulaw.decode("AAAA"), "bytes", /dsp\.base64\.decode\(\)/],
  ["int16 to floatToInt16", () => untyped.pcm.floatToInt16(int16), "samples", /dsp\.pcm\.int16ToFloat\(\)/],
  [
    "float32 to int16ToFloat",
    () => untyped.pcm.int16ToFloat(float32),
    "samples",
    /dsp\.pcm\.floatToInt16\(\)/,
  ],
  ["bytes to floatToInt16", () => untyped.pcm.floatToInt16(bytes), "samples", /dsp\.pcm\.int16ToFloat\(\)/],
  ["a float32 output for int16", () => untyped.mulaw.decodeInto(bytes, float32), "out", /dsp\.pcm/],
  ["an int16 output for bytes", () => untyped.mulaw.encodeInto(int16, int16), "out", /dsp\.mulaw/],
  ["two kinds mixed", () => untyped.pcm.mixInto(int16, float32, int16), "b", /dsp\.pcm\.floatToInt16\(\)/],
  [
    "two other kinds mixed",
    () => untyped.pcm.mixInto(float32, int16, float32),
    "b",
    /dsp\.pcm\.int16ToFloat\(\)/,
  ],
  ["bytes mixed", () => untyped.pcm.mixInto(bytes, bytes, bytes), "a", /new Int16Array\(bytes\.buffer/],
  ["another kind of output for gain", () => untyped.pcm.gainInto(int16, 1, float32), "out", /dsp\.pcm/],
  ["int16 as Base64 input", () => untyped.base64.encodeInto(int16, bytes), "bytes", /dsp\.mulaw\.encode\(\)/],
  ["undefined", () => untyped.mulaw.encode(undefined), "pcm", /Int16Array\.from/],
  ["null", () => untyped.pcm.floatToInt16(null), "samples", /Float32Array\.from/],
];

for (const [what, attempt, name, conversion] of wrongArrays) {
  test(`${what}: a ConfigError that names the argument and the conversion`, () => {
    const error = errorOf(attempt);
    assert.instance(error, ConfigError);
    assert.is(error.code, "ERR_CONFIG");
    assert.ok(error.message.startsWith(`${name} is `), error.message);
    assert.match(error.hint, conversion);
    assert.is(error.describe(), `${error.message} ${error.hint}`);
  });
}

test("engine memory is no way round the checks: arrays allocated here fail as others do", () => {
  const [i16, f32, u8] = [dsp.allocInt16(4), dsp.allocFloat32(4), dsp.allocBytes(4)];
  for (const attempt of [
    () => untyped.mulaw.encodeInto(f32, u8),
    () => untyped.mulaw.encodeInto(i16, i16),
    () => untyped.mulaw.decodeInto(i16, i16),
    () => untyped.pcm.floatToInt16Into(i16, f32),
    () => untyped.pcm.int16ToFloatInto(f32, i16),
    () => untyped.pcm.mixInto(i16, f32, i16),
    () => untyped.pcm.gainInto(f32, 1, i16),
  ]) {
    assert.instance(errorOf(attempt), ConfigError);
  }
  for (const view of [i16, f32, u8]) dsp.free(view);
});

test("an unknown convention is named with those there are, and names of Object's properties are unknown too", () => {
  for (const convention of ["itu", "", "toString", "constructor", "__proto__", null, 7]) {
    for (const attempt of [
      () => untyped.mulaw.encode(int16, { convention }),
      () => untyped.alaw.encodeInto(int16, bytes, { convention }),
    ]) {
      const error = errorOf(attempt);
      assert.is(error.code, "ERR_UNKNOWN_CONVENTION");
      for (const name of ["g191", "audioop", "sun"]) assert.ok(error.message.includes(name), error.message);
    }
    const error = errorOf(() => untyped.pcm.floatToInt16(float32, { convention }));
    assert.is(error.code, "ERR_UNKNOWN_CONVENTION");
    assert.ok(error.message.includes("fastrtc"), error.message);
  }
  assert.equal(dsp.mulaw.encode(int16, {}), dsp.mulaw.encode(int16, { convention: "g191" }));
});

test("an output that is too small is refused before anything is written, inside and outside engine memory", () => {
  for (const isInside of [true, false]) {
    const small16 = isInside ? dsp.allocInt16(3) : new Int16Array(3);
    const small8 = isInside ? dsp.allocBytes(3) : new Uint8Array(3);
    const small32 = isInside ? dsp.allocFloat32(3) : new Float32Array(3);
    const big16 = isInside ? dsp.allocInt16(4) : new Int16Array(4);
    const big32 = isInside ? dsp.allocFloat32(4) : new Float32Array(4);
    const big8 = isInside ? dsp.allocBytes(4) : new Uint8Array(4);
    for (const small of [small16, small8, small32]) small.fill(7);
    for (const attempt of [
      () => dsp.mulaw.encodeInto(big16, small8),
      () => dsp.alaw.decodeInto(big8, small16),
      () => dsp.pcm.floatToInt16Into(big32, small16),
      () => dsp.pcm.int16ToFloatInto(big16, small32),
      () => dsp.pcm.mixInto(big16, big16, small16),
      () => dsp.pcm.gainInto(big32, 2, small32),
    ]) {
      const error = errorOf(attempt);
      assert.instance(error, CodecError);
      assert.is(error.code, "ERR_OUTPUT_TOO_SMALL");
      assert.match(error.message, /holds 3 .*4 are needed/);
    }
    for (const small of [small16, small8, small32]) {
      assert.ok([...small].every((x) => x === 7));
      if (isInside) dsp.free(small);
    }
    if (isInside) for (const big of [big16, big32, big8]) dsp.free(big);
  }
});

test("mixing frames of two lengths and gains that are no numbers are refused", () => {
  assert.is(errorOf(() => dsp.pcm.mixInto(int16, new Int16Array(5), new Int16Array(5))).code, "ERR_CONFIG");
  for (const gain of [Number.NaN, Number.POSITIVE_INFINITY, 2e6, "1"]) {
    assert.is(errorOf(() => untyped.pcm.gainInto(int16, gain, int16)).code, "ERR_CONFIG", `${gain}`);
  }
});

test.run();
