import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { connect, createBrowserSocketFactory } from "../../src/client-browser.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples, sine } from "../samples.ts";
import { startFakeServer } from "./fake-server.ts";

const dsp = loadDspSync();

/** `ws` has the standard's interface too; what it is sent is written down. */
function standIn() {
  const sent: unknown[] = [];
  class Recording extends WebSocket {
    override send(data: never): void {
      sent.push(data);
      super.send(data);
    }
  }
  return { sent, socketFactory: createBrowserSocketFactory(Recording as never) };
}

test("over the standard's WebSocket everything is text, and an echo comes back sample for sample", async () => {
  const server = await startFakeServer();
  const { sent, socketFactory } = standIn();
  const client = await connect(server.url, { socketFactory });
  const samples = dsp.pcm.floatToInt16(sine(800, 440, 8000));
  await client.stream({ samples, sampleRate: 8000 }, { pace: "fast" });
  const received: number[] = [];
  for await (const frame of client) {
    received.push(...frame.samples);
    if (received.length === 800) break;
  }
  sameSamples(received, dsp.mulaw.decode(dsp.mulaw.encode(samples)));
  assert.ok(sent.every((data) => typeof data === "string"));
  const info = await client.close();
  assert.is(info.code, 1000);
  await server.close();
});

test("a page is not told why a connection fails, but what to look at", async () => {
  const server = await startFakeServer({ refuses: { status: 503, body: "full" } });
  const { socketFactory } = standIn();
  const error = await connect(server.url, { socketFactory }).catch((cause) => cause);
  assert.is(error.code, "ERR_CONNECT");
  assert.match(error.message, "console");
  await server.close();
});

test("a path is no source where there are no files", async () => {
  const server = await startFakeServer();
  const { socketFactory } = standIn();
  const client = await connect(server.url, { socketFactory });
  const error = await client.stream("speech.wav").catch((cause) => cause);
  assert.is(error.code, "ERR_CONFIG");
  assert.match(error.hint, "samples");
  await client.close();
  await server.close();
});

test("binary messages are reported and left out", async () => {
  const server = await startFakeServer();
  const { socketFactory } = standIn();
  const client = await connect(server.url, { socketFactory });
  const warning = new Promise<{ message: string }>((resolve) => client.once("warning", resolve));
  server.sockets[0]!.send(Buffer.from([1, 2, 3]));
  assert.match((await warning).message, "3 bytes");
  assert.is(client.state, "started");
  await client.close();
  await server.close();
});

test.run();
