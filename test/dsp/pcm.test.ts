import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";
import { clamped, roundedInt16 } from "./formats-oracle.ts";

const everyInt16 = Int16Array.from({ length: 65536 }, (_, i) => i);

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });

  test(`${backend}: every int16 mixed with each of the values where sums turn saturates exactly`, () => {
    const out = new Int16Array(65536);
    for (const other of [-32768, -32767, -16384, -1, 0, 1, 2, 16384, 32766, 32767]) {
      dsp.pcm.mixInto(everyInt16, new Int16Array(65536).fill(other), out);
      sameSamples(
        out,
        Int16Array.from(everyInt16, (x) => clamped(x + other)),
        `mixed with ${other}`,
      );
    }
  });

  test(`${backend}: every int16 under each of many gains is rounded half to even and saturated`, () => {
    const out = new Int16Array(65536);
    for (const gain of [
      0,
      -0,
      1,
      -1,
      0.5,
      -0.5,
      0.25,
      1.5,
      2,
      -2,
      0.1,
      1 / 3,
      0.999999,
      1e-6,
      1e6,
      -1e6,
      32767,
      1e-45,
    ]) {
      dsp.pcm.gainInto(everyInt16, gain, out);
      const k = Math.fround(gain);
      sameSamples(
        out,
        Int16Array.from(everyInt16, (x) => roundedInt16(Math.fround(x * k))),
        `gain ${gain}`,
      );
    }
  });

  test(`${backend}: random int16 frames under random gains and mixes are right`, () => {
    fc.assert(
      fc.property(
        fc.int16Array({ maxLength: 200 }),
        fc.int16Array({ maxLength: 200 }),
        fc.float({ min: -4, max: 4, noNaN: true }),
        (a, b, gain) => {
          const n = Math.min(a.length, b.length);
          const [x, y, out] = [a.slice(0, n), b.slice(0, n), new Int16Array(n)];
          dsp.pcm.mixInto(x, y, out);
          sameSamples(
            out,
            Int16Array.from(x, (v, i) => clamped(v + y[i]!)),
          );
          dsp.pcm.gainInto(x, gain, out);
          sameSamples(
            out,
            Int16Array.from(x, (v) => roundedInt16(Math.fround(v * gain))),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test(`${backend}: float32 mixes and gains are single precision, keep NaN and infinities, and do not saturate`, () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.float(), fc.float()), { maxLength: 60 }),
        fc.float({ min: Math.fround(-1e6), max: Math.fround(1e6), noNaN: true }),
        (pairs, gain) => {
          const x = Float32Array.from(pairs, ([a]) => a);
          const y = Float32Array.from(pairs, ([, b]) => b);
          const out = new Float32Array(x.length);
          dsp.pcm.mixInto(x, y, out);
          sameSamples(
            out,
            Float32Array.from(x, (v, i) => v + y[i]!),
          );
          dsp.pcm.gainInto(x, gain, out);
          sameSamples(
            out,
            Float32Array.from(x, (v) => v * gain),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test(`${backend}: a gain of 1 and a mix with silence change nothing`, () => {
    const out = new Int16Array(65536);
    dsp.pcm.gainInto(everyInt16, 1, out);
    sameSamples(out, everyInt16);
    dsp.pcm.mixInto(everyInt16, new Int16Array(65536), out);
    sameSamples(out, everyInt16);
    assert.is(dsp.pcm.mixInto(new Int16Array(0), new Int16Array(0), out), 0);
  });
}

test.run();
