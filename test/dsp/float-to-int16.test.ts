import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";
import { roundedInt16, truncatedInt16 } from "./formats-oracle.ts";

const everyInt16 = Int16Array.from({ length: 65536 }, (_, i) => i);
const next = (x: number, by: number) => {
  const float = new Float32Array([x]);
  const bits = new Int32Array(float.buffer);
  bits[0]! += by;
  return float[0]!;
};

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });

  test(`${backend}: every int16 survives the way to float32 and back`, () => {
    const floats = dsp.pcm.int16ToFloat(everyInt16);
    sameSamples(
      floats,
      Float32Array.from(everyInt16, (x) => x / 32768),
    );
    sameSamples(dsp.pcm.floatToInt16(floats), everyInt16);
  });

  test(`${backend}: every half between two int16 values goes to the even one, its float neighbours to the nearest`, () => {
    const halves = Float32Array.from({ length: 65537 }, (_, i) => (i - 32768.5) / 32768);
    const around = Float32Array.from([...halves].flatMap((x) => [next(x, -1), x, next(x, 1)]));
    sameSamples(
      dsp.pcm.floatToInt16(around),
      Int16Array.from(around, (x) => roundedInt16(x * 32768)),
    );
    sameSamples(
      dsp.pcm.floatToInt16(new Float32Array([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map((x) => x / 32768))),
      [0, 2, 2, 0, -2, -2],
    );
  });

  test(`${backend}: full scale and beyond saturate, NaN and denormals become 0`, () => {
    const cases: [number, number][] = [
      [1, 32767],
      [next(1, -1), 32767],
      [32767 / 32768, 32767],
      [32766.5 / 32768, 32766],
      [-1, -32768],
      [next(-1, 1), -32768],
      [1.5, 32767],
      [-1.5, -32768],
      [65536, 32767],
      [-65536, -32768],
      [3.4e38, 32767],
      [-3.4e38, -32768],
      [Number.POSITIVE_INFINITY, 32767],
      [Number.NEGATIVE_INFINITY, -32768],
      [Number.NaN, 0],
      [1e-45, 0],
      [-1e-45, 0],
      [1e-39, 0],
      [-0, 0],
    ];
    // at every lane of a vector and in the scalar tail
    for (let shift = 0; shift < 9; shift++) {
      const floats = new Float32Array(shift + cases.length);
      cases.forEach(([x], i) => {
        floats[shift + i] = x;
      });
      sameSamples(
        dsp.pcm.floatToInt16(floats).subarray(shift),
        cases.map(([, y]) => y),
      );
    }
    for (const [x, y] of cases) assert.is(dsp.pcm.floatToInt16(new Float32Array([x]))[0], y);
  });

  test(`${backend}: three million random float32 bit patterns convert by definition, in both conventions`, () => {
    const draw = random(41);
    const bits = new Uint32Array(1_000_000);
    for (const [mask, or] of [
      [0xffffffff, 0],
      // exponents about those of audio: 2^-18 to 2^2
      [0x87ffffff, 0x38000000],
      [0x83ffffff, 0x3c000000],
    ] as const) {
      for (let i = 0; i < bits.length; i++) bits[i] = ((draw() * 2 ** 32) & mask) | or;
      const floats = new Float32Array(bits.buffer);
      const standard = dsp.pcm.floatToInt16(floats);
      const fastrtc = dsp.pcm.floatToInt16(floats, { convention: "fastrtc" });
      for (let i = 0; i < floats.length; i++) {
        const x = floats[i]!;
        if (standard[i] !== roundedInt16(x * 32768)) assert.is(standard[i], roundedInt16(x * 32768), `${x}`);
        const y = truncatedInt16(Math.fround(x * 32767));
        if (fastrtc[i] !== y) assert.is(fastrtc[i], y, `fastrtc ${x}`);
      }
    }
  });

  test(`${backend}: FastRTC's convention multiplies by 32767, truncates towards zero and saturates`, () => {
    const convert = (x: number) => dsp.pcm.floatToInt16(new Float32Array([x]), { convention: "fastrtc" })[0];
    assert.is(convert(1), 32767);
    assert.is(convert(-1), -32767);
    assert.is(convert(0.99999), Math.trunc(Math.fround(Math.fround(0.99999) * 32767)));
    assert.is(convert(1.9 / 32767), 1);
    assert.is(convert(-1.9 / 32767), -1);
    assert.is(convert(1.01), 32767);
    assert.is(convert(-1.01), -32768);
    assert.is(convert(Number.NEGATIVE_INFINITY), -32768);
    assert.is(convert(Number.NaN), 0);
  });
}

test.run();
