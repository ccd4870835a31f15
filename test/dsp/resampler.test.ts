import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Dsp, loadDspSync, type Resampler, VoxwireError } from "../../src/index.ts";
import { heapBytesPerCall } from "../heap-use.ts";
import { random, sameSamples, sine, snrDb } from "../samples.ts";
import { ALL_PAIRS, name, ODD_PAIRS, STANDARD_PAIRS, UNLIKE_PAIRS } from "./resampler-rates.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });
const backends = [wasm, js];

const noise = (n: number, seed = 1) => {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => next() * 2 - 1);
};
const has = (code: string) => (error: unknown) => error instanceof VoxwireError && error.code === code;

/** All output for `samples` cut into chunks of these lengths, by turns. */
function inChunks(resampler: Resampler, samples: Float32Array, lengths: readonly number[]): Float32Array {
  const out = new Float32Array(resampler.maxOutput(samples.length) + 64 * resampler.channels);
  let written = 0;
  for (let at = 0, turn = 0; at < samples.length; turn++) {
    const n = (lengths[turn % lengths.length] ?? 1) * resampler.channels;
    const given = resampler.process(samples.subarray(at, at + n));
    out.set(given, written);
    written += given.length;
    at += n;
  }
  const rest = resampler.flush();
  out.set(rest, written);
  return out.slice(0, written + rest.length);
}

/** Outputs that must be out after `inputs` samples, from the definition of latencySamples alone. */
function due([inputRate, outputRate]: readonly [number, number], inputs: number, latency: number): number {
  let m = Math.max(0, Math.floor(((inputs - latency) * outputRate) / inputRate) - 2);
  while (Math.floor((m * inputRate) / outputRate + latency + 1e-9) <= inputs - 1) m++;
  return m;
}

