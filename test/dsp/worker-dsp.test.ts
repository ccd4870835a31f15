/** The core of a page's worker, over its own kernels, against the whole one. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { preferImages } from "../../src/dsp/compile.ts";
import { loadDspSync } from "../../src/dsp/dsp.ts";
import { formatsWasm as workerFormats } from "../../src/dsp/generated/formats-worker-wasm.ts";
import { resamplerWasm as workerResampler } from "../../src/dsp/generated/resampler-worker-wasm.ts";
import { loadWorkerDsp } from "../../src/dsp/worker-dsp.ts";
import { random, sameSamples } from "../samples.ts";

const whole = loadDspSync({ backend: "wasm" });
preferImages({ formats: workerFormats, resampler: workerResampler });
const worker = await loadWorkerDsp(undefined);

const RATES = [8000, 11025, 16000, 24000, 44100, 48000, 96000];

function noise(n: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => 2.2 * next() - 1.1);
}

test("resampling gives what the general resampler gives, in any pieces, to the last sample", () => {
  const next = random(7);
  for (const inputRate of RATES) {
    for (const outputRate of RATES) {
      const ours = worker.createResampler({ inputRate, outputRate });
      const theirs = whole.createResampler({ inputRate, outputRate });
      const what = `${inputRate} to ${outputRate}`;
      assert.is(ours.inputRate, inputRate);
      assert.is(ours.latencySamples, theirs.latencySamples, what);
      for (const n of [0, 1, 3, 4, 5, 160, 960, 1 + Math.floor(3000 * next()), 30_000]) {
        const samples = noise(n, n + 1);
        sameSamples(ours.process(samples), theirs.process(samples), `${what}, ${n} samples`);
      }
      sameSamples(ours.flush(), theirs.flush(), `${what}, the end`);
      sameSamples(ours.process(noise(500, 3)), theirs.process(noise(500, 3)), `${what}, as new after it`);
      ours.reset();
      theirs.reset();
      sameSamples(
        ours.process(noise(300, 4)),
        theirs.process(noise(300, 4)),
        `${what}, as new after a reset`,
      );
      ours.dispose();
      theirs.dispose();
    }
  }
});

test("drift is the general resampler's, from the beginning or set on the way", () => {
  const next = random(11);
  for (const [inputRate, outputRate] of [
    [8000, 48000],
    [16000, 44100],
    [24000, 24000],
    [48000, 16000],
  ] as const) {
    for (const isFromTheBeginning of [true, false]) {
      const ours = worker.createResampler({ inputRate, outputRate });
      const theirs = whole.createResampler({ inputRate, outputRate });
      if (isFromTheBeginning) for (const one of [ours, theirs]) one.setDrift(0);
      for (let frame = 0; frame < 60; frame++) {
        if (frame % 7 === 5) {
          const ppm = 10_000 * next() - 5000;
          for (const one of [ours, theirs]) one.setDrift(ppm);
        }
        const samples = noise(inputRate / 50, frame);
        sameSamples(
          ours.process(samples),
          theirs.process(samples),
          `${inputRate} to ${outputRate}, ${frame}`,
        );
        assert.is(ours.latencySamples, theirs.latencySamples);
      }
      sameSamples(ours.flush(), theirs.flush(), `${inputRate} to ${outputRate}, the end`);
      ours.dispose();
      theirs.dispose();
    }
  }
});

test("a rate that is none is refused", () => {
  for (const [inputRate, outputRate] of [
    [16, 8000],
    [8000, 8000.5],
  ] as const) {
    assert.throws(
      () => worker.createResampler({ inputRate, outputRate }),
      (error: { code?: string }) => error.code === "ERR_RATE",
    );
  }
});

test("conversions are those of the whole core, at any length", () => {
  for (const n of [0, 1, 3, 4, 5, 7, 8, 9, 160, 16_384, 40_001]) {
    const floats = noise(n, n + 1);
    const int16 = new Int16Array(n);
    assert.is(worker.pcm.floatToInt16Into(floats, int16), n);
    sameSamples(int16, whole.pcm.floatToInt16(floats), `${n} to int16`);
    const back = new Float32Array(n);
    assert.is(worker.pcm.int16ToFloatInto(int16, back), n);
    sameSamples(back, whole.pcm.int16ToFloat(int16), `${n} to float32`);
  }
});

for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
  test(`${encoding}: messages and packets are the whole core's, written and read`, () => {
    const shape = { prefix: '{"a":"', suffix: '"}' };
    const ends = { encoding, maxBytes: 4096 };
    const writers = [worker, whole].map((dsp) =>
      dsp.createMessageWriter({ encoding, maxSamples: 960, ...shape }),
    );
    const readers = [worker, whole].map((dsp) =>
      dsp.createMessageReader({ ...ends, prefixes: [shape.prefix], suffix: shape.suffix }),
    );
    const packers = [worker, whole].map((dsp) => dsp.createPacketWriter({ encoding, maxSamples: 960 }));
    const unpackers = [worker, whole].map((dsp) => dsp.createPacketReader({ ...ends, headerBytes: 12 }));
    for (const n of [0, 1, 2, 3, 5, 15, 16, 17, 160, 441, 960]) {
      const frame = whole.pcm.floatToInt16(noise(n, n + 1));
      const [message, expected] = writers.map((writer) => writer.write(frame).slice());
      sameSamples(message!, expected!, `${n} samples as a message`);
      const read = readers.map((reader) => {
        assert.is(reader.read(message!), n);
        return reader.samples.slice();
      });
      sameSamples(read[0]!, read[1]!, `${n} samples of a message`);
      const [packet, expectedPacket] = [worker, whole].map((dsp, i) => {
        const bytes = dsp.allocBytes(12 + 2 * 960 + 16);
        const length = 12 + packers[i]!.writeInto(frame, bytes, 12);
        const copy = bytes.slice(0, length);
        dsp.free(bytes);
        return copy;
      });
      sameSamples(packet!, expectedPacket!, `${n} samples as a packet`);
      const unpacked = unpackers.map((reader) => {
        assert.is(reader.read(packet!), n);
        return reader.samples.slice();
      });
      sameSamples(unpacked[0]!, unpacked[1]!, `${n} samples of a packet`);
    }
    const text = new TextEncoder();
    for (const bad of [
      '{"a":"AAA"}',
      '{"a":"A=AA"}',
      '{"a":"AA\\n="}',
      '{"b":"AAAA"}',
      '{"a":"AAA\u00e4"}',
      "",
    ]) {
      assert.is(readers[0]!.read(text.encode(bad)), -1, bad);
    }
    for (const one of [...writers, ...readers, ...packers, ...unpackers]) one.dispose();
  });
}

test("memory that is given back is used again", () => {
  const first = worker.allocBytes(1000);
  first.fill(1);
  worker.free(first);
  const second = worker.allocBytes(1000);
  assert.is(second.byteOffset, first.byteOffset);
  assert.ok(second.every((byte) => byte === 0));
  worker.free(second);
});

test("without a twin, WebAssembly that is refused is an error; with one, plain TypeScript takes its place", async () => {
  const { WebAssembly: platform } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "WebAssembly");
    await loadWorkerDsp(undefined).then(
      () => assert.unreachable("it was loaded"),
      (error) => assert.is(error.code, "ERR_WASM_UNAVAILABLE"),
    );
    const { wireTwins } = await import("../../src/dsp/twins/wire-set.ts");
    const plain = await loadWorkerDsp(wireTwins);
    const frame = whole.pcm.floatToInt16(noise(160, 5));
    const options = { encoding: "mulaw", prefix: "<", suffix: ">", maxSamples: 160 } as const;
    sameSamples(
      plain.createMessageWriter(options).write(frame),
      whole.createMessageWriter(options).write(frame),
    );
  } finally {
    globalThis.WebAssembly = platform;
  }
});

test.run();
