import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createWavFile, encodeWav, readAudioFile } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import {
  type AudioFrame,
  EchoHandler,
  GeneratorHandler,
  type RunningServer,
  serve,
} from "../../src/server.ts";
import { startFakeServer } from "../client/fake-server.ts";
import { sameSamples, sine } from "../samples.ts";
import { SPEECH, startVoxwire, voxwire, withFolder } from "./run-cli.ts";

const dsp = loadDspSync();

async function withServer(
  handler: EchoHandler | GeneratorHandler,
  use: (server: RunningServer) => Promise<void>,
) {
  const server = await serve({ handler, port: 0 });
  try {
    await use(server);
  } finally {
    await server.close({ drainMs: 0 });
  }
}

test("stream: the echo of a file is written sample for sample, with figures; exit code 0", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      const args = [SPEECH, "--url", server.url, "--out", "back.wav", "--seconds", "0.5", "--silence", "0.4"];
      const { code, stdout, stderr } = await voxwire(["stream", ...args], folder);
      assert.is(code, 0, stderr);
      assert.is(stderr, "");
      assert.match(stdout, /\(binary, mulaw at 24000 Hz out, mulaw at 24000 Hz back\)/);
      assert.match(stdout, /frames +25 sent \(0\.50 s\), 25 returned/);
      assert.match(stdout, /round trip +p50/);
      assert.match(stdout, /ended +nothing more came/);
      const speech = dsp.pcm.floatToInt16((await readAudioFile(SPEECH)).samples.subarray(0, 12000));
      const back = dsp.pcm.floatToInt16((await readAudioFile(join(folder, "back.wav"))).samples);
      sameSamples(back, dsp.mulaw.decode(dsp.mulaw.encode(speech)));
    }),
  );
});

test("stream: a file that is cut off is sent as far as it goes, with a warning", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "cut.wav"), readFileSync(SPEECH).subarray(0, 10_000));
      const args = ["stream", "cut.wav", "--url", server.url, "--out", "back.wav", "--silence", "0.4"];
      const { code, stderr } = await voxwire(args, folder);
      assert.is(code, 0, stderr);
      assert.match(stderr, /^warning: The file is truncated: [^\n]+\n$/);
    }),
  );
});

test("stream --network FILE: audio meets what the file says, both ways, and the figures tell", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "net.csv"), "delay_ms\n3\n3\nlost\n3\n");
      const args = ["stream", SPEECH, "--url", server.url, "--out", "back.wav", "--seconds", "0.8"];
      const bad = ["--silence", "0.4", "--network", "net.csv"];
      const { code, stdout, stderr } = await voxwire([...args, ...bad], folder);
      assert.is(code, 0, stderr);
      assert.match(stdout, /network +up: 40 frames, 10 lost; delay 3 ms/);
      assert.match(stdout, /network +down: 30 frames, 7 lost; delay 3 ms/);
      const { network } = JSON.parse((await voxwire([...args, ...bad, "--json"], folder)).stdout);
      assert.is(network.name, "net.csv");
      assert.equal([network.up.media, network.up.lost, network.down.lost], [40, 10, 7]);
    }),
  );
});

test("stream --jitter: the answer is written as a listener hears it, holes filled, without the wait at its end", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, "net.txt"), `${"3\n".repeat(9)}lost\n`);
      const args = ["stream", SPEECH, "--url", server.url, "--out", "back.wav", "--seconds", "1", "--json"];
      const bad = ["--silence", "0.6", "--network", "net.txt", "--jitter"];
      const { code, stdout, stderr } = await voxwire([...args, ...bad], folder);
      assert.is(code, 0, stderr);
      const { jitter, network } = JSON.parse(stdout);
      assert.is(jitter.packetsReceived, network.down.media - network.down.lost);
      assert.ok(jitter.packetsLost >= 1 && jitter.concealmentEvents >= 1);
      const { samples, sampleRate } = await readAudioFile(join(folder, "back.wav"));
      // lost on the way up as well, where nobody knows: what is heard may be shorter, and as much longer as it was late
      const heardMs = (samples.length * 1000) / sampleRate;
      assert.ok(heardMs >= 800 && heardMs < 1550, `${heardMs} ms`);
    }),
  );
});

test("stream --jitter: the wait for more is no hole, and no playout", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      const args = ["stream", SPEECH, "--url", server.url, "--out", "back.wav", "--seconds", "0.5", "--json"];
      const { code, stdout, stderr } = await voxwire([...args, "--silence", "1.5", "--jitter"], folder);
      assert.is(code, 0, stderr);
      const { totalSamplesReceived } = JSON.parse(stdout).jitter;
      const { samples, sampleRate } = await readAudioFile(join(folder, "back.wav"));
      const waitedMs = ((totalSamplesReceived - samples.length) * 1000) / sampleRate;
      assert.ok(Math.abs(waitedMs) <= 200, `${waitedMs} ms more than was written`);
    }),
  );
});

