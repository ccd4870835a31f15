/** Codecs that load while the server listens. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { loadOpus, type StreamCodec } from "../../src/opus.ts";
import { type CodecLoader, EchoHandler, type Logger, serve, silentLogger } from "../../src/server.ts";
import { withServer } from "./raw-client.ts";

const opus = await loadOpus();

async function serving(codecs: readonly (StreamCodec | CodecLoader)[], authTimeoutMs = 60_000) {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (text) => void errors.push(text) };
  const server = await serve({ port: 0, handler: EchoHandler, codecs, logger, authTimeoutMs });
  const inOpus = () =>
    connect(server.url, {
      codecs: [opus],
      format: { input: { encoding: "opus" }, output: { encoding: "opus" } },
    });
  return { server, errors, inOpus };
}

test("a client that comes while a codec loads waits for it, and speaks it", async () => {
  let load: (codec: StreamCodec) => void = () => {};
  let calls = 0;
  const loaded = new Promise<StreamCodec>((resolve) => {
    load = resolve;
  });
  const loader = () => {
    calls++;
    return loaded;
  };
  const { server, inOpus } = await serving([loader]);
  await withServer(server, async () => {
    assert.is(calls, 1);
    let isIn = false;
    const coming = inOpus().then((client) => {
      isIn = true;
      return client;
    });
    // one that loses patience harms nobody
    const gone = connectTcp(server.port, "127.0.0.1");
    gone.write("GET /websocket/offer HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
    gone.write("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    await once(gone, "connect");
    gone.destroy();
    assert.is((await fetch(server.url.replace("ws", "http"))).status, 200);
    assert.is(isIn, false);
    load(opus);
    const client = await coming;
    assert.is(client.session.input.encoding, "opus");
    await client.close();
    await (await inOpus()).close();
    assert.is(calls, 1);
  });
});

test("where a codec fails, throws at once or is not to be had the server goes on without it", async () => {
  const loaders: readonly (readonly [loader: CodecLoader, errors: number])[] = [
    [() => Promise.reject(new Error("no such package")), 1],
    [
      () => {
        throw new Error("at once");
      },
      1,
    ],
    [async () => undefined, 0],
  ];
  for (const [loader, count] of loaders) {
    const { server, errors, inOpus } = await serving([loader, async () => opus]);
    await withServer(server, async () => {
      assert.is((await (await inOpus()).close()).code, 1000);
      assert.is(errors.length, count);
    });
  }
  const { server, inOpus } = await serving([async () => undefined]);
  await withServer(server, async () => {
    const error = await inOpus().catch((thrown) => thrown);
    assert.is(error.code, "ERR_FORMAT_UNSUPPORTED");
  });
});

test("one that never loads holds nobody up for longer than authorisation may take", async () => {
  const { server } = await serving([() => new Promise(() => {})], 10);
  await withServer(server, async () => {
    await (await connect(server.url)).close();
  });
});

test.run();
