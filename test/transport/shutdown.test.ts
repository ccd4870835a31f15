/** The way out of a server in a process of its own: what a SIGTERM does to those who are there and those who come. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RawClient } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const entry = new URL("../../src/server.ts", import.meta.url).href;

/** A server whose handler says four seconds of audio at the start, and whose process tells what happens. */
const script = (drainTimeoutMs: number) => `
  import { serve, StreamHandler } from ${JSON.stringify(entry)};
  class Speaker extends StreamHandler {
    copy() { return new Speaker(); }
    startUp(session) {
      session.send(Int16Array.from({ length: 32_000 }, (_, i) => i));
      console.log("speaks");
    }
    receive() {}
    emit() { return null; }
    shutdown({ kind }) { console.log("shutdown", kind); }
  }
  const limits = { drainTimeoutMs: ${drainTimeoutMs} };
  const server = await serve({ port: 0, handler: Speaker, inputRate: 8000, outputRate: 8000, limits });
  process.once("SIGTERM", () => {
    console.log("closing");
    void server.close().then(() => console.log("closed"));
  });
  console.log(server.url);
`;

interface Running {
  readonly url: string;
  /** Resolves when the process has said this. */
  says(line: string): Promise<void>;
  terminate(): void;
  readonly done: Promise<{ code: number | null; output: string }>;
}

async function run(drainTimeoutMs: number): Promise<Running> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", script(drainTimeoutMs)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  let wake = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    wake();
  });
  const done = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
  const says = async (line: string) => {
    while (!output.includes(line)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await says("\n");
  return { url: output.trim(), says, terminate: () => void child.kill("SIGTERM"), done };
}

test("SIGTERM: nobody new is let in, what is queued is heard, clients are told, shutdown runs, exit 0", async () => {
  const server = await run(60_000);
  const client = await RawClient.open(server.url);
  const waiting = await RawClient.open(server.url);
  client.send({ event: "start", websocket_id: "a" });
  await server.says("speaks");
  server.terminate();
  await server.says("closing");
  const late = await refusal(`${server.url}/websocket/offer`);
  assert.equal([late.status, late.retryAfter], [503, "5"]);
  assert.is((await waiting.closed).code, 1001);
  await client.nextAudio(32_000);
  const { json } = await client.next(({ json }) => json.type === "end_stream");
  assert.is(json.data, "The server is going away.");
  assert.is((await client.closed).code, 1001);
  const { code, output } = await server.done;
  assert.is(code, 0);
  assert.match(output, /shutdown server-closing\nclosed\n$/);
  assert.is(output.match(/shutdown/g)?.length, 1);
});

test("a client that does not read does not hold a closing process up for ever", async () => {
  const server = await run(500);
  const client = await RawClient.open(server.url);
  client.send({ event: "start", websocket_id: "a" });
  await server.says("speaks");
  client.socket.pause();
  server.terminate();
  const { code, output } = await server.done;
  assert.is(code, 0);
  assert.match(output, "closed");
  client.socket.resume();
  await client.closed;
});

test.run();
