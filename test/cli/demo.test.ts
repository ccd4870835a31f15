import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeWav, readAudioFile } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples, sine } from "../samples.ts";
import { SPEECH, startVoxwire, voxwire, withFolder } from "./run-cli.ts";

const dsp = loadDspSync();

test("demo: the echo is written, identical, and told in words, with both waveforms and a histogram; exit code 0", async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await voxwire(["demo", "--seconds", "0.7"], folder);
    assert.is(code, 0, stdout + stderr);
    assert.is(stderr, "", "no progress without a terminal");
    assert.match(stdout, /frames +35 sent \(0\.70 s\), 35 returned \(0\.70 s\)/);
    assert.match(stdout, /round trip +p50 \S+ ms, p99 \S+ ms, max \S+ ms/);
    assert.match(stdout, /pacing +jitter p50 .*drift/);
    assert.match(stdout, /identical to the input through mu-law, all 16,800 samples/);
    assert.match(stdout, /^ {2}input [ ▁▂▃▄▅▆▇█]+$/m);
    assert.match(stdout, /^ {2}echo {2}[ ▁▂▃▄▅▆▇█]+$/m);
    assert.match(stdout, /- \S+ ms +\d+ █/);
    assert.match(stdout, /The echo is complete and right\.\n$/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 110, line);
    const echo = await readAudioFile(join(folder, "echo.wav"));
    assert.equal([echo.sampleRate, echo.channels, echo.warnings.length], [24000, 1, 0]);
    const speech = await readAudioFile(SPEECH);
    const pcm = dsp.pcm.floatToInt16(speech.samples.subarray(0, 16800));
    sameSamples(dsp.pcm.floatToInt16(echo.samples), dsp.mulaw.decode(dsp.mulaw.encode(pcm)));
  });
});

test("demo --json: a file of one's own in stereo, resampled and repeated, with every documented figure", async () => {
  await withFolder(async (folder) => {
    const mono = sine(4410, 440, 44100);
    const samples = new Float32Array(8820);
    for (let i = 0; i < samples.length; i++) samples[i] = mono[i >> 1]!;
    writeFileSync(join(folder, "tone.wav"), encodeWav(dsp, samples, { sampleRate: 44100, channels: 2 }));
    const args = [
      "--file",
      "tone.wav",
      "--out",
      "back.wav",
      "--rate",
      "16000",
      "--frame-ms",
      "10",
      "--repeat",
      "4",
    ];
    const { code, stdout, stderr } = await voxwire(["demo", ...args, "--json"], folder);
    assert.is(code, 0, stdout + stderr);
    const report = JSON.parse(stdout);
    assert.equal(
      [report.ok, report.file, report.out, report.durationMs, report.framesSent, report.framesReturned],
      [true, "tone.wav", "back.wav", 400, 40, 40],
    );
    const direction = { encoding: "mulaw", sampleRate: 16000, frameMs: 10 };
    assert.equal([report.input, report.output], [direction, direction]);
    assert.equal(report.echo, {
      identical: true,
      complete: true,
      expectedSamples: 6400,
      receivedSamples: 6400,
      differingSamples: 0,
      firstDifference: null,
      snrDb: null,
    });
    assert.is(report.roundTripMs.count, 40);
    assert.equal(Object.keys(report.roundTripMs), ["count", "p50", "p99", "max", "mean"]);
    assert.equal(Object.keys(report.pacing), ["jitterMs", "driftMs", "slippedMs"]);
    assert.equal(Object.keys(report.pacing.jitterMs), ["p50", "p99", "max"]);
    for (const value of [report.growthMs, report.growthWindowMs, report.sentMs, report.returnedMs]) {
      assert.type(value, "number");
    }
    assert.ok(report.codecSnrDb > 30 && report.codecSnrDb < 45, String(report.codecSnrDb));
  });
});

test("demo: what cannot be read or written is exit code 1", async () => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, "notes.wav"), "no audio at all");
    writeFileSync(join(folder, "empty.wav"), encodeWav(dsp, new Float32Array(0), { sampleRate: 8000 }));
    const [missing, text, empty, unwritable] = await Promise.all([
      voxwire(["demo", "--file", "nix.wav"], folder),
      voxwire(["demo", "--file", "notes.wav"], folder),
      voxwire(["demo", "--file", "empty.wav"], folder),
      voxwire(["demo", "--out", "no/such/folder.wav", "--seconds", "0.1"], folder),
    ]);
    assert.equal([missing.code, text.code, empty.code, unwritable.code], [1, 1, 1, 1]);
    assert.match(missing.stderr, /^error: "nix\.wav" does not exist/);
    assert.match(text.stderr, /^error: "notes\.wav" is text, not audio/);
    assert.match(empty.stderr, /^error: "empty\.wav" holds no audio/);
    assert.match(unwritable.stderr, /^error: "no\/such\/folder\.wav"/);
  });
});

test("demo: Ctrl-C ends it with 130 and leaves a file that can be read", async () => {
  await withFolder(async (folder) => {
    const demo = startVoxwire(["demo", "--seconds", "60"], folder);
    await demo.waitFor(/in real time/);
    demo.child.kill("SIGINT");
    const { code, stderr } = await demo.done;
    assert.is(code, 130, stderr);
  });
});

test.run();
