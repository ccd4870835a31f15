import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeWav, readAudioFile } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples, sine } from "../samples.ts";
import { startVoxwire, voxwire, withFolder } from "./run-cli.ts";

const dsp = loadDspSync();
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

/** Runs an example as its first line says; resolves with its output once it holds `pattern`, the process then being over or stopped. */
function runExample(
  path: string,
  args: readonly string[],
  pattern: RegExp,
  onSeen?: (match: RegExpExecArray) => Promise<void>,
) {
  return new Promise<RegExpExecArray>((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", join(examples, path), ...args]);
    let output = "";
    let seen: RegExpExecArray | null = null;
    const take = (chunk: unknown) => {
      output += chunk;
      if (seen !== null) return;
      seen = pattern.exec(output);
      if (seen !== null && onSeen !== undefined) onSeen(seen).then(() => child.kill("SIGINT"), reject);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => {
      if (code === 0 && seen !== null) resolve(seen);
      else reject(new Error(`${path} ended with ${code}: ${output}`));
    });
  });
}

test("codec: prints what the codec made of a sample", async () => {
  const [, before, after] = await runExample(
    "codec/codec.ts",
    [],
    /160 samples, 160 bytes, sample 5: (-?\d+) became (-?\d+)/,
  );
  assert.is(Math.round(8000 * Math.sin((2 * Math.PI * 440 * 5) / 8000) - 0.5), Number(before));
  assert.equal([Number(after)], [...dsp.mulaw.decode(dsp.mulaw.encode(Int16Array.of(Number(before))))]);
});

test("echo: the example's client gets from the example's server what it sent, through the codec", async () => {
  await withFolder(async (folder) => {
    const tone = sine(4800, 440, 24000);
    writeFileSync(join(folder, "tone.wav"), encodeWav(dsp, tone, { sampleRate: 24000 }));
    await runExample("echo/server.ts", ["0"], /ws:\/\/[\d.:]+\d/, async ([url]) => {
      const files = [join(folder, "tone.wav"), join(folder, "echo.wav")];
      await runExample("echo/client.ts", [url, ...files], /10 frames written/);
    });
    const { samples } = await readAudioFile(join(folder, "echo.wav"));
    const pcm = dsp.pcm.floatToInt16(tone);
    sameSamples(dsp.pcm.floatToInt16(samples), dsp.mulaw.decode(dsp.mulaw.encode(pcm)));
  });
});

test("ten-line handler: the voice comes back times the tone", async () => {
  await withFolder(async (folder) => {
    const level = Float32Array.from({ length: 4800 }, () => 0.5);
    writeFileSync(join(folder, "level.wav"), encodeWav(dsp, level, { sampleRate: 24000 }));
    const handler = join(examples, "ten-line-handler/handler.ts");
    const server = startVoxwire(["serve", "--port", "0", "--handler", handler, "--quiet"], folder);
    const [url] = await server.waitFor(/ws:\/\/[\d.:]+\d/);
    const args = ["--url", url, "--out", "robot.wav", "--encoding", "pcm16", "--silence", "0.3"];
    const { code, stderr } = await voxwire(["stream", "level.wav", ...args], folder);
    assert.is(code, 0, stderr);
    server.child.kill("SIGINT");
    assert.is((await server.done).code, 0);
    const { samples } = await readAudioFile(join(folder, "robot.wav"));
    const expected = Int16Array.from(
      { length: 4800 },
      (_, i) => 16384 * Math.sin(((2 * Math.PI * 50) / 24000) * i),
    );
    sameSamples(dsp.pcm.floatToInt16(samples), expected);
  });
});

test("twilio-replay: a recorded call is made again, cuts the greeting short by a key, and is heard out", async () => {
  await withFolder(async (folder) => {
    const said = sine(32_000, 300, 8000);
    writeFileSync(join(folder, "call.wav"), encodeWav(dsp, said, { sampleRate: 8000 }));
    const handler = join(examples, "twilio-replay/handler.ts");
    const server = startVoxwire(["serve", "--port", "0", "--handler", handler, "--quiet"], folder);
    const [url] = await server.waitFor(/ws:\/\/[\d.:]+\d/);
    const files = [join(folder, "call.wav"), join(folder, "heard.wav")];
    const incoming = `${url.replace("ws:", "http:")}/telephone/incoming`;
    const [output] = await runExample(
      "twilio-replay/replay.ts",
      [incoming, ...files, "1@300"],
      /[\s\S]*ended by the caller, 1000/,
    );
    assert.match(
      output,
      /mark "greeting" came back after \d+ ms\ninterrupted after \d+ ms: \d+ ms were not heard\n[\d.]+ s/,
    );
    server.child.kill("SIGINT");
    assert.is((await server.done).code, 0);
    const { samples, sampleRate } = await readAudioFile(files[1]!);
    assert.is(sampleRate, 8000);
    // the greeting until the key, the key's tone, and then the caller's own words
    const pcm = dsp.mulaw.decode(dsp.mulaw.encode(dsp.pcm.floatToInt16(said)));
    const heard = dsp.pcm.floatToInt16(samples);
    const words = pcm.subarray(31_000, 31_160);
    assert.ok(
      heard.some((_, at) => words.every((sample, i) => heard[at + i] === sample)),
      "the caller's own words",
    );
  });
});

test.run();
