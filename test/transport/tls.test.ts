/** TLS, by the server itself. */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { sameSamples } from "../samples.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const cert = readFileSync(new URL("../golden/tls/cert.pem", import.meta.url));
const key = readFileSync(new URL("../golden/tls/key.pem", import.meta.url), "utf8");
const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);
const options = { port: 0, handler: EchoHandler, inputRate: 8000, outputRate: 8000, logger: silentLogger };

test("a call over wss: its audio, its pages, and its end", async () => {
  const server = await serve({ ...options, tls: { cert, key } });
  await withServer(server, async () => {
    assert.match(server.url, /^wss:\/\/127\.0\.0\.1:\d+$/);
    const client = await RawClient.open(server.url, { ca: cert });
    client.send({ event: "start", websocket_id: "a" });
    for (let i = 0; i < 20; i++) client.sendMedia(FRAME);
    sameSamples((await client.nextAudio(20 * 160)).subarray(0, 160), throughMulaw(FRAME));
    const status = await new Promise((resolve, reject) => {
      request(`${server.url.replace("wss", "https")}/health`, { ca: cert }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    assert.is(status, 200);
    client.send({ event: "stop" });
    assert.is((await client.closed).code, 1000);
  });
});

test("a client that speaks no TLS, or never finishes its handshake, harms nobody", async () => {
  const server = await serve({ ...options, tls: { cert, key }, handshakeTimeoutMs: 200 });
  await withServer(server, async () => {
    const plain = connect(server.port, "127.0.0.1");
    plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const silent = connect(server.port, "127.0.0.1");
    for (const socket of [plain, silent]) {
      socket.on("error", () => {}).resume();
      await new Promise((resolve) => socket.once("close", resolve));
    }
    await (await RawClient.open(server.url, { ca: cert })).leave();
  });
});

test.run();
