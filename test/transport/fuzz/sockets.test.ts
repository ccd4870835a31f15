/** A sample of the storms over real sockets, several connections at once: what ends, ends by itself, and the others hear nothing. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { EchoHandler, type Logger, serve, silentLogger } from "../../../src/server.ts";
import { Bystander } from "../faults/bystander.ts";
import {
  FASTRTC_MESSAGES,
  jsonMessages,
  packets,
  rawAudioMessages,
  type Sent,
  startOf,
  TWILIO_MESSAGES,
  VONAGE_MESSAGES,
} from "./messages.ts";

const RUNS = 60;
const PROTOCOLS: readonly [string, string, string | undefined, fc.Arbitrary<Sent>, (id: string) => Sent][] = [
  ["FastRTC", "/websocket/offer", undefined, jsonMessages(FASTRTC_MESSAGES), startOf.fastrtc],
  ["binary", "/stream", "voxwire.v1", packets(), startOf.binary],
  ["Twilio", "/telephone/handler", undefined, jsonMessages(TWILIO_MESSAGES), startOf.twilio],
  ["Vonage", "/vonage", undefined, rawAudioMessages(VONAGE_MESSAGES), startOf.vonage],
];
let ids = 0;

for (const [name, path, subprotocol, messages, start] of PROTOCOLS) {
  test(`${name}: ${RUNS} times three connections of forty messages each`, async () => {
    const failures: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (message, fields) => void failures.push([message, fields]),
    };
    const rates = { inputRate: 8000, outputRate: 8000, resumeWindowMs: 50 };
    const server = await serve({ port: 0, handler: EchoHandler, logger, ...rates });
    const bystander = await Bystander.enter(server.url, "bystander");
    const converse = async (batch: readonly Sent[]) => {
      const socket = new WebSocket(server.url + path, subprotocol === undefined ? [] : [subprotocol]);
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => {});
      for (const { bytes, isBinary } of [start(`peer${ids++}`), ...batch]) {
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes, { binary: isBinary });
      }
      if (batch.length % 2 === 0) socket.close();
      else socket.terminate();
      await closed;
    };
    const batch = fc.array(messages, { minLength: 30, maxLength: 41 });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 3, maxLength: 3 }), async (batches) => {
        await Promise.all(batches.map(converse));
        assert.equal(failures, []);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    while (server.metrics.connections > 1 || server.sessions.size > 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await bystander.leave();
    assert.ok(bystander.echoes > 0 && server.metrics.badMessages > 100);
    await server.close({ drainMs: 0 });
  });
}

test.run();
