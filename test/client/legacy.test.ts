import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples, sine, snrDb } from "../samples.ts";
import { startFakeServer } from "./fake-server.ts";

const dsp = loadDspSync();
const legacy = { inputRate: 8000, outputRate: 8000 };

test("an original server that ignores format gets mu-law at the rates the caller states", async () => {
  const server = await startFakeServer({ answersStart: false });
  const client = await connect(server.url, { legacy, startedTimeoutMs: 20 });
  assert.is(client.session.isLegacy, true);
  const samples = dsp.pcm.floatToInt16(sine(1600, 300, 8000));
  await client.stream({ samples, sampleRate: 8000 }, { pace: "fast" });
  const received: number[] = [];
  for await (const frame of client) {
    received.push(...frame.samples);
    if (received.length === 1600) break;
  }
  sameSamples(received, dsp.mulaw.decode(dsp.mulaw.encode(samples)));
  await client.close();
  await server.close();
});

for (const sampleFormat of ["int16", "float32"] as const) {
  test(`${sampleFormat}: any rate goes in and comes out, resampled here where the server does not`, async () => {
    const server = await startFakeServer();
    const client = await connect(server.url, { format: "legacy", legacy, sampleRate: 16000, sampleFormat });
    const clip = { samples: sine(48000 / 2, 300, 48000), sampleRate: 48000 };
    const summary = await client.stream(clip, { pace: "fast" });
    assert.is(summary.samplesSent, 4000);
    await server.waitFor(() => server.messages.filter(({ event }) => event === "media").length === 25);
    const mark = server.waitFor(({ event }) => event === "stop");
    const closing = client.close();
    await mark;
    await closing;
    const received: number[] = [];
    for await (const frame of client) {
      assert.is(frame.sampleRate, 16000);
      assert.is(frame.timestamp, received.length);
      received.push(...frame.samples);
    }
    // 25 frames of 160 at 8 kHz, exactly twice as many at 16 kHz.
    assert.is(received.length, 8000);
    const scale = sampleFormat === "int16" ? 1 / 32768 : 1;
    const expected = sine(8000, 300, 16000);
    const inner = (samples: ArrayLike<number>) => Array.from(samples).slice(800, 7200);
    const quality = snrDb(inner(received.map((sample) => sample * scale)), inner(expected));
    assert.ok(quality > 30, `${quality} dB`);
    await server.close();
  });
}

test("a rate that the server is asked for is not taken for an original server's", async () => {
  const server = await startFakeServer({ answersStart: false });
  const client = await connect(server.url, { sampleRate: 16000, startedTimeoutMs: 20 });
  assert.is(server.messages[0].format.output.sample_rate, 16000);
  assert.equal([client.session.input.sampleRate, client.session.output.sampleRate], [48000, 24000]);
  await client.close();
  await server.close();
});

test.run();
