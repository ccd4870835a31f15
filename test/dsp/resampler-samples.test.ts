import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Dsp,
  loadDspSync,
  type Resampler,
  type ResamplerOptions,
  VoxwireError,
} from "../../src/index.ts";
import { heapBytesPerCall } from "../heap-use.ts";
import { random, sameSamples } from "../samples.ts";

type Samples = Int16Array | Float32Array;

const PAIRS = [
  [48000, 8000],
  [8000, 48000],
  [16000, 8000],
  [8000, 16000],
  [44100, 16000],
  [16000, 16000],
] as const;

/** Noise over steps at nearly full scale: what comes out overshoots, and saturates. */
function speechless(n: number, seed: number): Int16Array {
  const next = random(seed);
  return Int16Array.from({ length: n }, (_, i) => (i % 300 < 150 ? 31000 : -31000) + next() * 1000);
}
const has = (code: string) => (error: unknown) => error instanceof VoxwireError && error.code === code;

/** A copy of `samples` in engine memory. */
function inside(dsp: Dsp, samples: Samples): Samples {
  const view =
    samples instanceof Float32Array ? dsp.allocFloat32(samples.length) : dsp.allocInt16(samples.length);
  view.set(samples);
  return view;
}

/** All output for `samples` in chunks of 333 sample frames, through `processInto` and `flushInto`. */
function through(
  dsp: Dsp,
  options: ResamplerOptions,
  samples: Samples,
  out: Samples,
  isInside: boolean,
): void {
  const { channels = 1 } = options;
  const resampler = dsp.createResampler(options);
  const [from, to] = isInside ? [inside(dsp, samples), inside(dsp, out)] : [samples, out];
  let written = 0;
  for (let at = 0; at < from.length; at += 333 * channels) {
    const chunk = from.subarray(at, at + 333 * channels);
    written += resampler.processInto(chunk, to.subarray(written));
  }
  written += resampler.flushInto(to.subarray(written));
  assert.is(written, out.length);
  if (isInside) {
    out.set(to);
    dsp.free(from);
    dsp.free(to);
  }
  resampler.dispose();
}

