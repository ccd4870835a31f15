/** `demo --network`, and the measure and the plot that it prints. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AsItComes } from "../../src/cli/echo/as-it-comes.ts";
import { spectralDistance } from "../../src/cli/echo/spectral-distance.ts";
import { drawSvg } from "../../src/cli/plots/svg-chart.ts";
import { readAudioFile } from "../../src/files.ts";
import { createConcealer, loadDspSync } from "../../src/index.ts";
import { SPEECH, voxwire, voxwireHere, withFolder } from "./run-cli.ts";

const dsp = loadDspSync();

async function speech(): Promise<Int16Array> {
  const { samples, sampleRate } = await readAudioFile(SPEECH);
  return dsp.pcm.floatToInt16(
    dsp.resample(samples.subarray(0, 4 * sampleRate), { inputRate: sampleRate, outputRate: 8000 }),
  );
}

test("distance: 0 to itself, 1 to silence, and a delay is found and costs nothing", async () => {
  const sound = await speech();
  assert.is(spectralDistance(dsp, sound, sound, 8000).distance, 0);
  assert.ok(Math.abs(spectralDistance(dsp, sound, new Int16Array(0), 8000).distance - 1) < 0.01);
  const later = new Int16Array(sound.length + 1234);
  later.set(sound, 1234);
  const { distance, lags, meanLagMs } = spectralDistance(dsp, sound, later, 8000);
  assert.ok(distance < 0.01, `${distance}`);
  assert.ok(lags.length > 3);
  assert.ok(Math.abs(meanLagMs - 154.25) < 0.2, `${meanLagMs} ms`);
});

test("distance: the more is missing the further away, and what is made up is nearer than silence", async () => {
  const sound = await speech();
  const distances = [20, 10, 5].map((every) => {
    const holes = sound.slice();
    for (let at = every * 160; at < holes.length; at += every * 160) holes.fill(0, at - 160, at);
    return spectralDistance(dsp, sound, holes, 8000).distance;
  });
  assert.ok(distances[0]! < distances[1]! && distances[1]! < distances[2]!, distances.join(" "));
  const concealer = createConcealer(dsp, { sampleRate: 8000, frameMs: 20 });
  const filled = sound.slice(0, Math.floor(sound.length / 160) * 160);
  for (let i = 0; i < filled.length / 160; i++) {
    const frame = filled.subarray(i * 160, (i + 1) * 160);
    if (i % 10 === 9) concealer.conceal(frame);
    else concealer.good(frame, frame);
  }
  concealer.dispose();
  const made = spectralDistance(dsp, sound, filled, 8000).distance;
  assert.ok(made < 0.8 * distances[1]!, `${made} against ${distances[1]}`);
});

test("as it comes: late audio is preceded by silence, and everything after it is late as well", () => {
  const player = new AsItComes(8000);
  for (const ms of [0, 20, 120, 121, 140]) player.take(new Int16Array(160).fill(1), ms);
  assert.is(player.silentMs, 60);
  assert.is(player.sound.length, 160 + 5 * 160 + 480);
});

test("a chart is a well-formed SVG with its titles, whatever the numbers", () => {
  for (const points of [[], [[0, 0]], [[0, 1e-12] as const, [2, 3e5] as const]] as const) {
    const svg = drawSvg({
      title: "a < b & c",
      xUnit: "s",
      xMax: 2,
      panels: [
        { kind: "waveform", title: "sound", peaks: [0, 0.5, 1], fullScale: 0 },
        { kind: "lines", title: "lines", lines: [{ name: "one", points }] },
      ],
    });
    assert.match(svg, /^<svg (.|\n)*<\/svg>\n$/);
    assert.match(svg, /a &lt; b &amp; c/);
    assert.not.match(svg, /NaN|Infinity|undefined/);
  }
});

test("demo --network: two recordings, a plot, and what was measured", async () => {
  await withFolder(async (folder) => {
    const args = ["demo", "--network", "loss10", "--network-seed", "3", "--rate", "8000", "--seconds", "2"];
    const { code, stdout, stderr } = await voxwire([...args, "--json"], folder);
    assert.is(code, 0, stdout + stderr);
    const { before, after, plot } = JSON.parse(stdout);
    assert.equal([before.file, after.file, plot], ["echo-before.wav", "echo-after.wav", "echo-network.svg"]);
    assert.equal([before.network.name, before.network.seed], ["loss10", 3]);
    assert.is(before.network.down.lost, after.network.down.lost);
    assert.ok(after.jitter.concealedSamples > 0);
    for (const { file, distance } of [before, after]) {
      assert.ok(distance >= 0 && distance <= 2, `${distance}`);
      const { samples, sampleRate } = await readAudioFile(join(folder, file));
      assert.is(sampleRate, 8000);
      assert.ok(samples.length > 8000);
    }
    assert.match(readFileSync(join(folder, plot), "utf8"), /before: played as it comes/);
  });
});

test("demo --network refuses what it cannot do", async () => {
  for (const [args, message] of [
    [["--rate", "44100"], /needs a wire of 8000, 16000, 24000, 48000 Hz/],
    [["--seconds", "700"], /600 seconds at most/],
  ] as const) {
    const { code, stderr } = await voxwireHere("demo", "--network", "wifi", ...args);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test.run();
