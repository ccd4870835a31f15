/** The binary protocol over real sockets, and the way back to JSON where a server does not speak it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { connect } from "../../src/client.ts";
import { VirtualClock } from "../../src/core/clock.ts";
import { loadDspSync } from "../../src/index.ts";
import { EchoHandler, type ServeOptions, type Session, serve, silentLogger } from "../../src/server.ts";
import { sameSamples, sine } from "../samples.ts";
import { startFakeServer } from "./fake-server.ts";
import { receive } from "./receive.ts";
import { ScriptedSocket } from "./scripted-socket.ts";

const dsp = loadDspSync();

async function withServer(
  options: Partial<Pick<ServeOptions, "inputRate" | "outputRate">> & { handler?: EchoHandler },
  body: (url: string) => Promise<void>,
): Promise<void> {
  const server = await serve({ port: 0, handler: new EchoHandler(), logger: silentLogger, ...options });
  try {
    await body(server.url);
  } finally {
    await server.close();
  }
}

for (const protocol of ["binary", "fastrtc", undefined] as const) {
  for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
    test(`${protocol ?? "by default"}, ${encoding}: audio through the echo comes back sample for sample`, async () => {
      await withServer({}, async (url) => {
        const direction = { encoding, sampleRate: 16000, frameMs: 20 };
        const format = { input: direction, output: direction };
        const client = await connect(url, { format, ...(protocol !== undefined && { protocol }) });
        assert.is(client.session.protocol, protocol ?? "binary");
        assert.equal([client.session.isLegacy, client.session.input], [false, direction]);
        const samples = dsp.pcm.floatToInt16(sine(3200, 300, 16000));
        client.send(samples);
        const coded = encoding === "pcm16" ? samples : dsp[encoding].decode(dsp[encoding].encode(samples));
        sameSamples(await receive(client, 3200), coded);
        assert.is(await client.mark("all of it"), true);
        assert.is((await client.close()).code, 1000);
      });
    });
  }
}

test("a server that does not know the route is spoken to in JSON, on one new connection", async () => {
  const paths: string[] = [];
  const server = await startFakeServer({ onConnection: (_, request) => paths.push(request.url ?? "") });
  const client = await connect(`${server.url}/base`);
  assert.equal(paths, ["/base/websocket/offer"]);
  assert.is(client.session.protocol, "fastrtc");
  assert.match(client.url, /websocket\/offer$/);
  await client.close();
  await server.close();
});

test("a refusal that holds for every route is the end of it", async () => {
  for (const status of [401, 429, 503]) {
    const tried: string[] = [];
    const socketFactory: NonNullable<Parameters<typeof connect>[1]>["socketFactory"] = (url, listener) => {
      tried.push(url);
      queueMicrotask(() => {
        listener.onError({ message: "refused", code: "", status, body: "no" });
        listener.onClose(1006, "");
      });
      return { bufferedBytes: 0, send() {}, close() {}, terminate() {} };
    };
    const error = await connect("ws://h", { socketFactory }).catch((cause) => cause);
    assert.is(error.code, "ERR_CONNECT");
    assert.equal(tried, ["ws://h/stream"]);
  }
});

test("a server that takes the socket and does not answer the start is given up in time", async () => {
  const clock = new VirtualClock();
  const socket = new ScriptedSocket();
  const connecting = connect("ws://h", { clock, socketFactory: socket.factory, startedTimeoutMs: 300 });
  const failure = connecting.catch((cause) => cause);
  await clock.advanceBy(0);
  socket.listener.onOpen();
  await clock.advanceBy(300);
  assert.is((await failure).code, "ERR_TIMEOUT");
  assert.is(clock.pending, 0);
});

test("binary and legacy exclude each other, and legacy alone speaks JSON at once", async () => {
  const error = await connect("ws://h", { protocol: "binary", format: "legacy" }).catch((cause) => cause);
  assert.is(error.code, "ERR_CONFIG");
  const socket = new ScriptedSocket();
  const connecting = connect("ws://h", { format: "legacy", socketFactory: socket.factory });
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.is(socket.url, "ws://h/websocket/offer");
  socket.listener.onOpen();
  const client = await connecting;
  socket.listener.onClose(1000, "");
  assert.is((await client.closed).code, 1000);
});

test("clear reaches the client, which says how far it had played", async () => {
  const cleared: number[] = [];
  let resolve: () => void = () => {};
  const isCleared = new Promise<void>((settle) => {
    resolve = settle;
  });
  class Talker extends EchoHandler {
    override copy() {
      return new Talker();
    }
    override startUp(session: Session) {
      session.send(new Int16Array(8000));
      session.clear();
    }
    override onCleared(playedMs: number) {
      cleared.push(playedMs);
      resolve();
    }
  }
  await withServer({ handler: new Talker(), inputRate: 8000, outputRate: 8000 }, async (url) => {
    const client = await connect(url);
    await isCleared;
    assert.equal(cleared, [0]);
    await client.close();
  });
});

test("what cannot be agreed on is refused with a sentence that says what would be", async () => {
  await withServer({}, async (url) => {
    const socket = new WebSocket(`${url}/stream`, "voxwire.v1");
    await new Promise((resolve) => socket.once("open", resolve));
    const start = { event: "start", websocket_id: "a", format: { input: { encoding: "opus" } } };
    const text = new TextEncoder().encode(JSON.stringify(start));
    const heard = new Promise<Buffer>((resolve) => socket.once("message", resolve));
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    socket.send(Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...text));
    const answer = await heard;
    assert.equal([...answer.subarray(0, 4)], [1, 2, 0, 0]);
    const { data, message } = JSON.parse(answer.subarray(12).toString());
    assert.is(data.code, "ERR_FORMAT_UNSUPPORTED");
    assert.match(message, /"opus"; expected one of mulaw, alaw, pcm16/);
    assert.is(await closed, 1003);
  });
});

test("an upgrade to the binary route without its subprotocol is refused in words", async () => {
  await withServer({}, async (url) => {
    for (const offered of [[], ["chat"]]) {
      const socket = new WebSocket(`${url}/stream`, offered);
      const [status, body] = await new Promise<[number, string]>((resolve) => {
        socket.on("error", () => {});
        socket.on("unexpected-response", (request, response) => {
          let text = "";
          response.on("data", (piece) => {
            text += piece;
          });
          response.on("end", () => {
            request.destroy();
            resolve([response.statusCode ?? 0, text]);
          });
        });
      });
      assert.is(status, 400);
      assert.match(body, /Offer "voxwire\.v1"/);
    }
  });
});

test.run();