for (const dsp of [loadDspSync({ backend: "wasm" }), loadDspSync({ backend: "js" })]) {
  const label = dsp.backend;

  test(`${label}: int16 is what float32 gives, rounded and saturated, wherever the arrays lie`, () => {
    for (const [inputRate, outputRate] of PAIRS) {
      for (const channels of [1, 3]) {
        const options = { inputRate, outputRate, channels };
        const samples = speechless(3000 * channels, channels);
        const floats = dsp.pcm.int16ToFloat(samples);
        const expected = dsp.resample(floats, options);
        const rounded = dsp.pcm.floatToInt16(expected);
        if (inputRate !== outputRate)
          assert.ok(
            expected.some((x) => Math.abs(x) > 1),
            "something to saturate",
          );
        sameSamples(dsp.resample(samples, options), rounded, "one-shot");
        for (const isInside of [false, true]) {
          const out = new Int16Array(rounded.length);
          through(dsp, options, samples, out, isInside);
          sameSamples(out, rounded, `int16 to int16, inside ${isInside}`);
          through(dsp, options, floats, out.fill(0), isInside);
          sameSamples(out, rounded, `float32 to int16, inside ${isInside}`);
          const float = new Float32Array(expected.length);
          through(dsp, options, samples, float, isInside);
          sameSamples(float, expected, `int16 to float32, inside ${isInside}`);
        }
      }
    }
  });

  test(`${label}: process gives int16 of int16 and float32 of float32, in one stream too`, () => {
    const options = { inputRate: 48000, outputRate: 8000 };
    const samples = speechless(1920, 5);
    const floats = dsp.pcm.int16ToFloat(samples);
    const whole = dsp.resample(floats, options);
    const resampler = dsp.createResampler(options);
    const first = resampler.process(samples.subarray(0, 960));
    assert.ok(first instanceof Int16Array);
    sameSamples(first, dsp.pcm.floatToInt16(whole.subarray(0, first.length)));
    const second = resampler.process(floats.subarray(960));
    assert.ok(second instanceof Float32Array);
    sameSamples(second, whole.subarray(first.length, first.length + second.length));
    resampler.dispose();
  });

  test(`${label}: channels apart give what interleaved ones give, also in long chunks and mixed kinds`, () => {
    for (const [inputRate, outputRate] of PAIRS) {
      const options = { inputRate, outputRate, channels: 2 };
      const [left, right] = [speechless(9000, 1), dsp.pcm.int16ToFloat(speechless(9000, 2))];
      const both = new Float32Array(18000);
      for (let i = 0; i < 9000; i++) {
        both[2 * i] = left[i]! / 32768;
        both[2 * i + 1] = right[i]!;
      }
      const expected = dsp.resample(both, options);
      for (const chunk of [160, 9000]) {
        for (const isInside of [false, true]) {
          const resampler = dsp.createResampler(options);
          const inputs = isInside ? [inside(dsp, left), inside(dsp, right)] : [left, right];
          const plain = [new Float32Array(expected.length / 2), new Float32Array(expected.length / 2)];
          const outputs = isInside ? plain.map((plane) => inside(dsp, plane)) : plain;
          let written = 0;
          for (let at = 0; at < 9000; at += chunk) {
            written += resampler.processPlanarInto(
              inputs.map((plane) => plane.subarray(at, at + chunk)),
              outputs.map((plane) => plane.subarray(written)),
            );
          }
          const rest = resampler.flush();
          for (const [channel, plane] of outputs.entries()) {
            sameSamples(
              [...plane.subarray(0, written), ...rest.filter((_, i) => i % 2 === channel)],
              expected.filter((_, i) => i % 2 === channel),
              `channel ${channel}`,
            );
          }
          if (isInside) for (const plane of [...inputs, ...outputs]) dsp.free(plane);
          resampler.dispose();
        }
      }
    }
  });

  test(`${label}: int16 and planar forms allocate nothing`, () => {
    const mono = dsp.createResampler({ inputRate: 11025, outputRate: 8000 });
    const stereo = dsp.createResampler({ inputRate: 8000, outputRate: 16000, channels: 2 });
    const chunks = [new Int16Array(10), new Int16Array(13)];
    const out = new Int16Array(64);
    const planes = [new Int16Array(9), new Float32Array(9)];
    const outputs = [new Float32Array(20), new Int16Array(20)];
    let turn = 0;
    const bytes = heapBytesPerCall(() => {
      const chunk = chunks[turn++ & 1]!;
      if ((turn & 2) === 0) mono.process(chunk);
      else mono.processInto(chunk, out);
      stereo.processPlanarInto(planes, outputs);
    });
    assert.ok(bytes < 2, `${bytes} bytes a call`);
    mono.dispose();
    stereo.dispose();
  });

  test(`${label}: what does not fit is refused before anything is consumed`, () => {
    const options = { inputRate: 8000, outputRate: 16000, channels: 2 };
    const resampler: Resampler = dsp.createResampler(options);
    const plane = () => new Float32Array(100);
    const wrong: [Samples[], Samples[], string][] = [
      [[plane()], [plane(), plane()], "ERR_CONFIG"],
      [[plane(), plane()], [plane()], "ERR_CONFIG"],
      [[plane(), new Float32Array(99)], [plane(), plane()], "ERR_CONFIG"],
      [[plane(), new Uint8Array(100) as never], [plane(), plane()], "ERR_CONFIG"],
      [[plane(), plane()], [plane(), new Float32Array(2)], "ERR_OUTPUT_TOO_SMALL"],
      ["planes" as never, [plane(), plane()], "ERR_CONFIG"],
    ];
    for (const [inputs, outputs, code] of wrong) {
      assert.throws(() => resampler.processPlanarInto(inputs, outputs), has(code));
    }
    const samples = speechless(400, 3);
    const out = new Int16Array(800);
    const written = resampler.processInto(samples, out);
    assert.throws(() => resampler.flushInto(new Int16Array(3)), has("ERR_OUTPUT_TOO_SMALL"));
    assert.is(resampler.flushInto(out.subarray(written)), 800 - written);
    sameSamples(out, dsp.resample(samples, options));
    resampler.dispose();
    assert.throws(
      () => resampler.processPlanarInto([plane(), plane()], [plane(), plane()]),
      has("ERR_DISPOSED"),
    );
    assert.throws(() => resampler.flushInto(out), has("ERR_DISPOSED"));
  });
}

test.run();
