import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openAudioFile, readAudioFile } from "../../src/files.ts";
import { VoxwireError } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";
import { goldenBytes, goldenPath } from "./golden.ts";

const test = suite<{ folder: string }>("opening audio files");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "voxwire-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const COMPRESSED = ["mono.flac", "flac.oga", "mono.mp3", "mono.aac", "mono.ogg", "mono.opus", "mono.m4a"];

async function failure(path: string): Promise<VoxwireError> {
  const error = await openAudioFile(path).catch((reason) => reason);
  assert.instance(error, VoxwireError, `${path} was opened`);
  assert.ok(error.hint.length > 10);
  return error;
}

test("what cannot be opened at all is ERR_FILE", async ({ folder }) => {
  const missing = await failure(join(folder, "missing.wav"));
  assert.is(missing.code, "ERR_FILE");
  assert.match(missing.message, /missing\.wav" does not exist/);
  const directory = await failure(folder);
  assert.is(directory.code, "ERR_FILE");
  assert.match(directory.message, /is a directory/);
});

test("what is no audio is ERR_FILE_FORMAT that says what it seems to be", async ({ folder }) => {
  const noise = Uint8Array.from({ length: 5000 }, random(3)).map((_, i) => (i * 37 + (i >> 3)) & 0xff);
  const cases: readonly (readonly [string | Uint8Array, RegExp])[] = [
    ["", /is empty/],
    ["just a few words", /is text, not audio/],
    ["Umlaute sind Text: äöü ".repeat(300), /is text, not audio/],
    ["<!DOCTYPE html><html><body>404</body></html>", /is a web page, not audio/],
    ['{"error":"not found"}', /is text, JSON by its looks/],
    ["RIFF\x10\0\0\0AVI LIST", /is an AVI video/],
    ["FORM\0\0\0\x10AIFFCOMM", /is AIFF/],
    ["PK\x03\x04abcd", /is a ZIP archive/],
    [noise, /no audio file that is known here; it begins with the bytes 00 25 4a/],
    [`OggS${"\0".repeat(24)}Speex   1.2`, /is Ogg Speex/],
  ];
  for (const [content, message] of cases) {
    const path = join(folder, "thing.wav");
    writeFileSync(path, content, "latin1");
    if (typeof content === "string" && content.includes("ä")) writeFileSync(path, content, "utf8");
    const error = await failure(path);
    assert.is(error.code, "ERR_FILE_FORMAT");
    assert.match(error.message, message);
  }
  const adpcm = await failure(goldenPath("ffmpeg-adpcm.wav"));
  assert.match(adpcm.message, /ffmpeg-adpcm\.wav": The samples are IMA ADPCM/);
});

test("files are told by their content, whatever they are called", async ({ folder }) => {
  for (const name of [...COMPRESSED, "ffmpeg-rf64.wav"]) {
    const path = join(folder, "recording.txt");
    rmSync(path, { force: true });
    symlinkSync(goldenPath(name), path);
    const [named, unnamed] = [await readAudioFile(goldenPath(name)), await readAudioFile(path)];
    assert.is(unnamed.description, named.description);
    sameSamples(unnamed.samples, named.samples);
  }
});

test("an MP3 behind a long ID3 tag is an MP3", async ({ folder }) => {
  const tag = new Uint8Array(10 + 3 * 128 * 128);
  tag.set([0x49, 0x44, 0x33, 3, 0, 0, 0, 3, 0, 0]);
  const path = join(folder, "tagged");
  writeFileSync(path, Buffer.concat([tag, goldenBytes("mono.mp3")]));
  const plain = await readAudioFile(goldenPath("mono.mp3"));
  const tagged = await readAudioFile(path);
  sameSamples(tagged.samples, plain.samples);
  assert.is(tagged.channels, 1);
});

test("a pipe is read as a file is", async () => {
  const program = `
    const { readAudioFile } = await import(${JSON.stringify(new URL("../../src/files.ts", import.meta.url).href)});
    const { samples } = await readAudioFile("/dev/stdin");
    process.stdout.write(Buffer.from(samples.buffer));`;
  const line = 'cat "$1" | "$0" --import tsx --input-type=module -e "$2"';
  for (const name of ["ffmpeg-s16le.wav", "mono.flac", "mono.m4a"]) {
    const stdout = execFileSync("sh", ["-c", line, process.execPath, goldenPath(name), program]);
    const samples = new Float32Array(Uint8Array.from(stdout).buffer);
    sameSamples(samples, (await readAudioFile(goldenPath(name))).samples);
  }
});

test("leaving the loop closes the file", async () => {
  const source = await openAudioFile(goldenPath("stereo.ogg"));
  for await (const _ of source) break;
  await source.close();
  assert.is(
    (
      await source[Symbol.asyncIterator]()
        .next()
        .catch((error) => error)
    ).code,
    "ERR_DISPOSED",
  );
});

test("compressed files cut off or damaged anywhere give samples or a VoxwireError", async ({ folder }) => {
  const next = random(11);
  const path = join(folder, "damaged");
  for (const name of COMPRESSED) {
    const bytes = goldenBytes(name);
    for (let round = 0; round < 12; round++) {
      const damaged = bytes.slice(0, Math.ceil(bytes.length * (round < 6 ? next() : 1)));
      if (round >= 6)
        for (let i = 0; i < 20; i++) damaged[Math.floor(next() * damaged.length)] = next() * 256;
      writeFileSync(path, damaged);
      try {
        const audio = await readAudioFile(path);
        assert.ok(audio.samples.length < 40 * 48000);
      } catch (error) {
        if (!(error instanceof VoxwireError)) throw error;
      }
    }
  }
});

test("a compressed file that is cut off says how much is missing, where its header has the length", async ({
  folder,
}) => {
  const path = join(folder, "cut.flac");
  const bytes = goldenBytes("mono.flac");
  writeFileSync(path, bytes.subarray(0, Math.ceil(bytes.length * 0.9)));
  const audio = await readAudioFile(path);
  assert.ok(audio.samples.length > 1000 && audio.samples.length < 19200);
  assert.is(audio.warnings[0]?.kind, "truncated");
  assert.match(audio.warnings[0]!.message, /says 19200 samples, \d+ could be decoded \(\d+ ms missing\)/);
});

test("without audio-decode WAV is read, and the rest says which package to install", ({ folder }) => {
  cpSync(fileURLToPath(new URL("../../dist", import.meta.url)), join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const program = `
    import { readAudioFile } from "./dist/files.js";
    console.log((await readAudioFile(process.argv[2])).samples.length);
    console.log(await readAudioFile(process.argv[3]).catch((error) => error.code + " " + error.describe()));`;
  writeFileSync(join(folder, "main.js"), program);
  const files = [goldenPath("ffmpeg-s16le.wav"), goldenPath("mono.flac")];
  const output = execFileSync(process.execPath, [join(folder, "main.js"), ...files], { encoding: "utf8" });
  assert.match(output, /^800\nERR_DEPENDENCY_MISSING To read FLAC .*npm install audio-decode\n$/);
});

test("the demo's speech is as its note says: 24 kHz, one channel, at a sane level", async () => {
  const path = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));
  const { samples, description, warnings } = await readAudioFile(path);
  assert.is(description, "WAV, PCM 16-bit, 24000 Hz, 1 channel");
  assert.equal(warnings, []);
  assert.ok(samples.length >= 5 * 24000 && samples.length <= 10 * 24000);
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  assert.ok(peak > 0.6 && peak < 0.75, `peak ${peak}`);
  assert.ok(readFileSync(path).length < 700_000);
});

test.run();
