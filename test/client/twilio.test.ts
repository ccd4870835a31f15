import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type WebSocket, WebSocketServer } from "ws";
import { connect } from "../../src/client.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples, sine } from "../samples.ts";

type Message = Record<string, unknown> & { event: string; media: Record<string, string> };

/** A server of telephone calls that keeps what it hears and echoes media as Twilio expects it. */
async function answerCalls() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const heard: Message[] = [];
  const paths: string[] = [];
  server.on("connection", (socket: WebSocket, request) => {
    paths.push(request.url ?? "");
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Message;
      heard.push(message);
      if (message.event === "media") {
        const { streamSid } = message;
        socket.send(JSON.stringify({ event: "media", streamSid, media: { payload: message.media.payload } }));
      }
      if (message.event === "stop") socket.close(1000);
    });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, paths, server };
}

test("a telephone call: every message counted as Twilio counts, 8 kHz mu-law, echo sample for sample", async () => {
  const phone = await answerCalls();
  const client = await connect(`${phone.url}/telephone/handler`, { id: "MZ1", params: { name: "Ada" } });
  assert.is(client.session.input.sampleRate, 8000);
  const received: number[] = [];
  const done = (async () => {
    for await (const frame of client) received.push(...frame.samples);
  })();
  const dsp = loadDspSync();
  const speech = sine(8000 / 2, 440, 8000);
  await client.stream({ samples: speech, sampleRate: 8000, channels: 1 }, { pace: "fast" });
  await client.close({ drain: true });
  await done;
  phone.server.close();

  assert.equal(phone.paths, ["/telephone/handler"]);
  const [connected, start, ...rest] = phone.heard;
  assert.equal(connected, { event: "connected", protocol: "Call", version: "1.0.0" });
  assert.is(start?.event, "start");
  assert.is(start?.streamSid, "MZ1");
  assert.is(start?.sequenceNumber, "1");
  assert.equal((start?.start as Record<string, unknown> | undefined)?.customParameters, {
    name: "Ada",
  });
  const media = rest.filter((message) => message.event === "media");
  assert.is(media.length, 25);
  media.forEach((message, n) => {
    assert.is(message.sequenceNumber, String(n + 2));
    assert.is(message.streamSid, "MZ1");
    const { payload, ...count } = message.media;
    assert.equal(count, { track: "inbound", chunk: String(n + 1), timestamp: String(n * 20) });
    assert.is(Buffer.from(payload ?? "", "base64").length, 160);
  });
  assert.is(rest.at(-1)?.event, "stop");
  assert.not.ok(phone.heard.some((message) => message.event === "ping"));
  const expected = dsp.mulaw.decode(dsp.mulaw.encode(dsp.pcm.floatToInt16(speech)));
  sameSamples(received, expected);
});

test("protocol twilio adds the telephone route to a base URL", async () => {
  const phone = await answerCalls();
  const client = await connect(phone.url, { protocol: "twilio" });
  await client.close();
  phone.server.close();
  assert.equal(phone.paths, ["/telephone/handler"]);
});

test.run();