for (const dsp of backends) {
  const label = dsp.backend;

  test(`${label}: the length is exactly ceil(n * out / in) for every pair`, () => {
    for (const [inputRate, outputRate] of ALL_PAIRS) {
      for (const n of [0, 1, 2, 33, 441, 2049]) {
        const out = dsp.resample(noise(n), { inputRate, outputRate });
        assert.is(out.length, Math.ceil((n * outputRate) / inputRate), `${inputRate} ${outputRate} ${n}`);
      }
    }
  });

  test(`${label}: any chunking gives the same samples, bit for bit`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL_PAIRS),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 3000 }),
        ([inputRate, outputRate], channels, lengths, n) => {
          if (Math.max(...lengths) === 0) lengths.push(1);
          const samples = noise(n * channels, n + 1);
          const resampler = dsp.createResampler({ inputRate, outputRate, channels });
          const chunked = inChunks(resampler, samples, lengths);
          resampler.dispose();
          sameSamples(chunked, dsp.resample(samples, { inputRate, outputRate, channels }));
        },
      ),
      { numRuns: 150 },
    );
  });

  test(`${label}: a chunk longer than any piece gives what short ones give`, () => {
    for (const [inputRate, outputRate] of [
      [48000, 8000],
      [8000, 48000],
      [44056, 48000],
      [24000, 24000],
    ]) {
      const samples = noise(50_000);
      const options = { inputRate: inputRate!, outputRate: outputRate! };
      const resampler = dsp.createResampler(options);
      const short = inChunks(resampler, samples, [960]);
      resampler.dispose();
      sameSamples(dsp.resample(samples, options), short);
    }
  });

  test(`${label}: each output is returned with just the input that latencySamples says`, () => {
    for (const pair of UNLIKE_PAIRS) {
      const [inputRate, outputRate] = pair;
      const resampler = dsp.createResampler({ inputRate, outputRate });
      const one = new Float32Array(1);
      let given = 0;
      for (let n = 1; n <= 300; n++) {
        given += resampler.process(one).length;
        assert.is(given, due(pair, n, resampler.latencySamples), `${name(pair)} after ${n}`);
      }
      resampler.dispose();
    }
  });

  test(`${label}: a reset resampler and a flushed one are as new ones`, () => {
    for (const [inputRate, outputRate] of [...ODD_PAIRS, [48000, 8000], [16000, 8000], [8000, 16000]]) {
      const samples = noise(1000);
      const options = { inputRate: inputRate!, outputRate: outputRate!, channels: 2 };
      const resampler = dsp.createResampler(options);
      const expected = dsp.resample(samples, options);
      resampler.prime();
      resampler.process(noise(334, 7));
      resampler.reset();
      sameSamples(inChunks(resampler, samples, [61]), expected, "after reset");
      sameSamples(inChunks(resampler, samples, [500]), expected, "after flush");
      resampler.dispose();
    }
  });

  test(`${label}: a primed resampler owes nothing, late by what prime() says`, () => {
    for (const pair of ALL_PAIRS) {
      const [inputRate, outputRate] = pair;
      for (const frameMs of [10, 20, 30]) {
        const resampler = dsp.createResampler({ inputRate, outputRate });
        const late = resampler.prime();
        const samples = noise(Math.ceil((inputRate * 0.09 * frameMs) / 10), frameMs);
        const parts: number[] = [];
        let fed = 0;
        for (let frame = 1; fed < samples.length; frame++) {
          const end = Math.min(samples.length, Math.floor((inputRate * frameMs * frame) / 1000));
          parts.push(...resampler.process(samples.subarray(fed, end)));
          fed = end;
          assert.ok(parts.length >= Math.floor((fed * outputRate) / inputRate), `${name(pair)} ${fed}`);
        }
        parts.push(...resampler.flush());
        const plain = dsp.resample(samples, { inputRate, outputRate });
        assert.is(parts.length, plain.length + late);
        sameSamples(parts.slice(late), plain, name(pair));
        resampler.dispose();
      }
    }
  });

  test(`${label}: maxOutput is reached and never exceeded`, () => {
    for (const [inputRate, outputRate] of [
      [44100, 16000],
      [11025, 8000],
      [8000, 11025],
      [48000, 44100],
      [16000, 8000],
    ]) {
      const resampler = dsp.createResampler({ inputRate: inputRate!, outputRate: outputRate! });
      resampler.prime();
      for (const n of [0, 1, 7, 441]) {
        let most = 0;
        for (let i = 0; i < 700; i++) most = Math.max(most, resampler.process(new Float32Array(n)).length);
        assert.ok(most <= resampler.maxOutput(n));
        assert.is(most, resampler.maxOutput(n), `${inputRate} ${outputRate} ${n}`);
      }
      resampler.dispose();
    }
  });

  test(`${label}: an output that is too short is refused before anything is consumed`, () => {
    const options = { inputRate: 8000, outputRate: 48000 };
    const resampler = dsp.createResampler(options);
    const samples = noise(160);
    assert.throws(() => resampler.processInto(samples, new Float32Array(5)), has("ERR_OUTPUT_TOO_SMALL"));
    const out = new Float32Array(resampler.maxOutput(160));
    const n = resampler.processInto(samples, out);
    const whole = [...out.subarray(0, n), ...resampler.flush()];
    sameSamples(whole, dsp.resample(samples, options));
    resampler.dispose();
  });

  test(`${label}: views in the engine's memory give what the caller's own arrays give`, () => {
    for (const [inputRate, outputRate] of [
      [48000, 8000],
      [8000, 48000],
      [16000, 8000],
      [8000, 16000],
      [44056, 48000],
    ]) {
      const options = { inputRate: inputRate!, outputRate: outputRate! };
      const samples = noise(2500);
      const resampler = dsp.createResampler(options);
      const inside = dsp.allocFloat32(2500);
      inside.set(samples);
      const out = dsp.allocFloat32(resampler.maxOutput(2500) + 2);
      const n = resampler.processInto(inside, out.subarray(1));
      sameSamples(out.subarray(1, n + 1), dsp.resample(samples, options).subarray(0, n));
      sameSamples(inside, samples, "input");
      assert.is(out[0], 0);
      assert.is(out[n + 1], 0);
      dsp.free(inside);
      dsp.free(out);
      resampler.dispose();
    }
  });

  test(`${label}: a view stays while other resamplers work`, () => {
    const a = dsp.createResampler({ inputRate: 48000, outputRate: 8000 });
    const b = dsp.createResampler({ inputRate: 48000, outputRate: 8000 });
    const view = a.process(noise(960));
    const kept = view.slice();
    b.process(noise(960, 5));
    sameSamples(view, kept);
    a.dispose();
    b.dispose();
  });

  test(`${label}: channels are resampled each on its own`, () => {
    const [left, right] = [noise(3000, 3), sine(3000, 440, 44100)];
    const both = Float32Array.from({ length: 6000 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]!);
    for (const [inputRate, outputRate] of [
      [44100, 16000],
      [8000, 8000],
      [8000, 48000],
    ]) {
      const options = { inputRate: inputRate!, outputRate: outputRate! };
      const out = dsp.resample(both, { ...options, channels: 2 });
      sameSamples(
        out.filter((_, i) => i % 2 === 0),
        dsp.resample(left, options),
        "left",
      );
      sameSamples(
        out.filter((_, i) => i % 2 === 1),
        dsp.resample(right, options),
        "right",
      );
    }
  });

  test(`${label}: NaN and infinities reach no further than the filter`, () => {
    for (const pair of UNLIKE_PAIRS) {
      const [inputRate, outputRate] = pair;
      const options = { inputRate, outputRate };
      const { latencySamples } = probe(dsp, options);
      const reach = latencySamples + 4;
      const at = Math.ceil(reach) + 500;
      const samples = noise(2 * at + 500);
      const clean = dsp.resample(samples, options);
      for (const poison of [Number.NaN, Number.POSITIVE_INFINITY]) {
        samples[at] = poison;
        const out = dsp.resample(samples, options);
        let poisoned = 0;
        for (let m = 0; m < out.length; m++) {
          if (Math.abs((m * inputRate) / outputRate - at) <= reach) {
            if (!Number.isFinite(out[m]!)) poisoned++;
          } else assert.is(out[m], clean[m], `${name(pair)} ${m}`);
        }
        assert.ok(poisoned > 0, `${name(pair)}: no trace of ${poison}`);
      }
    }
  });

  test(`${label}: process and processInto allocate nothing over a million calls, lengths by turns`, () => {
    const resampler = dsp.createResampler({ inputRate: 11025, outputRate: 8000 });
    const chunks = [new Float32Array(10), new Float32Array(13)];
    const out = new Float32Array(16);
    resampler.prime();
    let turn = 0;
    const bytes = heapBytesPerCall(() => {
      const chunk = chunks[turn++ & 1]!;
      if ((turn & 2) === 0) resampler.process(chunk);
      else resampler.processInto(chunk, out);
    });
    assert.ok(bytes < 2, `${bytes} bytes a call`);
    resampler.dispose();
  });

  test(`${label}: making and disposing of resamplers leaves no trace in memory`, () => {
    const before = dsp.memory;
    const pairs = [
      [48000, 8000],
      [8000, 16000],
      [44056, 48000],
      [16000, 16000],
    ] as const;
    for (let i = 0; i < 10_000 / (label === "js" ? 10 : 1); i++) {
      const [inputRate, outputRate] = pairs[i % pairs.length]!;
      const kept = dsp.createResampler({ inputRate, outputRate });
      const other = dsp.createResampler({ inputRate, outputRate, channels: 2 });
      kept.process(new Float32Array(40));
      kept.dispose();
      other.dispose();
      other.dispose();
    }
    assert.equal(dsp.memory, before);
  });
}

