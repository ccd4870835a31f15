/** Modules that cannot be handlers: each says so when the server starts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { attach, EchoHandler, serve, silentLogger, VoxwireError } from "../../../src/server.ts";
import { sameSamples } from "../../samples.ts";
import { throughMulaw, withServer } from "../raw-client.ts";
import { handlers, noise, started } from "./worker-bench.ts";

const COMMON = { port: 0, logger: silentLogger, inputRate: 8000, outputRate: 8000 };

/** What `serve` says of a handler. */
async function refusal(handler: unknown, more: object = {}): Promise<VoxwireError> {
  const started = serve({ ...COMMON, workers: 1, handler: handler as URL, ...more });
  const error = await started.then(
    (server) => server.close().then(() => undefined),
    (thrown) => thrown,
  );
  assert.instance(error, VoxwireError);
  return error;
}

function moduleOf(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

test("a function or an object is no module: it says why, and how to write it", async () => {
  for (const handler of [EchoHandler, () => new EchoHandler(), new EchoHandler()]) {
    const error = await refusal(handler);
    assert.is(error.code, "ERR_CONFIG");
    assert.match(error.message, /with workers it has to be a module, since code cannot cross/);
    assert.match(error.hint, /new URL\("\.\/my-handler\.js", import\.meta\.url\)/);
  }
});

test("a module without workers, and workers that are none", async () => {
  const error = await refusal(handlers(), { workers: undefined });
  assert.is(error.code, "ERR_CONFIG");
  assert.match(error.hint, /Add workers: 1/);
  for (const workers of [0, 1.5, "2", { count: 0 }, { count: 1, maxHeapMb: 1 }, null]) {
    assert.is((await refusal(handlers(), { workers })).code, "ERR_CONFIG", JSON.stringify(workers));
  }
});

test("attach() with workers: a server once they have loaded, beside what else the HTTP server does", async () => {
  const http = createServer((_, response) => response.end("own"));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const { port: _, ...settings } = { ...COMMON, workers: 1 };
  const voice = await attach(http, { ...settings, path: "/voice", handler: handlers() });
  try {
    assert.is(voice.port, port);
    const client = await started(voice.url, "a");
    client.sendMedia(noise(3));
    sameSamples(await client.nextAudio(160), throughMulaw(noise(3)));
    assert.is(voice.metrics.workers[0]?.sessions, 1);
    assert.is(await (await fetch(`http://127.0.0.1:${port}/voice`)).text(), "own");
    const taken = await attach(http, { ...settings, path: "/voice", handler: handlers() }).catch(
      (error) => error,
    );
    assert.is(taken.code, "ERR_CONFIG");
    const none = moduleOf("export const number = 42;");
    const bad = await attach(http, { ...settings, path: "/bad", handler: none }).catch((error) => error);
    assert.is(bad.code, "ERR_HANDLER");
    await client.leave();
  } finally {
    await voice.close();
  }
  assert.ok(http.listening, "the HTTP server is the caller's");
  await new Promise((resolve) => {
    http.close(resolve);
    http.closeAllConnections();
  });
});

test("a module that is not there, does not load, or exports no handler", async () => {
  const cases: [string | URL, RegExp][] = [
    ["./no-such-file.js", /no-such-file\.js" did not load: Cannot find module/],
    ["no-such-package", /There is no module "no-such-package"/],
    [moduleOf("throw new Error('broken at its top')"), /did not load: broken at its top\./],
    [moduleOf("syntax error"), /did not load: Unexpected identifier/],
    [moduleOf("export const other = 1"), /exports other; expected a handler/],
    [handlers("missing"), /exports .*Commanded.*; expected an export "missing"/],
    [handlers("number"), /handler is 42; expected a handler/],
    [moduleOf("export default () => 42"), /The handler factory returned 42/],
  ];
  for (const [handler, expected] of cases) {
    const error = await refusal(handler);
    assert.is(error.code === "ERR_CONFIG" || error.code === "ERR_HANDLER", true, error.code);
    assert.match(error.message, expected);
  }
});

test("a module that ends its process, or never comes to its end", async () => {
  const exiting = await refusal(moduleOf("process.exit(7)"));
  assert.is(exiting.code, "ERR_WORKER");
  assert.match(exiting.message, /exit code 7/);
  const waiting = await refusal(moduleOf("await new Promise((resolve) => setInterval(resolve, 1e9))"), {
    limits: { handlerTimeoutMs: 50 },
  });
  assert.is(waiting.code, "ERR_HANDLER");
  assert.match(waiting.message, /not loaded within 50 ms/);
});

test("a package's export, a path, and a URL as text are modules", async () => {
  const file = handlers();
  for (const handler of ["voxwire/server#EchoHandler", "./test/transport/workers/handlers.js", file.href]) {
    const server = await serve({ ...COMMON, workers: 1, handler });
    await withServer(server, async () => {
      const client = await started(server.url, "a");
      client.sendMedia(noise(1));
      sameSamples(await client.nextAudio(160), throughMulaw(noise(1)));
      await client.leave();
    });
  }
});

test.run();
