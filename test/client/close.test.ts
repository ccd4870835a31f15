import { spawn } from "node:child_process";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { startFakeServer } from "./fake-server.ts";

/** Sockets and timers that keep a process alive, by kind. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCPSocketWrap|Timeout/.test(name))
    .sort();
}

test("nothing is left after a close: no socket, no timer", async () => {
  const server = await startFakeServer();
  const before = handles();
  const client = await connect(server.url, { heartbeat: { intervalMs: 50, timeoutMs: 60_000 } });
  assert.ok(handles().length > before.length);
  const frames = (async () => {
    for await (const frame of client) if (frame.sequence === 4) break;
  })();
  await client.stream({ samples: new Int16Array(1600), sampleRate: 8000 });
  await frames;
  const serverSide = once(server.sockets[0]!, "close");
  const info = await client.close();
  assert.equal([info.code, info.isExpected, client.state], [1000, true, "closed"]);
  await serverSide;
  await setImmediate();
  assert.equal(handles(), before);
  await server.close();
});

test("nothing is left after a connection that failed", async () => {
  const server = await startFakeServer({ refuses: { status: 503, body: "full" } });
  const before = handles();
  await connect(server.url).then(
    () => assert.unreachable("it connected"),
    () => {},
  );
  // The refused socket is destroyed; its handle goes with the next turns of the event loop.
  while (handles().length > before.length) await setImmediate();
  assert.equal(handles(), before);
  await server.close();
});

test("a lost connection ends streams, iterators and marks, each with the reason", async () => {
  const server = await startFakeServer({ echoes: false });
  const client = await connect(server.url);
  const codes: Promise<string>[] = [
    client.stream({ samples: new Int16Array(80_000), sampleRate: 8000 }),
    client[Symbol.asyncIterator]().next(),
    client.drain(),
  ].map((promise: Promise<unknown>) => promise.then(() => "none").catch((error) => error.code));
  const mark = client.mark("m");
  await server.waitFor(({ event }) => event === "media");
  server.sockets[0]!.terminate();
  assert.equal(await Promise.all(codes), ["ERR_CONNECT", "ERR_CONNECT", "ERR_CONNECT"]);
  assert.is(await mark, false);
  const info = await client.closed;
  assert.equal([info.code, info.isExpected], [1006, false]);
  assert.match(info.error?.hint ?? "", "connect() again");
  await server.close();
});

test("a server that ignores stop is closed by the client", async () => {
  const server = await startFakeServer({ stops: false });
  const client = await connect(server.url, { closeTimeoutMs: 20 });
  const info = await client.close();
  assert.equal([info.code, info.isExpected], [1000, true]);
  await server.close();
});

test("a process that has closed its client exits by itself", async () => {
  const server = await startFakeServer();
  const entry = new URL("../../src/client.ts", import.meta.url).href;
  const script = `
    import { connect } from ${JSON.stringify(entry)};
    const client = await connect(${JSON.stringify(server.url)});
    await client.stream({ samples: new Int16Array(800), sampleRate: 8000 });
    const { code } = await client.close({ drain: true });
    console.log("closed", code);
  `;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  const [code] = await once(child, "close");
  assert.equal([code, output.trim()], [0, "closed 1000"]);
  assert.is(server.messages.filter(({ event }) => event === "media").length, 5);
  await server.close();
});

test.run();
