import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type DecoderStream, startDecoder } from "../../src/files/audio-decode.ts";
import { FlacPieces, FlacScale } from "../../src/files/flac-pieces.ts";
import { readAudioFile } from "../../src/files.ts";
import { sameSamples } from "../samples.ts";
import { goldenBytes, goldenPath, goldenSamples } from "./golden.ts";

for (const [name, oracle] of [
  ["sox-8", "ffmpeg-u8"],
  ["sox-16", "ffmpeg-s16le"],
  ["sox-24", "ffmpeg-s24le"],
] as const) {
  test(`${name}.flac is lossless: bit for bit the WAV file it was made from`, async () => {
    sameSamples((await readAudioFile(goldenPath(`${name}.flac`))).samples, goldenSamples(oracle));
  });
}

async function decode(pieces: Iterable<Uint8Array>): Promise<number> {
  const decoder: DecoderStream = await startDecoder("flac", "FLAC");
  let samples = 0;
  for (const piece of pieces) samples += (await decoder(piece)).channelData[0]?.length ?? 0;
  return samples + ((await decoder()).channelData[0]?.length ?? 0);
}

function* cut(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  const pieces = new FlacPieces();
  for (let at = 0; at < bytes.length; at += length) {
    const piece = pieces.push(bytes.subarray(at, at + length));
    if (piece.length > 0) yield piece;
  }
  yield pieces.flush();
}

test("a file of 125 FLAC frames, read in pieces of any length, loses none", async () => {
  const bytes = goldenBytes("frames.flac");
  for (const length of [7, 20, 64, 99, 100, 101, 333, 1000, 1024, 4096, 5000, 65536]) {
    assert.is(await decode(cut(bytes, length)), 8000, `pieces of ${length} bytes`);
  }
});

test("FLAC pieces are the file again, and none but the last ends where a frame header may begin", () => {
  const bytes = fc.array(fc.oneof(fc.constant(0xff), fc.nat(255)), { maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 80 }), (file, length) => {
      const pieces = [...cut(Uint8Array.from(file), length)];
      sameSamples(
        pieces.flatMap((piece) => [...piece]),
        file,
      );
      for (const piece of pieces.slice(0, -1)) assert.not(piece.subarray(-17).includes(0xff));
    }),
  );
});

test("the scale of decoded FLAC is set right once, and left alone where it is right", () => {
  for (const bits of [8, 16, 24]) {
    const fullScale = 2 ** (bits - 1);
    const integers = [
      0,
      1,
      -1,
      fullScale - 1,
      -fullScale,
      1 - fullScale,
      fullScale >> 1,
      -(fullScale >> 2),
      5,
    ];
    const right = Float32Array.from(integers, (x) => x / fullScale);
    const shrunk = Float32Array.from(integers, (x) => x / (fullScale - 1));
    const scale = new FlacScale(bits);
    scale.apply(shrunk);
    sameSamples(shrunk, right);
    // a block that alone would not tell
    const loud = Float32Array.of(1, -1);
    scale.apply(loud);
    sameSamples(loud, Float32Array.of(1 - 1 / fullScale, -1 + 1 / fullScale));
    const same = right.slice();
    new FlacScale(bits).apply(same);
    sameSamples(same, right);
  }
});

test.run();