function probe(dsp: Dsp, options: { inputRate: number; outputRate: number }): { latencySamples: number } {
  const resampler = dsp.createResampler(options);
  const { latencySamples } = resampler;
  resampler.dispose();
  return { latencySamples };
}

test("WebAssembly and plain TypeScript agree within -120 dB, and in every length", () => {
  for (const pair of ALL_PAIRS) {
    const [inputRate, outputRate] = pair;
    const samples = noise(4000);
    const snr = snrDb(
      wasm.resample(samples, { inputRate, outputRate }),
      js.resample(samples, { inputRate, outputRate }),
    );
    assert.ok(snr > 120, `${name(pair)}: ${snr} dB`);
  }
});

test("equal rates pass samples through untouched and at once", () => {
  const resampler = wasm.createResampler({ inputRate: 11025, outputRate: 11025 });
  const samples = noise(100);
  assert.equal(resampler.latencySamples, 0);
  assert.equal(resampler.prime(), 0);
  sameSamples(resampler.process(samples), samples);
  assert.is(resampler.flush().length, 0);
  resampler.dispose();
});

test("wrong options are named", () => {
  const make = (options: object) => () => wasm.createResampler(options as never);
  const message = (text: string) => (error: unknown) =>
    error instanceof VoxwireError && error.message.includes(text);
  assert.throws(make({ inputRate: 48, outputRate: 8000 }), has("ERR_RATE"));
  assert.throws(make({ inputRate: 8000, outputRate: 192001 }), has("ERR_RATE"));
  assert.throws(make({ inputRate: 8000.5, outputRate: 16000 }), has("ERR_RATE"));
  assert.throws(make({ inputRate: 8000, outputRate: 16000, quality: "superb" }), message('"voice"'));
  assert.throws(make({ inputRate: 8000, outputRate: 16000, channels: 0 }), message("channels"));
  const stereo = wasm.createResampler({ inputRate: 8000, outputRate: 16000, channels: 2 });
  assert.throws(() => stereo.process(new Float32Array(3)), has("ERR_CONFIG"));
  assert.throws(() => stereo.process(new Uint8Array(2) as never), has("ERR_CONFIG"));
  stereo.process(new Float32Array(2));
  assert.throws(() => stereo.prime(), has("ERR_CONFIG"));
  stereo.dispose();
});

