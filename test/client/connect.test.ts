import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connectError } from "../../src/client/connect-errors.ts";
import { explainFailure } from "../../src/client/explain-failure.ts";
import { type ConnectOptions, connect, createNodeSocketFactory } from "../../src/client.ts";
import type { VoxwireError } from "../../src/index.ts";
import { startFakeServer } from "./fake-server.ts";

const failure = async (url: string, options: ConnectOptions = {}): Promise<VoxwireError> =>
  await connect(url, options).then(
    () => assert.unreachable("it connected"),
    (error) => error,
  );

test("a port where nothing listens is named, with the line that starts a server", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  listener.close();
  await once(listener, "close");
  const error = await failure(`ws://127.0.0.1:${port}?token=secret`);
  assert.is(error.code, "ERR_CONNECT");
  assert.match(error.message, `127.0.0.1:${port}`);
  assert.not.match(error.message, "secret");
  assert.match(error.hint, `port ${port}`);
});

for (const [status, body, hint] of [
  [401, "who are you", "credentials"],
  [403, "origin not allowed", "refuses"],
  [404, "nothing here", "route"],
  [503, "full: 10 of 10", "later"],
  [408, "too slow", "more to do"],
  [500, "", "address"],
] as const) {
  test(`an upgrade that is answered ${status} says so, with what the server said`, async () => {
    const server = await startFakeServer({ refuses: { status, body } });
    const error = await failure(server.url);
    assert.is(error.code, "ERR_CONNECT");
    assert.match(error.message, String(status));
    if (body !== "") assert.match(error.message, body);
    assert.match(error.hint, hint);
    await server.close();
  });
}

test("each kind of failure has its own explanation, without what may be secret", () => {
  const url = "wss://user:pw@voice.example/a?token=x";
  const explained = (code: string, message: string) =>
    connectError(url, { code, message, explanation: explainFailure(url, { code, message }) });
  for (const [code, seen] of [
    ["ENOTFOUND", /voice\.example could not be found/],
    ["EAI_AGAIN", /voice\.example could not be found/],
    ["ETIMEDOUT", /could not be reached/],
    ["EPROTO", /does not speak TLS/],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      /certificate of wss:\/\/voice\.example\/a is not to be trusted: odd things\./,
    ],
    ["CERT_HAS_EXPIRED", /certificate/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /certificate/],
    ["HPE_INVALID_CONSTANT", /not as a web server does/],
    ["ECONNRESET", /closed the connection without an answer/],
    ["", /odd things/],
  ] as const) {
    const error = explained(code, "odd things");
    assert.match(error.message, seen);
    assert.ok(error.hint !== "");
    assert.not.match(error.describe(), /pw|token/);
  }
  assert.match(explained("ECONNREFUSED", "").hint, "port 443");
  const plain = connectError(url, { code: "", message: "odd things" });
  assert.match(plain.message, /voice\.example.*odd things/);
  assert.match(plain.hint, "port 443");
});

test("a redirection says where it leads, without its query", async () => {
  const http = createHttpServer();
  http.on("upgrade", (_, socket) =>
    socket.end(
      "HTTP/1.1 301 Moved\r\nLocation: https://new.example/voice?token=secret\r\nContent-Length: 0\r\n\r\n",
    ),
  );
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as { port: number };
  const error = await failure(`ws://127.0.0.1:${port}`);
  assert.match(error.message, /answered 301.*https:\/\/new\.example\/voice$/);
  assert.match(error.hint, /not followed/);
  http.close();
  await once(http, "close");
});

test("TLS that nobody vouches for, and none where there is some: each says what it is", async () => {
  const [cert, key] = await Promise.all(
    ["cert", "key"].map((name) => readFile(`test/golden/tls/${name}.pem`)),
  );
  const https = createHttpsServer({ cert: cert!, key: key! }).listen(0, "127.0.0.1");
  await once(https, "listening");
  const { port } = https.address() as { port: number };
  const untrusted = await failure(`wss://127.0.0.1:${port}`);
  assert.is(untrusted.code, "ERR_CONNECT");
  assert.match(untrusted.message, /certificate/);
  const plain = await failure(`ws://127.0.0.1:${port}`);
  assert.match(plain.hint, /wss:/);
  https.close();
  https.closeAllConnections();
  await once(https, "close");
});

