/** A server process that dies, or is asked to go, with calls open: what each kind of client sees. */
import { createServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { type Client, type CloseInfo, connect } from "../../src/client.ts";
import { type Running, startVoxwire } from "../cli/run-cli.ts";
import { RawClient } from "./raw-client.ts";
import { VonageLine } from "./vonage-line.ts";

/** A port that was free a moment ago: the server that follows on it has to find it again. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function started(port: number): Promise<{ process: Running; url: string }> {
  const args = ["serve", "--port", String(port), "--rate", "8000", "--frame-ms", "20", "--quiet"];
  const process = startVoxwire(args);
  const [url] = await process.waitFor(/ws:\/\/[\d.:]+\d/);
  return { process, url };
}

async function twilioCall(url: string): Promise<WebSocket> {
  const call = new WebSocket(`${url}/telephone/handler`);
  await new Promise((resolve, reject) => call.once("open", resolve).once("error", reject));
  call.send('{"event":"start","start":{"streamSid":"MZ1"}}');
  return call;
}

/** One client of each kind, each with a session. */
async function everyKind(url: string, reconnect: boolean) {
  const plain = await RawClient.open(url);
  plain.send({ event: "start", websocket_id: "plain" });
  const extended = await RawClient.open(url);
  extended.send({ event: "start", websocket_id: "extended", format: {} });
  await Promise.all([plain.sync(), extended.sync()]);
  const phone = await twilioCall(url);
  const vonage = await VonageLine.call(url, 8000);
  vonage.speak(new Int16Array(160));
  await vonage.hear(160);
  const ours = await connect(url, { reconnect });
  return { plain, extended, phone, vonage, ours };
}

function closing(client: Client): Promise<CloseInfo> {
  return new Promise((resolve) => client.once("close", resolve));
}

const codeOf = (socket: WebSocket) => new Promise<number>((resolve) => socket.once("close", resolve));

test("killed: every client sees a lost connection (1006), ours an error with a code and a hint", async () => {
  const { process, url } = await started(0);
  const { plain, extended, phone, vonage, ours } = await everyKind(url, false);
  const phoneClosed = codeOf(phone);
  const closed = closing(ours);
  const iterated = (async () => {
    for await (const _ of ours);
  })().catch((reason: unknown) => reason);
  process.child.kill("SIGKILL");
  assert.is((await plain.closed).code, 1006);
  assert.is((await extended.closed).code, 1006);
  assert.is(await phoneClosed, 1006);
  assert.is(await vonage.closed, 1006);
  const { code, isExpected, error } = await closed;
  assert.is(code, 1006);
  assert.not(isExpected);
  assert.match(error?.code ?? "", /^ERR_/);
  assert.ok((error?.hint ?? "").length > 0);
  assert.is(await iterated, error, "the iterator ends with the error");
  assert.is((await process.done).code, null);
});

test("killed and started again: a client that comes back is told that its session is gone, and a new one is taken", async () => {
  const port = await freePort();
  const first = await started(port);
  const client = await connect(first.url);
  const lost = new Promise((resolve) => client.once("reconnecting", resolve));
  const closed = closing(client);
  first.process.child.kill("SIGKILL");
  await lost;
  await first.process.done;
  const second = await started(port);
  const { code, error } = await closed;
  assert.is(code, 1006, "how it was lost");
  // the new server's word, or none where it took too long to start
  assert.ok(["ERR_RESUME", "ERR_CONNECT"].includes(error?.code ?? ""), error?.code);
  const again = await connect(second.url);
  await again.close();
  second.process.child.kill("SIGTERM");
  assert.is((await second.process.done).code, 0);
});

test("SIGTERM: every client is told (1001), FastRTC's and ours with a last word, and the process exits with 0", async () => {
  const { process, url } = await started(0);
  const { plain, extended, phone, vonage, ours } = await everyKind(url, false);
  const phoneClosed = codeOf(phone);
  const closed = closing(ours);
  process.child.kill("SIGTERM");
  for (const client of [plain, extended]) {
    assert.is((await client.closed).code, 1001);
    assert.is(client.received.at(-1)?.json.type, "end_stream");
  }
  assert.is(await phoneClosed, 1001);
  assert.is(await vonage.closed, 1001);
  assert.is((await closed).code, 1001);
  assert.is((await process.done).code, 0);
});

test.run();
