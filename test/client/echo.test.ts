import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples, sine } from "../samples.ts";
import { startFakeServer } from "./fake-server.ts";

const dsp = loadDspSync();

/** What G.711 leaves of samples. */
const throughMulaw = (pcm: Int16Array) => dsp.mulaw.decode(dsp.mulaw.encode(pcm));

test("a clip that is streamed to an echo comes back sample for sample", async () => {
  const server = await startFakeServer();
  const client = await connect(server.url, { measureRoundTrip: true });
  const samples = dsp.pcm.floatToInt16(sine(8000 / 4, 440, 8000));
  const summary = await client.stream({ samples, sampleRate: 8000 });
  assert.is(summary.framesSent, 13);
  assert.is(summary.samplesSent, 2000);
  assert.is(summary.durationMs, 250);
  const received: number[] = [];
  for await (const frame of client) {
    assert.is(frame.timestamp, received.length);
    assert.is(frame.samples.length, 160);
    received.push(...frame.samples);
    if (received.length === 13 * 160) break;
  }
  const padded = new Int16Array(13 * 160);
  padded.set(samples);
  sameSamples(received, throughMulaw(padded));
  assert.is(client.stats.roundTrip.count, 13);
  const info = await client.close();
  assert.is(info.code, 1000);
  assert.ok(info.isExpected);
  await server.close();
});

for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
  test(`${encoding}: live audio of any lengths comes back as frames of one length`, async () => {
    const server = await startFakeServer();
    const direction = { encoding, sampleRate: 16000, frameMs: 10 };
    const client = await connect(server.url, { format: { input: direction, output: direction } });
    const samples = dsp.pcm.floatToInt16(sine(1600, 300, 16000));
    for (let at = 0, n = 1; at < samples.length; at += n, n = (n * 7) % 311)
      client.send(samples.subarray(at, at + n));
    const received: number[] = [];
    for await (const frame of client) {
      received.push(...frame.samples);
      if (received.length === 1600) break;
    }
    const expected = encoding === "pcm16" ? samples : dsp[encoding].decode(dsp[encoding].encode(samples));
    sameSamples(received, expected);
    await client.close();
    await server.close();
  });
}

test.run();
