import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { describeWavFormat } from "../../src/codec/wav/format.ts";
import { WavReader } from "../../src/codec/wav/reader.ts";
import { WAV_WRITE_ENCODINGS } from "../../src/codec/wav/sample-encoder.ts";
import { decodeWav, encodeWav } from "../../src/codec/wav/whole.ts";
import { CodecError, loadDspSync, VoxwireError } from "../../src/index.ts";
import { goldenBytes } from "../files/golden.ts";
import { random, sameSamples } from "../samples.ts";
import { chunk, riff, TONE_FMT, wavOf } from "./wav-bytes.ts";

const dsp = loadDspSync();
const GOLDEN = [
  "ffmpeg-s16le",
  "ffmpeg-rf64",
  "ffmpeg-list",
  "ffmpeg-pipe",
  "ffmpeg-six",
  "ffmpeg-mulaw",
  "sox-s24",
];

function failure(bytes: Uint8Array): CodecError {
  try {
    decodeWav(dsp, bytes);
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("it was read");
}

test("any cutting of the bytes gives the same samples, in every encoding and both sample formats", () => {
  const next = random(7);
  const noise = Float32Array.from({ length: 3 * 37 }, () => next() * 2 - 1);
  const files = WAV_WRITE_ENCODINGS.map((encoding) =>
    encodeWav(dsp, noise, { sampleRate: 16000, channels: 3, encoding }),
  );
  for (const name of GOLDEN) files.push(goldenBytes(`${name}.wav`).subarray(0, 700));
  const whole = files.map((file) => decodeWav(dsp, file).samples);
  const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(fc.nat(files.length - 1), cuts, fc.boolean(), (which, lengths, isFloat) => {
      const file = files[which]!;
      const reader = new WavReader<Float32Array | Int16Array>(dsp, {
        sampleFormat: isFloat ? "float32" : "int16",
      });
      const samples: number[] = [];
      for (let at = 0, i = 0; at < file.length; i++) {
        // a length of 0 is a push of nothing; the cycle must get on all the same
        const length = lengths[i % lengths.length]! + (i % 16 === 15 ? 1 : 0);
        samples.push(...reader.push(file.subarray(at, at + length)));
        at += length;
      }
      reader.end();
      const expected = isFloat ? whole[which]! : dsp.pcm.floatToInt16(whole[which]!);
      sameSamples(samples, expected);
    }),
    { numRuns: 300 },
  );
});

test("a file cut off at any length is an error up to its samples, and from there on its samples with a warning", () => {
  for (const name of GOLDEN) {
    const bytes = goldenBytes(`${name}.wav`);
    const { samples } = decodeWav(dsp, bytes);
    const isStream = name === "ffmpeg-pipe";
    let firstRead = -1;
    for (let length = 0; length < Math.min(bytes.length, 1400); length++) {
      let decoded: ReturnType<typeof decodeWav>;
      try {
        decoded = decodeWav(dsp, bytes.subarray(0, length));
      } catch (error) {
        assert.instance(error, CodecError);
        assert.is((error as CodecError).code, "ERR_FILE_FORMAT");
        assert.is(firstRead, -1, "an error after a shorter file was read");
        continue;
      }
      if (firstRead < 0) firstRead = length;
      sameSamples(decoded.samples, samples.subarray(0, decoded.samples.length));
      const { blockBytes } = decoded.format;
      assert.is(
        decoded.samples.length,
        Math.floor((length - firstRead) / blockBytes) * decoded.format.channels,
      );
      const kinds = decoded.warnings.map((warning) => warning.kind);
      assert.is(kinds.includes("truncated"), !isStream);
      assert.is(kinds.includes("partial-frame"), (length - firstRead) % blockBytes !== 0);
    }
    assert.ok(firstRead >= 44);
  }
});

test("20,000 random mutations: nothing but a VoxwireError is thrown, and no more comes out than went in", () => {
  const files = GOLDEN.map((name) => goldenBytes(`${name}.wav`).subarray(0, 900));
  const next = random(2024);
  const below = (n: number) => Math.floor(next() * n);
  const tally = { read: 0, refused: 0 };
  for (let round = 0; round < 20_000; round++) {
    const file = files[round % files.length]!.slice(0, 60 + below(840));
    for (let i = 0; i <= below(6); i++) {
      // most of them in the header, where they matter
      const at = below(next() < 0.8 ? Math.min(120, file.length) : file.length);
      const extreme = [0, 1, 0x7f, 0x80, 0xff][below(5)]!;
      file[at] = next() < 0.5 ? below(256) : extreme;
    }
    const reader = new WavReader(dsp);
    let samples = 0;
    try {
      for (let at = 0; at < file.length; at += 97) samples += reader.push(file.subarray(at, at + 97)).length;
      reader.end();
      tally.read++;
    } catch (error) {
      if (!(error instanceof VoxwireError) || error.hint === "") throw error;
      tally.refused++;
    }
    assert.ok(samples <= file.length);
    assert.ok(reader.warnings.length < 30);
  }
  assert.ok(tally.read > 1000 && tally.refused > 1000, JSON.stringify(tally));
});