test("a server that takes the connection and says nothing is given up in time", async () => {
  const mute = createServer().listen(0, "127.0.0.1");
  await once(mute, "listening");
  const connections: { destroy(): void }[] = [];
  mute.on("connection", (socket) => connections.push(socket));
  const { port } = mute.address() as { port: number };
  const error = await failure(`ws://127.0.0.1:${port}`, { connectTimeoutMs: 50 });
  assert.is(error.code, "ERR_TIMEOUT");
  for (const socket of connections) socket.destroy();
  mute.close();
  await once(mute, "close");
});

test("an answer that is no HTTP at all is an error of the connection", async () => {
  const wrong = createServer((socket) => socket.resume().end("220 mail ready\r\n")).listen(0, "127.0.0.1");
  await once(wrong, "listening");
  const { port } = wrong.address() as { port: number };
  assert.is((await failure(`ws://127.0.0.1:${port}`)).code, "ERR_CONNECT");
  wrong.close();
  await once(wrong, "close");
});

test("id, parameters, query and headers reach the server", async () => {
  let seen = { url: "", header: "" };
  const server = await startFakeServer({
    resumeToken: "t1",
    onConnection: (_socket, request) => {
      seen = { url: request.url ?? "", header: String(request.headers.authorization) };
    },
  });
  const client = await connect(`${server.url}/base?room=7`, {
    id: "a1",
    params: { language: "en" },
    socketFactory: createNodeSocketFactory({ headers: { authorization: "Bearer t" } }),
  });
  assert.equal(seen, { url: "/base/websocket/offer?room=7", header: "Bearer t" });
  const start = server.messages[0];
  assert.equal([start.webrtc_id, start.websocket_id, start.params], ["a1", "a1", { language: "en" }]);
  assert.is(client.session.resumeToken, "t1");
  await client.close();
  await server.close();
});

test("ids are random where none is given, and checked where one is", async () => {
  const server = await startFakeServer();
  const clients = await Promise.all(Array.from({ length: 8 }, () => connect(server.url)));
  assert.is(new Set(clients.map(({ id }) => id)).size, 8);
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
  for (const id of ["", "a\nb", "x".repeat(129)]) {
    assert.is((await failure("ws://h", { id })).code, "ERR_ID_INVALID");
  }
});

test("wrong options are refused before anything is opened, by name", async () => {
  const wrong: [unknown, string][] = [
    [{ protocol: "morse" }, "protocol"],
    [{ format: "telephone" }, "format"],
    [{ format: { input: { encoding: "opus" } } }, "format.input.encoding"],
    [{ format: { output: { frameMs: 1 } } }, "format.output.frameMs"],
    [{ sampleRate: 8 }, "sampleRate"],
    [{ sampleFormat: "int24" }, "sampleFormat"],
    [{ legacy: { inputRate: 1 } }, "legacy.inputRate"],
    [{ params: { n: 7 } }, "params.n"],
    [{ connectTimeoutMs: 0 }, "connectTimeoutMs"],
    [{ heartbeat: { intervalMs: 0 } }, "heartbeat.intervalMs"],
    [{ maxReceiveQueueMs: Number.NaN }, "maxReceiveQueueMs"],
  ];
  for (const [options, name] of wrong) {
    const socketFactory = () => {
      throw new Error("a socket was opened");
    };
    const error = await failure("ws://h", { ...(options as ConnectOptions), socketFactory });
    assert.match(error.message, name);
  }
});

test("a server that speaks before the listener is awaited is heard by options.on", async () => {
  const server = await startFakeServer({
    onMessage: (message, socket) => {
      if (message.event !== "start") return;
      queueMicrotask(() => socket.send('{"type":"send_input","data":"x"}'));
    },
  });
  const notice = new Promise((resolve) => {
    void connect(server.url, { on: { notice: resolve } }).then((client) => client.closed);
  });
  assert.equal(await notice, { type: "send_input", data: "x" });
  await server.close();
});

test.run();
