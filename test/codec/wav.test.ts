import { test } from "uvu";
import * as assert from "uvu/assert";
import { WavReader } from "../../src/codec/wav/reader.ts";
import { WAV_WRITE_ENCODINGS } from "../../src/codec/wav/sample-encoder.ts";
import { decodeWav, encodeWav } from "../../src/codec/wav/whole.ts";
import { WavWriter } from "../../src/codec/wav/writer.ts";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";

const dsp = loadDspSync();
const everyInt16 = Int16Array.from({ length: 65536 }, (_, i) => i);

for (const encoding of WAV_WRITE_ENCODINGS) {
  for (const channels of [1, 2, 6]) {
    test(`${encoding}, ${channels} channels: what is written is read, at every rate`, () => {
      const next = random(channels);
      for (const sampleRate of [8000, 11025, 16000, 24000, 44100, 48000, 96000, 192000]) {
        for (const frames of [0, 1, 2, 3, 5, 101]) {
          const once = decodeWav(
            dsp,
            encodeWav(
              dsp,
              Float32Array.from({ length: frames * channels }, () => next() * 2.2 - 1.1),
              { sampleRate, channels, encoding },
            ),
          );
          assert.is(once.sampleRate, sampleRate);
          assert.is(once.channels, channels);
          assert.is(once.format.encoding, encoding);
          assert.is(once.samples.length, frames * channels);
          assert.equal(once.warnings, []);
          // what an encoding can hold comes back as it was
          const twice = decodeWav(dsp, encodeWav(dsp, once.samples, { sampleRate, channels, encoding }));
          sameSamples(twice.samples, once.samples);
        }
      }
    });
  }
}

for (const encoding of ["pcm16", "pcm24", "pcm32", "float32"] as const) {
  test(`${encoding} holds every int16, and gives it back as int16 and as float32`, () => {
    const bytes = encodeWav(dsp, everyInt16, { sampleRate: 8000, encoding });
    const reader = new WavReader<Int16Array>(dsp, { sampleFormat: "int16" });
    sameSamples(reader.push(bytes), everyInt16);
    sameSamples(decodeWav(dsp, bytes).samples, dsp.pcm.int16ToFloat(everyInt16));
  });
}

for (const encoding of ["mulaw", "alaw"] as const) {
  test(`${encoding} is the codec's own bytes, and decodes to int16 without loss`, () => {
    const bytes = encodeWav(dsp, everyInt16, { sampleRate: 8000, encoding });
    const coded = dsp[encoding].encode(everyInt16);
    sameSamples(bytes.subarray(bytes.length - coded.length), coded);
    const reader = new WavReader<Int16Array>(dsp, { sampleFormat: "int16" });
    sameSamples(reader.push(bytes), dsp[encoding].decode(coded));
  });
}

test("beyond full scale saturates and NaN is silence, in every integer encoding", () => {
  const samples = Float32Array.of(2, -2, Number.NaN, Infinity, -Infinity, 1, -1, 0);
  for (const encoding of ["pcm8", "pcm16", "pcm24", "pcm32"] as const) {
    const step = { pcm8: 2 ** -7, pcm16: 2 ** -15, pcm24: 2 ** -23, pcm32: 0 }[encoding];
    const decoded = decodeWav(dsp, encodeWav(dsp, samples, { sampleRate: 8000, encoding })).samples;
    sameSamples(decoded, Float32Array.of(1 - step, -1, 0, 1 - step, -1, 1 - step, -1, 0));
  }
});

test("a header without sizes, as left by a killed writer, is read to the end", () => {
  const writer = new WavWriter(dsp, { sampleRate: 16000 });
  const reader = new WavReader<Int16Array>(dsp, { sampleFormat: "int16" });
  assert.is(reader.push(writer.header()).length, 0);
  assert.is(reader.durationSamples, undefined);
  sameSamples(reader.push(writer.encode(everyInt16)), everyInt16);
  reader.end();
  assert.equal(reader.warnings, []);
});

test.run();