test("errors say what was seen, at which byte, and what to do", () => {
  const fmt = (bytes: number[]) => wavOf(chunk("fmt ", bytes), chunk("data", [0, 0]));
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(0), /The file is empty \(at byte 0/],
    [riff("RIFF", 4, "AVI "), /begins with "RIFF" and "AVI "/],
    [new TextEncoder().encode("RIFXabcdWAVE"), /big-endian/],
    [new TextEncoder().encode("\0\x01yz no WAV at all"), /begins with "\\x00\\x01yz"/],
    [wavOf(chunk("data", [1, 2])), /data chunk comes before a fmt chunk \(at byte 12/],
    [wavOf(chunk("fmt ", TONE_FMT)), /ends without a data chunk \(at byte 36/],
    [wavOf(chunk("LIST", [1, 2])), /ends without a fmt chunk/],
    [fmt(TONE_FMT.slice(0, 14)), /fmt chunk has 14 bytes; expected 16 or more \(at byte 20/],
    [fmt([1, 0, 0, 0, ...TONE_FMT.slice(4)]), /says 0 channels; expected 1 to 64 \(at byte 22/],
    [fmt([1, 0, 255, 255, ...TONE_FMT.slice(4)]), /says 65535 channels/],
    [fmt([1, 0, 1, 0, 0, 0, 0, 0, ...TONE_FMT.slice(8)]), /sample rate of 0 Hz.*\(at byte 24/],
    [fmt([1, 0, 1, 0, 255, 255, 255, 255, ...TONE_FMT.slice(8)]), /sample rate of 4294967295 Hz/],
    [
      fmt([...TONE_FMT.slice(0, 12), 3, 0, 16, 0]),
      /blocks of 3 bytes for 1 x 16 bits; expected 2 \(at byte 32/,
    ],
    [fmt([...TONE_FMT.slice(0, 12), 0, 0, 16, 0]), /blocks of 0 bytes/],
    [fmt([...TONE_FMT.slice(0, 12), 2, 0, 48, 0]), /PCM samples of 48 bits \(at byte 34/],
    [fmt([3, 0, ...TONE_FMT.slice(2)]), /float samples of 16 bits/],
    [fmt([0x55, 0, ...TONE_FMT.slice(2)]), /The samples are MP3 \(format 0x0055\)/],
    [fmt([0xfe, 0xff, ...TONE_FMT.slice(2)]), /WAVE_FORMAT_EXTENSIBLE of 16 bytes; expected 40/],
    [
      fmt([0xfe, 0xff, ...TONE_FMT.slice(2), 22, 0, 16, 0, 4, 0, 0, 0, ...Array(16).fill(7)]),
      /sub-format GUID 0707.* is not known/,
    ],
    [
      wavOf(chunk("fmt ", TONE_FMT), Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)),
      /chunk should begin here.*\(at byte 36/,
    ],
  ];
  for (const [bytes, message] of cases) {
    const error = failure(bytes);
    assert.is(error.code, "ERR_FILE_FORMAT");
    assert.match(error.message, message);
    assert.match(error.message, /\(at byte \d+ of the file\)\.$/);
    assert.ok(error.hint.length > 10);
  }
});

test("chunks of any kind, order and length before the samples pass by, padded or not", () => {
  const data = chunk("data", [0, 64, 0, 192]);
  const expected = Float32Array.of(0.5, -0.5);
  const before = (...chunks: Uint8Array[]) => decodeWav(dsp, wavOf(...chunks, data));
  const odd = [1, 2, 3];
  const fmt = chunk("fmt ", TONE_FMT);
  sameSamples(
    before(chunk("JUNK", Array(70000).fill(9)), fmt, chunk("fact", [2, 0, 0, 0])).samples,
    expected,
  );
  sameSamples(before(chunk("bext", odd), fmt, chunk("cue ", odd), chunk("LIST", [])).samples, expected);
  const unpadded = before(chunk("LIST", odd, { isPadded: false }), fmt);
  sameSamples(unpadded.samples, expected);
  assert.is(unpadded.warnings[0]?.kind, "unpadded-chunk");
  const twice = before(fmt, chunk("fmt ", [...TONE_FMT.slice(0, 4), 1, 2, ...TONE_FMT.slice(6)]));
  sameSamples(twice.samples, expected);
  assert.is(twice.sampleRate, 8000);
  assert.is(twice.warnings[0]?.kind, "repeated-format");
});

test("chunks after the samples are not taken for samples, and an empty data chunk before them stays empty", () => {
  const fmt = chunk("fmt ", TONE_FMT);
  const list = chunk("LIST", [1, 2, 3, 4]);
  assert.is(decodeWav(dsp, wavOf(fmt, chunk("data", [1, 2, 3, 4]), list)).samples.length, 2);
  const empty = decodeWav(dsp, wavOf(fmt, chunk("data", []), list));
  assert.is(empty.samples.length, 0);
  assert.equal(empty.warnings, []);
});

test("sizes of 0 or 0xFFFFFFFF from a streaming writer mean to the end of the file", () => {
  const fmt = chunk("fmt ", TONE_FMT);
  const samples = Uint8Array.of(0, 64, 0, 192);
  for (const [riffSize, dataSize] of [
    [0, 0],
    [36, 0],
    [0xffffffff, 0],
    [0xffffffff, 0xffffffff],
    [0, 0xffffffff],
    [0x7ffff024, 0x7ffff000],
  ] as const) {
    const bytes = Uint8Array.of(
      ...riff("RIFF", riffSize, "WAVE"),
      ...fmt,
      ...chunk("data", [], { size: dataSize }),
      ...samples,
    );
    const decoded = decodeWav(dsp, bytes);
    sameSamples(decoded.samples, Float32Array.of(0.5, -0.5));
    assert.equal(decoded.warnings, []);
  }
});

test("NaN is read as 0 and an infinity as full scale, with a warning that counts them", () => {
  const floats = Float32Array.of(0.25, Number.NaN, Infinity, -Infinity, 3);
  const bytes = encodeWav(dsp, Float32Array.of(0.25, 0, 0, 0, 3), { sampleRate: 8000, encoding: "float32" });
  bytes.set(new Uint8Array(floats.buffer), bytes.length - 20);
  const decoded = decodeWav(dsp, bytes);
  sameSamples(decoded.samples, Float32Array.of(0.25, 0, 1, -1, 3));
  assert.match(decoded.warnings[0]!.message, /^3 samples were not finite/);
});

test("integers that fill no whole bytes are read left-justified", () => {
  const fmt = [...TONE_FMT.slice(0, 14), 12, 0];
  const decoded = decodeWav(dsp, wavOf(chunk("fmt ", fmt), chunk("data", [0xf0, 0x7f, 0, 0x80])));
  sameSamples(decoded.samples, Float32Array.of(2047 / 2048, -1));
  assert.is(decoded.format.validBits, 12);
});

test("24 valid bits in 32, WAVE_FORMAT_EXTENSIBLE, are read left-justified", () => {
  const guid = [1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
  const fmt = [0xfe, 0xff, 1, 0, 64, 31, 0, 0, 0, 125, 0, 0, 4, 0, 32, 0, 22, 0, 24, 0, 4, 0, 0, 0, ...guid];
  const decoded = decodeWav(dsp, wavOf(chunk("fmt ", fmt), chunk("data", [0, 0, 0, 64, 0, 1, 0, 128])));
  sameSamples(decoded.samples, Float32Array.of(0.5, 2 ** -23 - 1));
  assert.is(describeWavFormat(decoded.format), "WAV, PCM 32-bit (24 valid), 8000 Hz, 1 channel");
  assert.is(decoded.format.channelMask, 4);
});

test("BW64 and RF64: 64-bit sizes hold where the 32-bit ones say so, for other chunks too", () => {
  const size64 = (value: number) => [value, 0, 0, 0, 0, 0, 0, 0];
  const table = [1, 0, 0, 0, ...new TextEncoder().encode("axml"), ...size64(6)];
  const ds64 = chunk("ds64", [...size64(0), ...size64(4), ...size64(2), ...table]);
  const axml = chunk("axml", [9, 9, 9, 9, 9, 9], { size: 0xffffffff });
  const data = chunk("data", [0, 64, 0, 192], { size: 0xffffffff });
  const after = chunk("LIST", [1, 2, 3, 4]);
  for (const id of ["BW64", "RF64"]) {
    const bytes = wavOf(ds64, axml, chunk("fmt ", TONE_FMT), data, after);
    bytes.set(new TextEncoder().encode(id));
    const decoded = decodeWav(dsp, bytes);
    sameSamples(decoded.samples, Float32Array.of(0.5, -0.5));
    assert.equal(decoded.warnings, []);
    assert.is(decoded.format.container, id);
    const without = wavOf(chunk("fmt ", TONE_FMT), data);
    without.set(new TextEncoder().encode(id));
    const guessed = decodeWav(dsp, without);
    sameSamples(guessed.samples, Float32Array.of(0.5, -0.5));
    assert.is(guessed.warnings[0]?.kind, "size-missing");
  }
});

test.run();
