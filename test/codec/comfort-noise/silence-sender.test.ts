/** What is sent of speech with pauses: every onset, and of the silence next to nothing. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { levelOf, NOISE_PAYLOAD_BYTES } from "../../../src/codec/comfort-noise/payload.ts";
import { type FrameFate, SilenceSender } from "../../../src/codec/comfort-noise/silence-sender.ts";
import { heapBytesPerCall } from "../../heap-use.ts";
import { random } from "../../samples.ts";

const N = 160;

/** Speech-like bursts over noise: loud from `from` to `to`, in frames, with an onset of 10 ms. */
function call(
  frames: number,
  spurts: readonly (readonly [number, number])[],
  noiseLevel: number,
  seed = 3,
): Int16Array {
  const draw = random(seed);
  return Int16Array.from({ length: frames * N }, (_, i) => {
    const frame = i / N;
    const spurt = spurts.find(([from, to]) => frame >= from && frame < to);
    const rise = spurt === undefined ? 0 : Math.min(1, (frame - spurt[0]) * 2);
    const voice = 3000 * rise * (Math.sin(i / 8) + 0.5 * Math.sin(i / 4));
    return voice + noiseLevel * Math.sqrt(12) * (draw() - 0.5);
  });
}

function fates(sound: Int16Array, sender = new SilenceSender(8000, 20)): FrameFate[] {
  return Array.from({ length: sound.length / N }, (_, f) => sender.judge(sound.subarray(f * N, (f + 1) * N)));
}

test("no onset is clipped and no end: every frame of a spurt is sent, and 200 ms after it, at any noise", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 60, max: 90 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (noise, seed, from, offset) => {
        const spurt = [from + offset, from + 30.5] as const;
        const got = fates(call(200, [spurt], noise, seed));
        for (let f = Math.ceil(spurt[0]); f <= Math.floor(spurt[1]) + 10; f++) {
          assert.is(got[f], "speech", `frame ${f} of a spurt from ${spurt[0]} to ${spurt[1]}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("of silence a payload is sent at its start, and then seldom", () => {
  const got = fates(call(500, [[100, 150]], 20));
  const silent = got.slice(180);
  assert.ok(silent.every((fate) => fate !== "speech"));
  const payloads = silent.filter((fate) => fate === "noise").length;
  assert.ok(
    payloads >= silent.length / 26 && payloads <= silent.length / 10,
    `${payloads} in ${silent.length}`,
  );
  const first = got.findIndex((fate, i) => i > 150 && fate !== "speech");
  assert.is(got[first], "noise");
});

test("a payload says the level of the noise; where that changes, another one says so", () => {
  const sender = new SilenceSender(8000, 20);
  const quiet = call(150, [], 20);
  const louder = call(400, [], 36, 9);
  fates(quiet, sender);
  const before = levelOf(sender.payload[0]!);
  assert.ok(Math.abs(20 * Math.log10(before / 20)) < 1.5, `${before}`);
  fates(louder, sender);
  const after = levelOf(sender.payload[0]!);
  assert.ok(Math.abs(20 * Math.log10(after / 36)) < 1.5, `${after}`);
  assert.is(sender.payload.length, NOISE_PAYLOAD_BYTES);
});

test("a held tone, music and a loud room are no silence", () => {
  const tone = Int16Array.from({ length: 300 * N }, (_, i) => 200 * Math.sin(i / 5));
  assert.ok(fates(tone).every((fate) => fate === "speech"));
  assert.ok(fates(call(300, [], 2000)).every((fate) => fate === "speech"));
});

test("the package's speech: all that is loud is sent, its pauses are not", () => {
  const wav = readFileSync(new URL("../../../assets/speech.wav", import.meta.url));
  const rate = wav.readUInt32LE(24);
  const n = (rate * 20) / 1000;
  const sender = new SilenceSender(rate, 20);
  const frames = Math.floor((wav.length - 44) / 2 / n);
  let missed = 0;
  for (let f = 0; f < frames; f++) {
    const frame = Int16Array.from({ length: n }, (_, i) => wav.readInt16LE(44 + 2 * (f * n + i)));
    const level = Math.sqrt(frame.reduce((sum, x) => sum + x * x, 0) / n);
    if (sender.judge(frame) !== "speech" && level > 100) missed++;
  }
  assert.is(missed, 0);
  const { speech, noise, nothing } = sender.counts;
  assert.is(speech + noise + nothing, frames);
});

test("any samples are judged without exception, and no object is made from frame to frame", () => {
  fc.assert(
    fc.property(fc.array(fc.int16Array({ minLength: N, maxLength: N }), { maxLength: 30 }), (list) => {
      const sender = new SilenceSender(8000, 20);
      for (const frame of list) assert.ok(["speech", "noise", "nothing"].includes(sender.judge(frame)));
    }),
  );
  const sender = new SilenceSender(8000, 20);
  const sound = call(100, [[50, 60]], 20);
  const list = Array.from({ length: 100 }, (_, f) => sound.slice(f * N, (f + 1) * N));
  let f = 0;
  const bytes = heapBytesPerCall(() => sender.judge(list[f++ % 100]!));
  assert.ok(bytes < 32, `${bytes} bytes a frame`);
});

test.run();
