import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder, createEncoder } from "../../src/codecs.ts";
import type { G722Decoder } from "../../src/dsp/g722/g722.ts";
import { type Dsp, loadDspSync } from "../../src/index.ts";
import { random, sameSamples, snrDb } from "../samples.ts";
import { SIGNALS } from "./g722-signals.ts";

const golden = (name: string) => readFileSync(new URL(`../golden/g722/${name}`, import.meta.url));
const samplesOf = (bytes: Buffer) =>
  new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const digest = (data: Uint8Array | Int16Array) => createHash("sha256").update(data).digest("hex");
const expected: Record<string, { encoded: string; decoded: string }> = JSON.parse(
  golden("ffmpeg.json").toString(),
);

function encode(dsp: Dsp, pcm: Int16Array, cuts: readonly number[] = [pcm.length]): Uint8Array {
  const encoder = createEncoder(dsp, { codec: "g722" });
  const out = new Uint8Array(pcm.length / 2);
  let at = 0;
  for (const n of cuts) at += 2 * encoder.encodeInto(pcm.subarray(at, at + n), out.subarray(at / 2));
  encoder.encodeInto(pcm.subarray(at), out.subarray(at / 2));
  encoder.dispose();
  return out;
}

function decode(dsp: Dsp, bytes: Uint8Array, cuts: readonly number[] = [bytes.length]): Int16Array {
  const decoder = createDecoder(dsp, { codec: "g722" });
  const out = new Int16Array(bytes.length * 2);
  let at = 0;
  for (const n of cuts) at += decoder.decodeInto(bytes.subarray(at, at + n), out.subarray(at * 2)) / 2;
  decoder.decodeInto(bytes.subarray(at), out.subarray(at * 2));
  decoder.dispose();
  return out;
}

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });

  test(`${backend}: speech is coded bit for bit as ffmpeg does it, both ways`, () => {
    const speech = samplesOf(golden("speech.s16"));
    sameSamples(encode(dsp, speech), golden("speech.g722"), "bytes");
    sameSamples(decode(dsp, golden("speech.g722")), samplesOf(golden("speech.decoded.s16")));
  });

  for (const [name, make] of Object.entries(SIGNALS)) {
    test(`${backend}: ${name} is coded bit for bit as ffmpeg does it, both ways`, () => {
      const bytes = encode(dsp, make());
      assert.is(digest(bytes), expected[name]?.encoded);
      assert.is(digest(decode(dsp, bytes)), expected[name]?.decoded);
    });
  }
}

const wasm = loadDspSync({ backend: "wasm" });
const twin = loadDspSync({ backend: "js" });

test("kernel and twin decode any bytes alike", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      sameSamples(decode(wasm, bytes), decode(twin, bytes));
    }),
    { numRuns: 200 },
  );
});

test("kernel and twin encode any samples alike", () => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 1500 }), (samples) => {
      const pcm = samples.subarray(0, samples.length & ~1);
      sameSamples(encode(wasm, pcm), encode(twin, pcm), "bytes");
    }),
    { numRuns: 200 },
  );
});

test("any cutting of the stream gives the same bytes and samples, in engine memory and out of it", () => {
  const next = random(3);
  const pcm = Int16Array.from({ length: 40_000 }, () => Math.floor((next() - 0.5) * 20_000));
  const whole = encode(wasm, pcm);
  const decoded = decode(wasm, whole);
  for (let round = 0; round < 20; round++) {
    const cuts = Array.from({ length: 30 }, () => 2 * Math.floor(next() * 500));
    sameSamples(encode(wasm, pcm, cuts), whole, "bytes");
    sameSamples(
      decode(
        wasm,
        whole,
        cuts.map((n) => n / 2),
      ),
      decoded,
    );
  }
  const input = wasm.allocInt16(pcm.length);
  const output = wasm.allocBytes(pcm.length / 2);
  input.set(pcm);
  const encoder = createEncoder(wasm, { codec: "g722" });
  assert.is(encoder.encodeInto(input, output), output.length);
  sameSamples(output, whole, "bytes");
  encoder.dispose();
  wasm.free(input);
  wasm.free(output);
});