test("stream --json: rates, encoding, frames and id as asked for, and every documented figure", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      const { code, stdout, stderr } = await voxwire(
        [
          ...["stream", SPEECH, "--url", server.url.replace("ws:", "http:"), "--out", "back.wav", "--json"],
          ...["--input-rate", "16000", "--output-rate", "8000", "--encoding", "alaw", "--frame-ms", "10"],
          ...["--id", "me", "--protocol", "fastrtc", "--seconds", "0.3", "--silence", "0.4"],
        ],
        folder,
      );
      assert.is(code, 0, stderr);
      const report = JSON.parse(stdout);
      assert.equal([report.ok, report.end, report.out, report.framesSent], [true, "silence", "back.wav", 30]);
      assert.equal(report.input, { encoding: "alaw", sampleRate: 16000, frameMs: 10 });
      assert.equal(report.output, { encoding: "alaw", sampleRate: 8000, frameMs: 10 });
      for (const key of [
        "durationMs",
        "framesReturned",
        "sentMs",
        "returnedMs",
        "growthMs",
        "growthWindowMs",
      ]) {
        assert.type(report[key], "number", key);
      }
      assert.type(report.pacing.jitterMs.p99, "number");
      assert.is((await readAudioFile(join(folder, "back.wav"))).sampleRate, 8000);
    }),
  );
});

test("stream --protocol decides what is spoken", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      for (const protocol of ["binary", "fastrtc"]) {
        const { code, stdout, stderr } = await voxwire(
          [
            ...["stream", SPEECH, "--url", server.url, "--out", "back.wav", "--protocol", protocol],
            ...["--seconds", "0.2", "--silence", "0.3"],
          ],
          folder,
        );
        assert.is(code, 0, stderr);
        assert.match(stdout, `(${protocol}, mulaw`);
      }
    }),
  );
});

