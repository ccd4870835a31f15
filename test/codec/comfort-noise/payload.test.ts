/** RFC 3389: the payload, by its formulae, and the noise that comes of it. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { NoiseGenerator } from "../../../src/codec/comfort-noise/generator.ts";
import {
  createNoiseShape,
  levelOf,
  NOISE_ORDER,
  quantiseLevel,
  quantiseReflection,
  readNoisePayload,
  reflectionOf,
  writeNoisePayload,
} from "../../../src/codec/comfort-noise/payload.ts";
import { levinson } from "../../../src/dsp/voice/levinson.ts";
import { random } from "../../samples.ts";

test("every index stands for 258 (N - 127) in Q15, and is what its coefficient is written as; 255 means nothing", () => {
  for (let index = 0; index < 255; index++) {
    assert.is(reflectionOf(index), (258 * (index - 127)) / 32_768);
    assert.is(quantiseReflection(reflectionOf(index)), index);
    assert.ok(Math.abs(reflectionOf(index)) < 1);
  }
  assert.is(reflectionOf(255), 0);
});

test("any coefficient is within half a step of what is written", () => {
  fc.assert(
    fc.property(fc.double({ min: -0.9999, max: 0.9999, noNaN: true }), (k) => {
      assert.ok(Math.abs(reflectionOf(quantiseReflection(k)) - k) <= 129 / 32_768 + 1e-12);
    }),
  );
});

test("levels are whole -dBov against mu-law's square wave: half a dB at most is lost", () => {
  assert.is(quantiseLevel(32_124), 0);
  assert.is(quantiseLevel(3212.4), 20);
  assert.is(quantiseLevel(0), 127);
  assert.is(levelOf(127), 0);
  for (let minusDbov = 0; minusDbov < 127; minusDbov++)
    assert.is(quantiseLevel(levelOf(minusDbov)), minusDbov);
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 32_124, noNaN: true }), (level) => {
      assert.ok(Math.abs(20 * Math.log10(levelOf(quantiseLevel(level)) / level)) <= 0.5 + 1e-9);
    }),
  );
  // the bit above the level is unused
  assert.is(levelOf(128 + 40), levelOf(40));
});

test("any bytes are read: coefficients below 1, finite noise, no exception", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const shape = createNoiseShape();
      assert.is(readNoisePayload(bytes, shape), bytes.length > 0);
      assert.ok(shape.reflection.every((k) => Math.abs(k) < 1));
      const generator = new NoiseGenerator();
      generator.take(bytes);
      const out = new Int16Array(480);
      for (let i = 0; i < 10; i++) generator.fill(out);
      const level = Math.sqrt(out.reduce((sum, x) => sum + x * x, 0) / out.length);
      assert.ok(Number.isFinite(level));
    }),
  );
});

/** Noise with two formants, falling towards high frequencies, at a level. */
function colouredNoise(n: number, seed: number, level: number): Int16Array {
  const draw = random(seed);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const x = draw() - 0.5;
    out[i] = x + 1.1 * (out[i - 1] ?? 0) - 0.6 * (out[i - 2] ?? 0) + 0.25 * (out[i - 3] ?? 0);
  }
  const rms = Math.sqrt(out.reduce((sum, x) => sum + x * x, 0) / n);
  return Int16Array.from(out, (x) => (x * level) / rms);
}

/** Power in 16 bands, in dB. */
function bandsDb(samples: Int16Array): number[] {
  const size = 256;
  const power = new Float64Array(16);
  for (let at = 0; at + size <= samples.length; at += size) {
    for (let k = 0; k < 128; k++) {
      let re = 0;
      let im = 0;
      for (let i = 0; i < size; i++) {
        const w = samples[at + i]! * Math.sin((Math.PI * (i + 0.5)) / size);
        re += w * Math.cos((2 * Math.PI * (k + 0.5) * i) / size);
        im += w * Math.sin((2 * Math.PI * (k + 0.5) * i) / size);
      }
      power[k >> 3]! += re * re + im * im;
    }
  }
  return Array.from(power, (x) => 10 * Math.log10(x));
}

test("the noise has the level and the spectrum of what it stands for", () => {
  for (const level of [30, 300]) {
    const noise = colouredNoise(16_000, 5, level);
    const lags = new Float64Array(NOISE_ORDER + 1);
    for (let lag = 0; lag <= NOISE_ORDER; lag++) {
      for (let i = lag; i < noise.length; i++) lags[lag]! += (noise[i]! * noise[i - lag]!) / noise.length;
    }
    const shape = createNoiseShape();
    levinson(lags, new Float64Array(NOISE_ORDER + 1), new Float64Array(NOISE_ORDER + 1), shape.reflection);
    shape.level = Math.sqrt(lags[0]!);
    const payload = new Uint8Array(NOISE_ORDER + 1);
    assert.is(writeNoisePayload(shape, payload), 11);
    const generator = new NoiseGenerator();
    generator.take(payload);
    const made = new Int16Array(16_000);
    for (let at = 0; at < made.length; at += 160) generator.fill(made.subarray(at, at + 160));
    const wanted = bandsDb(noise);
    const got = bandsDb(made);
    const errors = wanted.map((db, i) => got[i]! - db);
    const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length;
    assert.ok(Math.abs(mean) < 1.5, `level off by ${mean} dB`);
    assert.ok(
      errors.every((error) => Math.abs(error) < 3),
      errors.map((x) => x.toFixed(1)).join(" "),
    );
  }
});

test("a new level is come to without a step", () => {
  const generator = new NoiseGenerator();
  generator.take(Uint8Array.of(50));
  const out = new Int16Array(80);
  generator.fill(out);
  generator.take(Uint8Array.of(30));
  generator.fill(out);
  const first = out.subarray(0, 10).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  assert.ok(first < levelOf(30), `${first}`);
});

test.run();
