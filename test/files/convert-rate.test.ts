import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { convertFile, createWavFile, readAudioFile } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples, sine, snrDb } from "../samples.ts";
import { goldenPath } from "./golden.ts";

const test = suite<{ folder: string; output: string }>("converting to another rate");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "voxwire-"));
  context.output = join(context.folder, "output.wav");
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const dsp = loadDspSync();
const speech = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));

test("a change of rate gives the exact length, aligned in time, whatever the input's type", async ({
  output,
}) => {
  for (const [name, sampleRate, gain] of [
    ["mono.flac", 16000, 1],
    ["stereo.flac", 44100, 1],
    ["mono.mp3", 8000, 0.95],
    ["stereo.ogg", 24000, 1],
  ] as const) {
    const result = await convertFile(goldenPath(name), output, { sampleRate, encoding: "float32" });
    const n = Math.ceil((19200 * sampleRate) / 48000);
    assert.is(result.outputSamples, n);
    const { samples, channels } = await readAudioFile(output);
    assert.is(samples.length, n * channels);
    const first = samples.filter((_, i) => i % channels === 0);
    const middle = [Math.floor(n / 8), Math.floor((n * 7) / 8)] as const;
    const tone = sine(n, 440, sampleRate, 0.5 * gain);
    const snr = snrDb(first.subarray(...middle), tone.subarray(...middle));
    assert.ok(snr > 30, `${name} at ${sampleRate}: ${snr.toFixed(1)} dB`);
  }
});

test("block by block is the same as all at once", async ({ output }) => {
  const { samples } = await readAudioFile(speech);
  const rates = { inputRate: 24000, outputRate: 8000 };
  await convertFile(speech, output, { sampleRate: 8000, encoding: "float32", quality: "voice" });
  sameSamples((await readAudioFile(output)).samples, dsp.resample(samples, { ...rates, quality: "voice" }));
  await convertFile(speech, output, { sampleRate: 8000, encoding: "float32" });
  const streamed = (await readAudioFile(output)).samples;
  const whole = dsp.resample(samples, { ...rates, quality: "high" });
  assert.is(streamed.length, whole.length);
  const snr = snrDb(streamed, whole);
  assert.ok(snr > 125, `high, the default: ${snr.toFixed(1)} dB`);
});

test("a file of 20 s and more is what dsp.resample makes of it, in every form that goes its own way", async ({
  folder,
  output,
}) => {
  const next = random(3);
  const rates = { inputRate: 11_025, outputRate: 8000 };
  const options = { ...rates, channels: 2, quality: "high" } as const;
  const ints = Int16Array.from({ length: 2 * 21 * rates.inputRate + 2 }, () => (next() - 0.5) * 60_000);
  for (const [read, write] of [
    ["pcm16", "pcm16"],
    ["pcm16", "float32"],
    ["mulaw", "alaw"],
    ["float32", "pcm16"],
    ["pcm24", "pcm8"],
  ] as const) {
    const input = join(folder, "long.wav");
    const file = await createWavFile(input, { sampleRate: rates.inputRate, channels: 2, encoding: read });
    await file.write(ints);
    await file.close();
    const result = await convertFile(input, output, { sampleRate: rates.outputRate, encoding: write });
    const expected = dsp.resample((await readAudioFile(input)).samples, options);
    assert.is(result.outputSamples * 2, expected.length, `${read} to ${write}`);
    const through = join(folder, "through.wav");
    const rounded = await createWavFile(through, {
      sampleRate: rates.outputRate,
      channels: 2,
      encoding: write,
    });
    await rounded.write(expected);
    await rounded.close();
    sameSamples(readFileSync(output), readFileSync(through), `${read} to ${write}`);
  }
});

test.run();
