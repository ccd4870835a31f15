import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkPort } from "../../src/cli/doctor/network-checks.ts";
import { checkNode, judgeTimers } from "../../src/cli/doctor/platform-checks.ts";
import { readAudioFile } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";
import { SPEECH, voxwire, withFolder } from "./run-cli.ts";

test("convert: rate, encoding and channels as asked for, a summary line; writes over what is there; exit code 0", async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "phone.wav"), "something old");
    const args = ["--rate", "8000", "--encoding", "mulaw", "--channels", "2", "--quality", "voice"];
    const { code, stdout, stderr } = await voxwire(["convert", SPEECH, "phone.wav", ...args], folder);
    assert.is(code, 0, stderr);
    assert.is(stderr, "");
    assert.match(stdout, /^phone\.wav: mulaw, 8000 Hz, 2 channels, 9\.87 s \(from WAV, PCM 16-bit, 24000 Hz/);
    const phone = await readAudioFile(join(folder, "phone.wav"));
    assert.equal([phone.sampleRate, phone.channels], [8000, 2]);
    const { samples } = await readAudioFile(SPEECH);
    assert.is(phone.samples.length / 2, Math.ceil(samples.length / 3));
  });
});

test("convert --json: the summary with every documented key; nothing changed means the same samples", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await voxwire(["convert", SPEECH, "same.wav", "--json"], folder);
    assert.is(code, 0);
    const report = JSON.parse(stdout);
    assert.equal(Object.keys(report).sort(), [
      ...[
        "channels",
        "encoding",
        "input",
        "inputSamples",
        "ok",
        "out",
        "outputSamples",
        "sampleRate",
        "warnings",
      ],
    ]);
    assert.equal(
      [report.ok, report.out, report.sampleRate, report.encoding],
      [true, "same.wav", 24000, "pcm16"],
    );
    const { pcm } = loadDspSync();
    const [before, after] = await Promise.all([
      readAudioFile(SPEECH),
      readAudioFile(join(folder, "same.wav")),
    ]);
    sameSamples(pcm.floatToInt16(after.samples), pcm.floatToInt16(before.samples));
  });
});

test("convert: a file that is cut off is converted with a warning; one that is no audio is exit code 1, without output", async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "cut.wav"), readFileSync(SPEECH).subarray(0, 10_000));
    const cut = await voxwire(["convert", "cut.wav", "out.wav"], folder);
    assert.is(cut.code, 0, cut.stderr);
    assert.match(cut.stderr, /^warning: /);
    writeFileSync(join(folder, "text.mp3"), "<html>404</html>");
    const text = await voxwire(["convert", "text.mp3", "none.wav"], folder);
    assert.is(text.code, 1);
    assert.match(text.stderr, /^error: "text\.mp3" [^\n]+\n$/);
    assert.not(existsSync(join(folder, "none.wav")));
    mkdirSync(join(folder, "sub"));
    const directory = await voxwire(["convert", SPEECH, "sub"], folder);
    assert.is(directory.code, 1);
    assert.match(directory.stderr, /^error: "sub" cannot be written: it is a directory/);
    copyFileSync(SPEECH, join(folder, "self.wav"));
    const self = await voxwire(["convert", "self.wav", "./sub/../self.wav"], folder);
    assert.is(self.code, 2);
    assert.equal(readFileSync(join(folder, "self.wav")).equals(readFileSync(SPEECH)), true);
  });
});

test("convert: a rate that the resampler does not take is the file's fault and names it; without another rate it does not matter", async () => {
  await withFolder(async (folder) => {
    const slow = Uint8Array.from(readFileSync(SPEECH).subarray(0, 10_044));
    new DataView(slow.buffer).setUint32(24, 1000, true);
    writeFileSync(join(folder, "slow.wav"), slow);
    const refused = await voxwire(["convert", "slow.wav", "out.wav", "--rate", "8000"], folder);
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /^error: "slow\.wav" has 1000 Hz; from 4000 to 192000 Hz are taken\. /);
    assert.not(existsSync(join(folder, "out.wav")));
    const kept = await voxwire(["convert", "slow.wav", "out.wav"], folder);
    assert.is(kept.code, 0, kept.stderr);
  });
});

test("doctor: a line for each check, in words and as JSON; exit code 0 where nothing fails", async () => {
  const [words, json] = [await voxwire(["doctor"]), await voxwire(["doctor", "--json"])];
  assert.is(words.code, 0, words.stdout);
  assert.match(words.stdout, /^ok +Node +\d+\./m);
  assert.match(words.stdout, /^ok +WebSocket +one frame/m);
  assert.match(words.stdout, /voxwire \d+\.\d+\.\d+ works here/);
  assert.is(json.code, 0);
  const report = JSON.parse(json.stdout);
  assert.equal(Object.keys(report), ["ok", "version", "summary", "checks"]);
  assert.ok(report.ok);
  assert.is(report.summary.ok + report.summary.warn + report.summary.fail, report.checks.length);
  const names = report.checks.map(({ name }: { name: string }) => name);
  for (const name of [
    "Node",
    "WebAssembly SIMD",
    "SharedArrayBuffer",
    "timers",
    "memory",
    "WebSocket",
    "port 8765",
    "libopus-wasm",
  ]) {
    assert.ok(names.includes(name), name);
  }
  for (const { status, message, fix } of report.checks) {
    assert.ok(["ok", "warn", "fail"].includes(status));
    assert.ok(message.length > 0);
    assert.is(fix === "", status === "ok");
  }
});

test("doctor: what is wrong comes with its fix", async () => {
  const old = await checkNode("18.19.1");
  assert.equal([old.status, old.message], ["fail", "18.19.1, older than 20"]);
  assert.match(old.fix, /nodejs\.org/);
  assert.is((await checkNode("20.0.0")).status, "ok");
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const taken = await checkPort(port);
  assert.equal([taken.status, taken.message], ["warn", "in use by another program"]);
  assert.match(taken.fix, new RegExp(`--port ${port + 1}`));
  await new Promise((resolve) => holder.close(resolve));
  assert.is((await checkPort(port)).status, "ok");
  assert.is(judgeTimers([0.1, 0.2, 0.3, 8], "timers").status, "ok");
  const late = judgeTimers([15, 20, 25], "timers");
  assert.is(late.status, "warn");
  assert.match(late.fix, /processor/);
  assert.match(judgeTimers([50, 60, 70], "timers").message, /stutter/);
});

test.run();