test("the delay is latencySamples: what comes out is the speech that went in, so much later", () => {
  const speech = samplesOf(golden("speech.s16"));
  const { latencySamples } = createEncoder(wasm, { codec: "g722" });
  const decoded = decode(wasm, encode(wasm, speech));
  const snrAt = (delay: number) => snrDb(decoded.subarray(delay, 30_000 + delay), speech.subarray(0, 30_000));
  const best = [20, 21, 22, 23, 24].sort((a, b) => snrAt(b) - snrAt(a))[0];
  assert.is(best, latencySamples);
  assert.ok(snrAt(latencySamples) > 15, `${snrAt(latencySamples)} dB`);
});

test("reset() equals a new one, two streams do not mix, and dispose() gives the memory back", () => {
  const speech = samplesOf(golden("speech.s16"));
  const out = new Uint8Array(speech.length / 2);
  const first = createEncoder(wasm, { codec: "g722" });
  const second = createEncoder(wasm, { codec: "g722" });
  for (let at = 0; at < speech.length; at += 320) {
    second.encodeInto(speech.subarray(0, 320), new Uint8Array(160));
    first.encodeInto(speech.subarray(at, at + 320), out.subarray(at / 2));
  }
  sameSamples(out, golden("speech.g722"), "bytes");
  second.reset();
  second.encodeInto(speech, out);
  sameSamples(out, golden("speech.g722"), "bytes");
  first.dispose();
  second.dispose();
  first.dispose();
  assert.throws(
    () => first.encodeInto(speech, out),
    (error: { code: string }) => error.code === "ERR_DISPOSED",
  );
  for (let i = 0; i < 10_000; i++) createDecoder(wasm, { codec: "g722" }).dispose();
});

test("odd frames, small outputs and other rates are refused by code", () => {
  const encoder = createEncoder(wasm, { codec: "g722" });
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return undefined;
  };
  assert.is(
    code(() => encoder.encodeInto(new Int16Array(3), new Uint8Array(2))),
    "ERR_FRAME_LENGTH",
  );
  assert.is(
    code(() => encoder.encodeInto(new Int16Array(4), new Uint8Array(1))),
    "ERR_OUTPUT_TOO_SMALL",
  );
  assert.is(
    code(() => createEncoder(wasm, { codec: "g722", sampleRate: 8000 })),
    "ERR_RATE",
  );
  assert.is(
    code(() => createEncoder(wasm, { codec: "mp3" as "pcmu" })),
    "ERR_CONFIG",
  );
  encoder.dispose();
});

test("a decoder that follows what was heard: kernel and twin go on alike, and as if nothing had been lost", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 12, max: 160 }), (seed, codes) => {
      const draw = random(seed);
      const pcm = Int16Array.from({ length: 2000 }, (_, i) => 6000 * Math.sin(i / 9) + 2000 * (draw() - 0.5));
      const decoders = [wasm, twin].map((dsp) => {
        const bytes = encode(dsp, pcm);
        const decoder = createDecoder(dsp, { codec: "g722" }) as G722Decoder;
        const out = new Int16Array(pcm.length);
        decoder.decodeInto(bytes.subarray(0, 400), out);
        const heard = pcm.slice(800 - 22, 800 + 2 * codes);
        decoder.followHeard(heard);
        const after = new Int16Array(1200 - 2 * codes);
        decoder.decodeInto(bytes.subarray(400 + codes), after);
        decoder.dispose();
        return after;
      });
      sameSamples(decoders[0]!, decoders[1]!);
    }),
    { numRuns: 20 },
  );
});

test("across a hole that was filled right, what follows is nearer to the sound than without following", () => {
  const pcm = Int16Array.from({ length: 3200 }, (_, i) => 5000 * Math.sin(i / 7) + 2500 * Math.sin(i / 3));
  const bytes = encode(wasm, pcm);
  const whole = decode(wasm, bytes);
  const [followed, frozen] = [true, false].map((follows) => {
    const decoder = createDecoder(wasm, { codec: "g722" }) as G722Decoder;
    decoder.decodeInto(bytes.subarray(0, 800), new Int16Array(1600));
    if (follows) decoder.followHeard(whole.slice(1600 - 22, 1920 + 22));
    const after = new Int16Array(160);
    decoder.decodeInto(bytes.subarray(960, 1040), after);
    decoder.dispose();
    return snrDb(after, whole.slice(1920, 2080));
  });
  assert.ok(followed! > frozen! + 3, `${followed} against ${frozen} dB`);
});

test.run();
