/** The whole way over a real socket: client text, server, echo handler, and back. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { random, sameSamples } from "../samples.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

function noise(n: number, seed: number): Int16Array {
  const next = random(seed);
  return Int16Array.from({ length: n }, () => Math.round((next() - 0.5) * 65535));
}

const options = {
  port: 0,
  handler: new EchoHandler(),
  inputRate: 8000,
  outputRate: 8000,
  logger: silentLogger,
};

test("an echo comes back sample for sample, whatever the lengths of the messages", async () => {
  await withServer(await serve(options), async (server) => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    const samples = noise(1600, 1);
    let at = 0;
    for (const n of [160, 0, 1, 159, 320, 7, 473, 480]) {
      client.sendMedia(samples.subarray(at, at + n));
      at += n;
    }
    sameSamples(await client.nextAudio(1600), throughMulaw(samples));
    assert.ok(client.received.every(({ json }) => json.event === "media"));
    client.send({ event: "stop" });
    assert.is((await client.closed).code, 1000);
  });
});

test("the ten-line form echoes, as int16 and as float32, and needs no annotation", async () => {
  const servers = [
    await serve({
      ...options,
      handler: async function* (session) {
        for await (const frame of session) yield frame;
      },
    }),
    await serve({
      ...options,
      sampleFormat: "float32",
      handler: async function* (session) {
        for await (const { samples } of session) {
          const floats: Float32Array = samples;
          yield floats;
        }
      },
    }),
  ];
  for (const server of servers) {
    await withServer(server, async () => {
      const client = await RawClient.open(server.url);
      client.send({ event: "start", websocket_id: "a" });
      const samples = noise(800, 7);
      for (let at = 0; at < 800; at += 160) client.sendMedia(samples.subarray(at, at + 160));
      sameSamples(await client.nextAudio(800), throughMulaw(samples));
    });
  }
});

test("frames of every size of WebSocket header come back whole: 5 ms at 4 kHz to 500 ms at 192 kHz", async () => {
  const server = await serve({ port: 0, handler: new EchoHandler({ maxMs: 1000 }), logger: silentLogger });
  await withServer(server, async () => {
    for (const [sample_rate, frame_ms] of [
      [4000, 5],
      [4000, 17],
      [8000, 20],
      [48_000, 500],
      [192_000, 500],
    ] as const) {
      const direction = { encoding: "pcm16", sample_rate, frame_ms };
      const client = await RawClient.open(server.url);
      client.send({ event: "start", webrtc_id: "a", format: { input: direction, output: direction } });
      // 100 ms a message: the longest ones would not fit the server's bound
      const samples = noise(sample_rate / 2, sample_rate);
      for (let at = 0; at < samples.length; at += sample_rate / 10) {
        const part = samples.subarray(at, at + sample_rate / 10);
        const payload = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64");
        client.send({ event: "media", media: { payload } });
      }
      const bytes: Buffer[] = [];
      const whole = Math.floor(500 / frame_ms) * frame_ms * (sample_rate / 1000);
      for (let n = 0; n < whole; n += bytes.at(-1)!.length / 2) {
        const { media } = (await client.next(({ json }) => json.event === "media")).json;
        bytes.push(Buffer.from(media.payload, "base64"));
      }
      const all = Uint8Array.from(Buffer.concat(bytes));
      sameSamples(new Int16Array(all.buffer).subarray(0, whole), samples.subarray(0, whole));
      await client.leave();
      while (server.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

test("200 clients at once each hear themselves and nobody else", async () => {
  await withServer(await serve(options), async (server) => {
    const clients = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const client = await RawClient.open(server.url);
        client.send({ event: "start", websocket_id: `client-${i}` });
        return { client, samples: noise(1600, i + 1) };
      }),
    );
    await Promise.all(clients.map(({ client }) => client.sync()));
    assert.is(server.sessions.size, 200);
    for (let at = 0; at < 1600; at += 160) {
      for (const { client, samples } of clients) client.sendMedia(samples.subarray(at, at + 160));
      // a turn for the sockets, so that the streams interleave
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const { client, samples } of clients)
      sameSamples(await client.nextAudio(1600), throughMulaw(samples));
    await Promise.all(clients.map(({ client }) => client.leave()));
  });
});

test("two servers and a hundred sessions leave the audio memory as it was", async () => {
  const { loadDsp } = await import("../../src/dsp/dsp.ts");
  const dsp = await loadDsp();
  const before = dsp.memory;
  for (let round = 0; round < 2; round++) {
    const server = await serve({ ...options, dsp });
    const clients = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const client = await RawClient.open(server.url);
        const format = {
          input: { sample_rate: 8000 },
          output: { encoding: "alaw", frame_ms: 10 + (i % 50) },
        };
        client.send({ event: "start", webrtc_id: `${i}`, format });
        await client.sync();
        return client;
      }),
    );
    await server.close();
    await Promise.all(clients.map((client) => client.closed));
  }
  assert.equal(dsp.memory, before);
});

test.run();
