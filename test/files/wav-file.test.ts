import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createWavFile, readAudioFile, WAV_WRITE_ENCODINGS } from "../../src/files.ts";
import { sameSamples, sine } from "../samples.ts";

const test = suite<{ folder: string }>("WAV files");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "voxwire-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test("what is written is read, in every encoding, and the header has the sizes", async ({ folder }) => {
  const tone = sine(2000, 440, 16000);
  for (const encoding of WAV_WRITE_ENCODINGS) {
    const path = join(folder, `${encoding}.wav`);
    const file = await createWavFile(path, { sampleRate: 16000, channels: 2, encoding });
    await file.write(tone.subarray(0, 600));
    await file.write(tone.subarray(600));
    assert.is(file.durationSamples, 1000);
    await file.close();
    await file.close();
    assert.is(readFileSync(path).readUInt32LE(4), statSync(path).size - 8);
    const audio = await readAudioFile(path);
    assert.equal(audio.warnings, []);
    assert.is(audio.samples.length, 2000);
    // mu-law's coarsest step at half scale
    for (let i = 0; i < 2000; i++) assert.ok(Math.abs(audio.samples[i]! - tone[i]!) < 0.02);
  }
});

test("writes that nobody awaits keep their order, and their samples may be overwritten at once", async ({
  folder,
}) => {
  const path = join(folder, "order.wav");
  const file = await createWavFile(path, { sampleRate: 8000 });
  const samples = new Int16Array(160);
  for (let i = 0; i < 100; i++) {
    samples.fill(i);
    void file.write(samples);
  }
  await file.close();
  const audio = await readAudioFile(path);
  sameSamples(
    audio.samples,
    Float32Array.from({ length: 16000 }, (_, i) => Math.floor(i / 160) / 32768),
  );
});

test("a writer killed in the middle leaves all that it wrote, readable without a warning", async ({
  folder,
}) => {
  const path = join(folder, "killed.wav");
  const program = `
    const { createWavFile } = await import(${JSON.stringify(new URL("../../src/files.ts", import.meta.url).href)});
    const file = await createWavFile(${JSON.stringify(path)}, { sampleRate: 8000 });
    for (let i = 0; i < 5; i++) await file.write(new Int16Array(1000).fill(i * 100));
    process.stdout.write("written");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  const audio = await readAudioFile(path);
  assert.equal(audio.warnings, []);
  sameSamples(
    audio.samples,
    Float32Array.from({ length: 5000 }, (_, i) => (Math.floor(i / 1000) * 100) / 32768),
  );
});

test("discard removes the file; afterwards nothing can be written", async ({ folder }) => {
  const path = join(folder, "gone.wav");
  const file = await createWavFile(path, { sampleRate: 8000 });
  await file.write(new Int16Array(10));
  await file.discard();
  assert.throws(() => statSync(path), /ENOENT/);
  const error = await file.write(new Int16Array(10)).catch((reason) => reason);
  assert.is(error.code, "ERR_DISPOSED");
});

test("a folder that is missing, a directory and a full disk are ERR_FILE with a hint", async ({ folder }) => {
  for (const [path, message] of [
    [join(folder, "no", "such.wav"), /its folder does not exist/],
    [folder, /cannot be written: it is a directory/],
  ] as const) {
    const error = await createWavFile(path, { sampleRate: 8000 }).catch((reason) => reason);
    assert.is(error.code, "ERR_FILE");
    assert.match(error.message, message);
    assert.ok(error.hint.length > 5);
  }
  if (process.platform === "linux") {
    const full = await createWavFile("/dev/full", { sampleRate: 8000 }).catch((reason) => reason);
    assert.is(full.code, "ERR_FILE");
    assert.match(full.message, /disk is full/);
  }
});

test("a write that fails and that nobody awaits is reported by close", ({ folder }) => {
  const program = `
    const { createWavFile } = await import(${JSON.stringify(new URL("../../src/files.ts", import.meta.url).href)});
    const file = await createWavFile(process.argv[1], { sampleRate: 8000 });
    file.write(new Int16Array(1e6));
    file.write(new Int16Array(10));
    const error = await file.close().catch((reason) => reason);
    console.log(error.code, error.message);`;
  const line = 'ulimit -f 64; exec "$0" --import tsx --input-type=module -e "$1" "$2"';
  const parameters = ["-c", line, process.execPath, program, join(folder, "limited.wav")];
  const output = execFileSync("sh", parameters, { encoding: "utf8" });
  assert.match(output, /^ERR_FILE ".*limited\.wav" would grow beyond/);
});

test.run();
