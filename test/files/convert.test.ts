import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { convertFile, createWavFile, encodeWav, readAudioFile, toMono } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";
import { goldenPath } from "./golden.ts";

const test = suite<{ folder: string; output: string }>("converting audio files");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "voxwire-"));
  context.output = join(context.folder, "output.wav");
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const dsp = loadDspSync();
const speech = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));

test("without options a 16-bit file keeps every sample", async ({ output }) => {
  const result = await convertFile(speech, output);
  const [before, after] = [await readAudioFile(speech), await readAudioFile(output)];
  sameSamples(after.samples, before.samples);
  assert.is(after.description, before.description);
  assert.is(result.input, before.description);
  assert.is(result.inputSamples, before.samples.length);
  assert.is(result.outputSamples, before.samples.length);
  assert.equal(result.warnings, []);
});

test("mu-law and A-law files hold the codec's own bytes", async ({ output }) => {
  const { samples } = await readAudioFile(speech);
  for (const encoding of ["mulaw", "alaw"] as const) {
    await convertFile(speech, output, { encoding });
    const coded = dsp[encoding].encode(dsp.pcm.floatToInt16(samples));
    const bytes = readFileSync(output);
    const end = bytes.length - (coded.length % 2);
    sameSamples(bytes.subarray(end - coded.length, end), coded);
  }
});

test("channels become one by their average, and one becomes many", async ({ output, folder }) => {
  await convertFile(goldenPath("ffmpeg-six.wav"), output, { channels: 1, encoding: "float32" });
  const six = await readAudioFile(goldenPath("ffmpeg-six.wav"));
  sameSamples((await readAudioFile(output)).samples, toMono(six.samples, 6));
  const wide = join(folder, "wide.wav");
  await convertFile(output, wide, { channels: 3, encoding: "float32" });
  const three = await readAudioFile(wide);
  assert.is(three.channels, 3);
  sameSamples(toMono(three.samples, 3), (await readAudioFile(output)).samples);
  const error = await convertFile(wide, output, { channels: 2 }).catch((reason) => reason);
  assert.is(error.code, "ERR_CONFIG");
  assert.match(error.message, /has 3 channels; they cannot become 2/);
});

test("progress rises from block to block, and ends at 1", async ({ output }) => {
  const fractions: number[] = [];
  await convertFile(speech, output, { onProgress: (fraction) => fractions.push(fraction) });
  assert.ok(fractions.length > 5);
  for (let i = 1; i < fractions.length; i++) assert.ok(fractions[i]! >= fractions[i - 1]!);
  assert.is(fractions.at(-1), 1);
});

test("an abort before or in the middle rejects with its reason and leaves no output", async ({ output }) => {
  const early = AbortSignal.abort(new Error("never mind"));
  assert.is((await convertFile(speech, output, { signal: early }).catch((e) => e)).message, "never mind");
  assert.not(existsSync(output));
  const controller = new AbortController();
  const onProgress = (fraction: number) => {
    if (fraction > 0.3) controller.abort(new Error("enough"));
  };
  const { signal } = controller;
  assert.is((await convertFile(speech, output, { signal, onProgress }).catch((e) => e)).message, "enough");
  assert.not(existsSync(output));
});

test("input and output may not be one file, under whatever names", async ({ folder }) => {
  const path = join(folder, "a.wav");
  const bytes = encodeWav(dsp, new Int16Array(100), { sampleRate: 8000 });
  writeFileSync(path, bytes);
  symlinkSync(path, join(folder, "symbolic.wav"));
  linkSync(path, join(folder, "hard.wav"));
  for (const other of ["a.wav", "symbolic.wav", "hard.wav"]) {
    const error = await convertFile(path, join(folder, other)).catch((reason) => reason);
    assert.is(error.code, "ERR_CONFIG");
    assert.match(error.message, /same file/);
    sameSamples(readFileSync(path), bytes);
  }
});

test("a failure leaves what was there, or removes what was begun", async ({ folder, output }) => {
  writeFileSync(output, "before");
  assert.is((await convertFile(join(folder, "none"), output).catch((e) => e)).code, "ERR_FILE");
  assert.is((await convertFile(speech, output, { sampleRate: 24 }).catch((e) => e)).code, "ERR_RATE");
  assert.is(readFileSync(output, "utf8"), "before");
  const thrower = () => {
    throw new Error("from the callback");
  };
  assert.is(
    (await convertFile(speech, output, { onProgress: thrower }).catch((e) => e)).message,
    "from the callback",
  );
  assert.not(existsSync(output));
});

test("an hour of audio is converted in constant memory", async ({ folder, output }) => {
  const input = join(folder, "long.wav");
  const file = await createWavFile(input, { sampleRate: 8000, encoding: "mulaw" });
  const next = random(5);
  const minute = Int16Array.from({ length: 8000 * 60 }, () => (next() - 0.5) * 20000);
  for (let i = 0; i < 60; i++) await file.write(minute);
  await file.close();
  let mostBytes = 0;
  global.gc?.();
  const before = process.memoryUsage();
  let calls = 0;
  const onProgress = () => {
    if (++calls % 50 !== 0) return;
    // the second waits for what the first has left to another thread
    global.gc?.();
    global.gc?.();
    const now = process.memoryUsage();
    mostBytes = Math.max(mostBytes, now.heapUsed + now.external - before.heapUsed - before.external);
  };
  const result = await convertFile(input, output, { encoding: "pcm16", onProgress });
  assert.is(result.outputSamples, 8000 * 3600);
  assert.ok(mostBytes < 8e6, `${mostBytes} bytes more on the way`);
});

test.run();