test("stream --normalize brings the loudest sample to the level, -3 dB where none is given", async () => {
  await withServer(new EchoHandler(), (server) =>
    withFolder(async (folder) => {
      const quiet = sine(2400, 400, 8000, 0.01);
      writeFileSync(join(folder, "quiet.wav"), encodeWav(dsp, quiet, { sampleRate: 8000 }));
      const peakDb = async (...normalize: string[]) => {
        const args = ["--url", server.url, "--out", "loud.wav", "--encoding", "pcm16", "--silence", "0.3"];
        const { code, stderr } = await voxwire(["stream", "quiet.wav", ...args, ...normalize], folder);
        assert.is(code, 0, stderr);
        const { samples } = await readAudioFile(join(folder, "loud.wav"));
        return 20 * Math.log10(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
      };
      // resampling to the server's 24 kHz may move the peak a little
      assert.ok(Math.abs((await peakDb("--normalize", "-20")) + 20) < 0.2);
      assert.ok(Math.abs((await peakDb("--normalize")) + 3) < 0.2);
      assert.ok(Math.abs((await peakDb()) + 40) < 0.2);
    }),
  );
});

test("stream: Ctrl-C ends it with 130, and leaves what has come in a file that can be read", async () => {
  let isFlowing: () => void = () => {};
  const flowing = new Promise<void>((resolve) => {
    isFlowing = resolve;
  });
  const handler = new GeneratorHandler(async function* (session: AsyncIterable<AudioFrame>) {
    for await (const frame of session) {
      if (frame.sequence === 10) isFlowing();
      yield frame.samples;
    }
  });
  await withServer(handler, (server) =>
    withFolder(async (folder) => {
      const stream = startVoxwire(["stream", SPEECH, "--url", server.url, "--out", "part.wav"], folder);
      await flowing;
      stream.child.kill("SIGINT");
      const { code, stdout, stderr } = await stream.done;
      assert.is(code, 130, stderr);
      assert.match(stdout, /ended +interrupted/);
      const { samples, warnings } = await readAudioFile(join(folder, "part.wav"));
      assert.is(warnings.length, 0);
      assert.ok(samples.length > 0 && samples.length < 230_000);
    }),
  );
});

test("stream: against an original FastRTC server at the rates it is told, and a note where it is not", async () => {
  const server = await startFakeServer({ answersStart: false });
  await withFolder(async (folder) => {
    const common = ["stream", SPEECH, "--url", server.url, "--seconds", "0.2", "--silence", "0.3"];
    const rates = ["--input-rate", "8000", "--output-rate", "8000"];
    const told = await voxwire([...common, ...rates, "--out", "told.wav"], folder);
    assert.is(told.code, 0, told.stderr);
    assert.is(told.stderr, "");
    assert.match(told.stdout, /frames +10 sent \(0\.20 s\), 10 returned \(0\.20 s\)/);
    const untold = await voxwire([...common, "--legacy", "--out", "untold.wav"], folder);
    assert.is(untold.code, 0, untold.stderr);
    assert.match(untold.stderr, /^note: .*48000 Hz in, 24000 Hz out.*--input-rate/);
    const start = server.messages.filter(({ event }) => event === "start").at(-1);
    assert.is(start.format, undefined);
  });
  await server.close();
});

test("stream: a server that is not there, is none, or never answers is exit code 1", async () => {
  const web = createServer((_request, response) => response.writeHead(404).end("no such page"));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as { port: number };
  const mute = await startFakeServer({ echoes: false });
  await withFolder(async (folder) => {
    const stream = (url: string) =>
      voxwire(
        ["stream", SPEECH, "--url", url, "--out", "x.wav", "--seconds", "0.1", "--silence", "0.2"],
        folder,
      );
    const nobody = await stream("ws://127.0.0.1:1");
    assert.is(nobody.code, 1);
    assert.match(
      nobody.stderr,
      /^error: Nothing answers at ws:\/\/127\.0\.0\.1:1\S* Is the server running[^\n]*\n$/,
    );
    const page = await stream(`http://127.0.0.1:${port}`);
    assert.is(page.code, 1);
    assert.match(page.stderr, /^error: [^\n]*404[^\n]*\n$/);
    const silent = await stream(mute.url);
    assert.is(silent.code, 1);
    assert.match(silent.stderr, /^error: No audio came back within 0\.2 s after the last frame\./);
    for (const [sampleRate, samples, message] of [
      [8000, 0, /^error: "made\.wav" holds no audio\. [^\n]+\n$/],
      [1000, 500, /^error: "made\.wav" has 1000 Hz; from 4000 to 192000 Hz are taken\. [^\n]+\n$/],
    ] as const) {
      const made = await createWavFile(join(folder, "made.wav"), { sampleRate });
      await made.write(new Int16Array(samples));
      await made.close();
      const outcome = await voxwire(["stream", "made.wav", "--url", mute.url, "--out", "x.wav"], folder);
      assert.is(outcome.code, 1);
      assert.match(outcome.stderr, message);
    }
    const missing = await voxwire(["stream", "nix.wav", "--url", mute.url, "--out", "x.wav"], folder);
    assert.is(missing.code, 1);
    assert.match(missing.stderr, /"nix\.wav" does not exist/);
  });
  await mute.close();
  await new Promise((resolve) => web.close(resolve));
});

test("stream: a handler that fails is reported, exit code 1, and what came before is kept", async () => {
  const handler = new GeneratorHandler(async function* (session: AsyncIterable<{ samples: Int16Array }>) {
    let n = 0;
    for await (const frame of session) {
      if (n++ === 5) throw new Error("out of ideas");
      yield frame.samples;
    }
  });
  const server = await serve({ handler, port: 0, logger: { info() {}, warn() {}, error() {} } });
  await withFolder(async (folder) => {
    const args = ["stream", SPEECH, "--url", server.url, "--out", "x.wav", "--seconds", "1"];
    const { code, stderr } = await voxwire(args, folder);
    assert.is(code, 1);
    assert.match(stderr, /^error: [^\n]*handler[^\n]*\n$/);
    assert.ok((await readAudioFile(join(folder, "x.wav"))).samples.length > 0);
  });
  await server.close();
});

test("stream: a server that has said all it had to say may hang up: exit code 0", async () => {
  const greeting = new Int16Array(2400).fill(1000);
  const handler = new GeneratorHandler(async function* () {
    yield greeting;
  });
  await withServer(handler, (server) =>
    withFolder(async (folder) => {
      const { code, stdout, stderr } = await voxwire(
        ["stream", SPEECH, "--url", server.url, "--out", "x.wav", "--encoding", "pcm16"],
        folder,
      );
      assert.is(code, 0, stderr);
      assert.match(stdout, /ended +the server ended the session/);
      sameSamples(dsp.pcm.floatToInt16((await readAudioFile(join(folder, "x.wav"))).samples), greeting);
    }),
  );
});

test("stream: a server that hangs up without a sound is exit code 1", async () => {
  const handler = new GeneratorHandler(async function* () {});
  await withServer(handler, (server) =>
    withFolder(async (folder) => {
      const { code, stderr } = await voxwire(
        ["stream", SPEECH, "--url", server.url, "--out", "x.wav"],
        folder,
      );
      assert.is(code, 1);
      assert.match(
        stderr,
        /^error: The server ended the session without any audio\. Its log may say why\.\n$/,
      );
    }),
  );
});

test.run();
