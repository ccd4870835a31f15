import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync, Slicer } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";

const dsp = loadDspSync();

type Samples = Int16Array | Float32Array;
const formats = { int16: Int16Array, float32: Float32Array } as const;

for (const sampleFormat of ["int16", "float32"] as const) {
  test(`${sampleFormat}: any chunking of any number of channels gives the same frames and time stamps`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 700 })), {
          maxLength: 30,
        }),
        (frameSamples, channels, chunks) => {
          const slicer = dsp.createSlicer<Samples>({
            frameSamples,
            channels,
            sampleFormat,
          });
          const total = chunks.reduce((sum, n) => sum + n, 0);
          const source = new formats[sampleFormat](total * channels);
          for (let i = 0; i < source.length; i++) source[i] = (i % 30_011) - 15_000;
          const frames: number[][] = [];
          const timestamps: number[] = [];
          const take = (frame: Samples, timestamp: number) => {
            assert.instance(frame, formats[sampleFormat]);
            frames.push([...frame]);
            timestamps.push(timestamp);
          };
          let at = 0;
          for (const n of chunks) {
            const known = frames.length;
            const count = slicer.push(source.subarray(at * channels, (at + n) * channels), take);
            at += n;
            assert.is(frames.length - known, count);
            assert.is(slicer.remainder, at % frameSamples);
            assert.is(slicer.timestamp, at - (at % frameSamples));
          }
          const whole = Math.floor(total / frameSamples);
          assert.is(frames.length, whole);
          assert.is(slicer.flush(take), total % frameSamples === 0 ? 0 : 1);
          assert.is(slicer.flush(take), 0);
          const padded = Math.ceil(total / frameSamples) * frameSamples * channels;
          const expected = new Float64Array(padded);
          expected.set(source);
          sameSamples(frames.flat(), expected);
          assert.equal(
            timestamps,
            timestamps.map((_, i) => i * frameSamples),
          );
          assert.is(slicer.remainder, 0);
        },
      ),
      { numRuns: 400 },
    );
  });
}

test("reset forgets the remainder and goes on from the time stamp it is given", () => {
  const slicer = dsp.createSlicer({ frameSamples: 4 });
  const seen: [number[], number][] = [];
  const take = (frame: Int16Array, timestamp: number) => {
    seen.push([[...frame], timestamp]);
  };
  slicer.push(Int16Array.of(1, 2, 3), take);
  slicer.reset();
  assert.is(slicer.remainder, 0);
  slicer.push(Int16Array.of(4, 5, 6, 7, 8), take);
  slicer.reset(1000);
  slicer.push(Int16Array.of(9, 10, 11, 12, 13), take);
  slicer.flush(take);
  assert.equal(seen, [
    [[4, 5, 6, 7], 0],
    [[9, 10, 11, 12], 1000],
    [[13, 0, 0, 0], 1004],
  ]);
});

test("a reset from within the consumer drops what was cut before, not what follows", () => {
  const slicer = dsp.createSlicer({ frameSamples: 2 });
  const seen: [number[], number][] = [];
  slicer.push(Int16Array.of(1, 2, 3, 4, 5), (frame, timestamp) => {
    seen.push([[...frame], timestamp]);
    if (timestamp === 0) slicer.reset(100);
  });
  assert.equal(seen, [
    [[1, 2], 0],
    [[3, 4], 100],
  ]);
  assert.is(slicer.remainder, 1);
});

test("nothing pushed is nothing cut, at the start, between and at the end", () => {
  const slicer = dsp.createSlicer({ frameSamples: 3 });
  const none = () => assert.unreachable("a frame from nothing");
  for (let i = 0; i < 5; i++) assert.is(slicer.push(new Int16Array(0), none), 0);
  assert.is(slicer.flush(none), 0);
  assert.is(slicer.push(Int16Array.of(1, 2), none), 0);
  assert.is(slicer.push(new Int16Array(0), none), 0);
  assert.is(slicer.remainder, 2);
});

test("two slicers never show each other's samples, and silence after a flush is silence", () => {
  const [one, other] = [new Slicer({ frameSamples: 8 }), new Slicer({ frameSamples: 8 })];
  one.push(new Int16Array(7).fill(99), () => {});
  other.push(new Int16Array(1).fill(5), () => {});
  other.flush((frame) => sameSamples(frame, [5, 0, 0, 0, 0, 0, 0, 0]));
  one.flush(() => {});
  one.push(new Int16Array(1).fill(1), () => {});
  one.flush((frame) => sameSamples(frame, [1, 0, 0, 0, 0, 0, 0, 0]));
});

test("wrong options, samples of another type and half sample frames are refused, and nothing is taken in", () => {
  const hasConfigCode = (error: { code: string }) => error.code === "ERR_CONFIG";
  for (const options of [
    { frameSamples: 0 },
    { frameSamples: 1.5 },
    { frameSamples: 160, channels: 0 },
    { frameSamples: 160, sampleFormat: "int24" as "int16" },
  ]) {
    assert.throws(() => dsp.createSlicer(options), hasConfigCode);
  }
  const stereo = dsp.createSlicer({ frameSamples: 4, channels: 2 });
  assert.throws(() => stereo.push(new Int16Array(3), () => {}), hasConfigCode);
  assert.throws(
    () => stereo.push(new Float32Array(2) as unknown as Int16Array, () => {}),
    (error: { hint: string }) => error.hint.includes("floatToInt16"),
  );
  assert.is(stereo.remainder, 0);
});

test.run();
