/** What holds of every quality that works in blocks: the tests of `high` and of `best`. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Dsp,
  loadDspSync,
  type Resampler,
  type ResamplerQuality,
  VoxwireError,
} from "../../src/index.ts";
import { heapBytesPerCall } from "../heap-use.ts";
import { random, sameSamples, snrDb } from "../samples.ts";
import { ALL_PAIRS, name, ODD_PAIRS, type Pair, UNLIKE_PAIRS } from "./resampler-rates.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });

/**
 * One pair of each way that the quality takes: blocks up, down, of many phases, the first radix 7, and the bridge with a row
 * for each phase and with rows on a grid.
 */
const PAIRS: readonly Pair[] = [
  [8000, 11025],
  [48000, 8000],
  [8000, 16000],
  [44100, 16000],
  [48000, 44100],
  [44100, 48000],
  [44056, 48000],
  [48000, 44056],
  [44099, 48000],
  [48000, 44099],
];

const noise = (n: number, seed = 1) => {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => next() * 2 - 1);
};
const has = (code: string) => (error: unknown) => error instanceof VoxwireError && error.code === code;
/** libsoxr's delay in ms for the same quality, on pairs that are known. */
export type KnownDelays = readonly (readonly [Pair, number])[];

/** Adds the tests of `quality` to those that `test.run()` runs. `maxPeriods`: the longest delay of the lower rate. */
export function testContract(quality: ResamplerQuality, knownDelays: KnownDelays, maxPeriods: number): void {
  const optionsOf = ([inputRate, outputRate]: Pair, channels = 1) =>
    ({ inputRate, outputRate, channels, quality }) as const;

  /** `run` with a resampler that is disposed of afterwards. */
  function using<T>(dsp: Dsp, pair: Pair, run: (resampler: Resampler) => T, channels = 1): T {
    const resampler = dsp.createResampler(optionsOf(pair, channels));
    try {
      return run(resampler);
    } finally {
      resampler.dispose();
    }
  }

  /** All output for `samples` cut into chunks of these lengths, by turns. */
  function inChunks(resampler: Resampler, samples: Float32Array, lengths: readonly number[]): Float32Array {
    const parts: Float32Array[] = [];
    for (let at = 0, turn = 0; at < samples.length; turn++) {
      const n = (lengths[turn % lengths.length] ?? 1) * resampler.channels;
      parts.push(resampler.process(samples.subarray(at, at + n)).slice());
      at += n;
    }
    parts.push(resampler.flush().slice());
    const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  for (const dsp of [wasm, js]) {
    const label = dsp.backend;

    test(`${label}: the length is exactly ceil(n * out / in)`, () => {
      for (const pair of label === "js" ? PAIRS : ALL_PAIRS) {
        using(dsp, pair, (resampler) => {
          for (const n of [0, 1, 33, 2049, 9000]) {
            const expected = Math.ceil((n * pair[1]) / pair[0]);
            assert.is(inChunks(resampler, noise(n), [1000]).length, expected, `${name(pair)} ${n}`);
          }
        });
      }
    });

    test(`${label}: any chunking gives the same samples, bit for bit`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...PAIRS),
          fc.integer({ min: 1, max: 3 }),
          fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 0, max: 12_000 }),
          (pair, channels, lengths, n) => {
            if (Math.max(...lengths) === 0) lengths.push(1);
            const samples = noise(n * channels, n + 1);
            using(
              dsp,
              pair,
              (resampler) => {
                const chunked = inChunks(resampler, samples, lengths);
                sameSamples(chunked, inChunks(resampler, samples, [n]));
              },
              channels,
            );
          },
        ),
        { numRuns: label === "js" ? 12 : 60 },
      );
    });

    test(`${label}: each output is returned with just the input that latencySamples says`, () => {
      for (const pair of label === "js" ? PAIRS : UNLIKE_PAIRS) {
        const [inputRate, outputRate] = pair;
        using(dsp, pair, (resampler) => {
          const { latencySamples } = resampler;
          const end = Math.ceil(2.5 * latencySamples) + 100;
          let given = 0;
          let due = 0;
          for (let n = 1; n <= end; n++) {
            given += resampler.process(new Float32Array(1)).length;
            while (Math.floor((due * inputRate) / outputRate + latencySamples + 1e-9) <= n - 1) due++;
            if (given !== due) assert.is(given, due, `${name(pair)} after ${n}`);
          }
          assert.ok(given > 0);
        });
      }
    });

    test(`${label}: a reset resampler and a flushed one are as new ones`, () => {
      for (const pair of PAIRS) {
        const samples = noise(12_000);
        using(
          dsp,
          pair,
          (resampler) => {
            const expected = inChunks(resampler, samples, [6000]);
            resampler.prime();
            resampler.process(noise(7334, 7));
            resampler.reset();
            sameSamples(inChunks(resampler, samples, [61, 900]), expected, "after reset");
            sameSamples(inChunks(resampler, samples, [500]), expected, "after flush");
          },
          2,
        );
      }
    });

    test(`${label}: a primed resampler owes nothing, late by what prime() says`, () => {
      for (const pair of PAIRS) {
        const [inputRate, outputRate] = pair;
        using(dsp, pair, (resampler) => {
          const samples = noise(Math.ceil(inputRate * 0.3));
          const plain = inChunks(resampler, samples, [samples.length]);
          const late = resampler.prime();
          const parts: number[] = [];
          for (let at = 0; at < samples.length; at += inputRate / 100) {
            const end = Math.min(samples.length, Math.floor(at + inputRate / 100));
            parts.push(...resampler.process(samples.subarray(Math.floor(at), end)));
            assert.ok(parts.length >= Math.floor((end * outputRate) / inputRate), `${name(pair)} ${end}`);
          }
          parts.push(...resampler.flush());
          // other blocks, so other roundings
          assert.is(parts.length, plain.length + late);
          const snr = snrDb(Float32Array.from(parts.slice(late)), plain);
          assert.ok(snr > 125, `${name(pair)}: ${snr} dB`);
        });
      }
    });

    test(`${label}: channels are resampled each on its own`, () => {
      const [left, right] = [noise(9000, 3), noise(9000, 4)];
      const both = Float32Array.from({ length: 18_000 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]!);
      for (const pair of PAIRS) {
        const out = using(dsp, pair, (resampler) => inChunks(resampler, both, [800]), 2);
        for (const [channel, samples] of [left, right].entries()) {
          const alone = using(dsp, pair, (resampler) => inChunks(resampler, samples, [800]));
          sameSamples(
            out.filter((_, i) => i % 2 === channel),
            alone,
            `channel ${channel}`,
          );
        }
      }
    });

    test(`${label}: NaN and infinities reach no further than twice the delay, on one channel`, () => {
      for (const pair of label === "js" ? PAIRS : UNLIKE_PAIRS) {
        const [inputRate, outputRate] = pair;
        using(
          dsp,
          pair,
          (resampler) => {
            const reach = 2 * resampler.latencySamples + 4;
            const at = Math.ceil(reach) + 100;
            const n = Math.ceil(2.5 * reach) + 200;
            const samples = noise(2 * n);
            const clean = inChunks(resampler, samples, [n]);
            for (const poison of [Number.NaN, Number.POSITIVE_INFINITY]) {
              samples[2 * at] = poison;
              const out = inChunks(resampler, samples, [n]);
              let poisoned = 0;
              for (let i = 0; i < out.length; i++) {
                const distance = Math.abs(((i >> 1) * inputRate) / outputRate - at);
                if (!Number.isFinite(out[i]!) && i % 2 === 0 && distance <= reach) poisoned++;
                else if ((i % 2 === 1 || distance > reach) && out[i] !== clean[i]) {
                  assert.is(out[i], clean[i], `${name(pair)} ${i}`);
                }
              }
              assert.ok(poisoned > 0, `${name(pair)}: no trace of ${poison}`);
            }
          },
          2,
        );
      }
    });

    test(`${label}: views in the engine's memory give what the caller's own arrays give`, () => {
      for (const pair of PAIRS) {
        using(dsp, pair, (resampler) => {
          const samples = noise(9500);
          const expected = inChunks(resampler, samples, [9500]);
          const inside = dsp.allocFloat32(9500);
          inside.set(samples);
          const out = dsp.allocFloat32(resampler.maxOutput(9500) + 2);
          const n = resampler.processInto(inside, out.subarray(1));
          sameSamples(out.subarray(1, n + 1), expected.subarray(0, n));
          sameSamples(inside, samples, "input");
          assert.is(out[0], 0);
          assert.is(out[n + 1], 0);
          dsp.free(inside);
          dsp.free(out);
        });
      }
    });

    test(`${label}: all at once gives what a stream gives, beyond 20 s (in longer blocks) within -130 dB`, () => {
      for (const pair of label === "js" ? PAIRS.slice(0, 2) : PAIRS) {
        for (const seconds of label === "js" ? [1] : [1, 21]) {
          const samples = noise(seconds * pair[0]);
          const whole = dsp.resample(samples, optionsOf(pair));
          const streamed = using(dsp, pair, (resampler) => inChunks(resampler, samples, [samples.length]));
          if (seconds <= 20) sameSamples(whole, streamed, name(pair));
          assert.is(whole.length, streamed.length);
          const snr = snrDb(whole, streamed);
          assert.ok(snr > 130, `${name(pair)}: ${snr} dB`);
        }
      }
    });

    test(`${label}: disposing of resamplers leaves no trace in memory`, () => {
      const before = dsp.memory;
      using(dsp, [16000, 8000], () => {
        using(dsp, [44056, 48000], () => {
          const kept = dsp.memory;
          for (let i = 0; i < (label === "js" ? 500 : 10_000); i++) {
            const pair: Pair = i % 2 === 0 ? [16000, 8000] : [44056, 48000];
            const resampler = dsp.createResampler(optionsOf(pair, 1 + (i % 3)));
            if (i % 16 === 0) resampler.process(new Float32Array(6 * (i % 300)));
            resampler.dispose();
            resampler.dispose();
          }
          assert.equal(dsp.memory, kept);
        });
      });
      for (let i = 0; i < 5; i++) for (const pair of PAIRS) using(dsp, pair, () => {});
      assert.equal(dsp.memory, before);
    });
  }

  test("WebAssembly and plain TypeScript agree within -120 dB, and in every length", () => {
    for (const pair of UNLIKE_PAIRS) {
      const samples = noise(6000);
      const [a, b] = [wasm, js].map((dsp) =>
        using(dsp, pair, (resampler) => inChunks(resampler, samples, [6000])),
      );
      const snr = snrDb(a!, b!);
      assert.ok(snr > 120, `${name(pair)}: ${snr} dB`);
    }
  });

  test("int16 is what float32 gives, rounded; mono, interleaved or apart", () => {
    for (const pair of PAIRS) {
      const samples = Int16Array.from(noise(18_000), (x) => 20_000 * x);
      const floats = wasm.pcm.int16ToFloat(samples);
      using(
        wasm,
        pair,
        (resampler) => {
          const out = new Int16Array(resampler.maxOutput(samples.length));
          const n = resampler.processInto(samples, out);
          resampler.reset();
          const expected = new Float32Array(out.length);
          assert.is(resampler.processInto(floats, expected), n);
          sameSamples(out, wasm.pcm.floatToInt16(expected), name(pair));
          resampler.reset();
          const planes = [0, 1].map((channel) => floats.filter((_, i) => i % 2 === channel));
          const apart = planes.map(() => new Float32Array(out.length));
          assert.is(2 * resampler.processPlanarInto(planes, apart), n);
          sameSamples(
            expected.map((_, i) => apart[i % 2]![i >> 1]!),
            expected,
            `${name(pair)}, planes`,
          );
        },
        2,
      );
      using(wasm, pair, (resampler) => {
        const short = resampler.process(samples).slice();
        resampler.reset();
        sameSamples(short, wasm.pcm.floatToInt16(resampler.process(floats)), `${name(pair)}, mono`);
      });
    }
  });

  test("drift and minimum phase are refused", () => {
    using(wasm, [48000, 8000], (resampler) => {
      assert.throws(() => resampler.setDrift(10), has("ERR_DRIFT_UNSUPPORTED"));
    });
    assert.throws(
      () => wasm.createResampler({ ...optionsOf([48000, 8000]), phase: "minimum" }),
      has("ERR_CONFIG"),
    );
  });

  test("process and processInto allocate nothing, lengths by turns", () => {
    using(wasm, [44100, 16000], (resampler) => {
      const chunks = [new Float32Array(40), new Float32Array(53)];
      const out = new Float32Array(64);
      let turn = 0;
      const bytes = heapBytesPerCall(() => {
        const chunk = chunks[turn++ & 1]!;
        if ((turn & 2) === 0) resampler.process(chunk);
        else resampler.processInto(chunk, out);
      });
      assert.ok(bytes < 2, `${bytes} bytes a call`);
    });
  });

  test("a full memory refuses with ERR_ARENA_FULL and leaks nothing", () => {
    const dsp = loadDspSync({ backend: "wasm", memoryBytes: 1024 * 1024 });
    const before = dsp.memory;
    const open: Resampler[] = [];
    assert.throws(() => {
      for (;;) open.push(dsp.createResampler(optionsOf([48000, 8000])));
    }, has("ERR_ARENA_FULL"));
    const full = dsp.memory;
    for (const pair of [...PAIRS, ...ODD_PAIRS]) {
      assert.throws(() => dsp.createResampler(optionsOf(pair, 64)), has("ERR_ARENA_FULL"));
      assert.equal(dsp.memory, full, name(pair));
    }
    for (const resampler of open) resampler.dispose();
    assert.equal(dsp.memory, before);
  });

  test("the delay is at most libsoxr's where that is known, and in proportion elsewhere", () => {
    for (const [pair, allowedMs] of knownDelays) {
      const delayMs = using(wasm, pair, ({ latencySamples }) => (latencySamples / pair[0]) * 1000);
      assert.ok(delayMs <= allowedMs, `${name(pair)}: ${delayMs} ms`);
    }
    for (const pair of UNLIKE_PAIRS) {
      const lower = Math.min(...pair);
      const periods = using(wasm, pair, ({ latencySamples }) => (latencySamples / pair[0]) * lower);
      assert.ok(periods <= maxPeriods, `${name(pair)}: ${periods} periods of the lower rate`);
    }
  });
}