test("after dispose every call throws ERR_DISPOSED", () => {
  const resampler = wasm.createResampler({ inputRate: 8000, outputRate: 16000 });
  resampler.dispose();
  const one = new Float32Array(1);
  for (const call of [
    () => resampler.process(one),
    () => resampler.processInto(one, one),
    () => resampler.flush(),
    () => resampler.prime(),
    () => resampler.reset(),
  ]) {
    assert.throws(call, has("ERR_DISPOSED"));
  }
});

test("a full memory refuses with ERR_ARENA_FULL and leaks nothing", () => {
  const dsp = loadDspSync({ backend: "wasm", memoryBytes: 320 * 1024 });
  const before = dsp.memory;
  const open: Resampler[] = [];
  assert.throws(() => {
    for (;;) open.push(dsp.createResampler({ inputRate: 11025 + open.length, outputRate: 96000 }));
  }, has("ERR_ARENA_FULL"));
  const full = dsp.memory;
  for (let i = 0; i < 10; i++) {
    assert.throws(
      () => dsp.createResampler({ inputRate: 44056, outputRate: 48000, channels: 64 }),
      has("ERR_ARENA_FULL"),
    );
  }
  assert.equal(dsp.memory, full);
  for (const resampler of open) resampler.dispose();
  assert.equal(dsp.memory, before);
});

test("a resampler of a known ratio takes less than 8 KiB, the first one less than 128 KiB", () => {
  for (const [inputRate, outputRate] of STANDARD_PAIRS) {
    const options = { inputRate, outputRate };
    const empty = wasm.memory.usedBytes;
    const first = wasm.createResampler(options);
    first.process(new Float32Array(inputRate / 50));
    const one = wasm.memory.usedBytes;
    const second = wasm.createResampler(options);
    second.process(new Float32Array(inputRate / 50));
    const output = 4 * second.maxOutput(Math.ceil(inputRate / 50));
    const two = wasm.memory.usedBytes;
    assert.ok(one - empty <= 128 * 1024, `${inputRate} ${outputRate}: ${one - empty}`);
    assert.ok(two - one - output <= 4 * 1024, `${inputRate} ${outputRate}: ${two - one}`);
    first.dispose();
    second.dispose();
  }
});

test.run();
