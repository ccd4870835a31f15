import { test } from "uvu";
import * as assert from "uvu/assert";
import { WavReader } from "../../src/codec/wav/reader.ts";
import { WAV_WRITE_ENCODINGS } from "../../src/codec/wav/sample-encoder.ts";
import { decodeWav, encodeWav } from "../../src/codec/wav/whole.ts";
import { WavWriter, type WavWriterOptions } from "../../src/codec/wav/writer.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";

const dsp = loadDspSync();
const text = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A whole file as a sink gets it that can go back to the header. */
function write(options: WavWriterOptions, ...parts: (Float32Array | Int16Array)[]): Uint8Array {
  const writer = new WavWriter(dsp, options);
  const body = [writer.header(), ...parts.map((part) => writer.encode(part)), writer.tail()];
  const bytes = Uint8Array.from(body.flatMap((piece) => [...piece]));
  bytes.set(writer.header());
  return bytes;
}

test("the classic header is 44 bytes for PCM of up to 16 bits, byte for byte", () => {
  const bytes = encodeWav(dsp, Int16Array.of(1, -2), { sampleRate: 8000 });
  const expected = [
    ..."RIFF",
    40,
    0,
    0,
    0,
    ..."WAVEfmt ",
    16,
    0,
    0,
    0,
    1,
    0,
    1,
    0,
    64,
    31,
    0,
    0,
    128,
    62,
    0,
    0,
  ];
  expected.push(2, 0, 16, 0, ..."data", 4, 0, 0, 0, 1, 0, 254, 255);
  sameSamples(
    bytes,
    expected.map((x) => (typeof x === "string" ? x.charCodeAt(0) : x)),
  );
});

test("sizes, fact and pad byte are right in every encoding, and the RIFF size is the file's", () => {
  for (const encoding of WAV_WRITE_ENCODINGS) {
    for (const rf64 of ["auto", "never"] as const) {
      const bytes = write({ sampleRate: 8000, encoding, rf64 }, Float32Array.of(0.5), Int16Array.of(64, 0));
      assert.is(bytes.length % 2, 0);
      assert.is(view(bytes).getUint32(4, true), bytes.length - 8);
      const decoded = decodeWav(dsp, bytes);
      assert.is(decoded.samples.length, 3);
      assert.equal(decoded.warnings, []);
      const fact = new TextDecoder("latin1").decode(bytes).indexOf("fact");
      const isPcm = encoding.startsWith("pcm");
      assert.is(fact < 0, isPcm);
      if (!isPcm) assert.is(view(bytes).getUint32(fact + 8, true), 3);
    }
  }
});

test("more than two channels, and integers of more than 16 bits, are WAVE_FORMAT_EXTENSIBLE", () => {
  for (const encoding of WAV_WRITE_ENCODINGS) {
    for (const channels of [1, 2, 3, 6]) {
      const samples = new Float32Array(channels * 2);
      const { format } = decodeWav(dsp, encodeWav(dsp, samples, { sampleRate: 8000, channels, encoding }));
      assert.is(format.isExtensible, channels > 2 || encoding === "pcm24" || encoding === "pcm32");
      assert.is(format.encoding, encoding);
      // front left, right, centre, low frequency, back left, back right
      if (channels === 6) assert.is(format.channelMask, 0x3f);
    }
  }
});

test("the pieces that samples come in do not change the bytes", () => {
  const samples = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
  for (const encoding of WAV_WRITE_ENCODINGS) {
    const options = { sampleRate: 8000, channels: 2, encoding };
    const parts = [0, 2, 4, 30, 100].map((end, i, ends) => samples.subarray(ends[i - 1] ?? 0, end));
    sameSamples(write(options, ...parts), write(options, samples));
  }
});

test("beyond 4 GiB a file becomes RF64, whose sizes are read back", () => {
  const writer = new WavWriter(dsp, { sampleRate: 96000, channels: 2 });
  const block = new Int16Array(1 << 17);
  let sinkBytes = writer.header().length;
  for (let i = 0; i < 129 * 128; i++) sinkBytes += writer.encode(block).length;
  sinkBytes += writer.tail().length;
  const header = writer.header();
  const dataBytes = 129 * 2 ** 25;
  assert.is(sinkBytes, header.length + dataBytes);
  assert.is(text(header, 0), "RF64");
  assert.is(text(header, 12), "ds64");
  assert.is(view(header).getUint32(4, true), 0xffffffff);
  assert.is(view(header).getBigUint64(20, true), BigInt(header.length - 8 + dataBytes));
  assert.is(view(header).getBigUint64(28, true), BigInt(dataBytes));
  assert.is(view(header).getBigUint64(36, true), BigInt(dataBytes / 4));
  assert.is(view(header).getUint32(header.length - 4, true), 0xffffffff);
  const reader = new WavReader(dsp);
  reader.push(header);
  assert.is(reader.format?.container, "RF64");
  assert.is(reader.durationSamples, dataBytes / 4);
  assert.is(writer.durationSamples, dataBytes / 4);
});

test("without room for RF64 a file stops at 4 GiB with an error that says how to go on", () => {
  const writer = new WavWriter(dsp, { sampleRate: 96000, channels: 2, rf64: "never" });
  const block = new Int16Array(1 << 17);
  for (let i = 0; i < 128 * 128 - 1; i++) writer.encode(block);
  assert.throws(
    () => writer.encode(block),
    (error: { code: string; hint: string }) => error.code === "ERR_TOO_BIG" && /rf64/.test(error.hint),
  );
});

test("options out of range are refused by name", () => {
  const refused = (options: Record<string, unknown>, message: RegExp) =>
    assert.throws(() => new WavWriter(dsp, { sampleRate: 8000, ...options } as WavWriterOptions), message);
  refused({ sampleRate: 0 }, /sampleRate is 0/);
  refused({ channels: 65 }, /channels is 65/);
  refused({ encoding: "mp3" }, /encoding is "mp3"; expected "pcm16"/);
  refused({ rf64: "yes" }, /rf64 is "yes"/);
  const writer = new WavWriter(dsp, { sampleRate: 8000, channels: 2 });
  assert.throws(() => writer.encode(new Int16Array(3)), /3 samples do not divide into 2 channels/);
});

test.run();
