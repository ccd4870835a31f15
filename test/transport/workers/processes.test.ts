/** Several processes behind one port, by node:cluster: what they share, which is nothing but the port. */
import cluster, { type Worker } from "node:cluster";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sameSamples } from "../../samples.ts";
import { RawClient, throughMulaw } from "../raw-client.ts";
import { nextOutput, noise } from "./worker-bench.ts";

const PROCESSES = 2;

/** A port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Starts a process; resolves when it listens. */
function startProcess(port: number): Promise<Worker> {
  const worker = cluster.fork({ TEST_PORT: String(port) });
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve(worker));
    worker.once("exit", (code) => reject(new Error(`The process has ended with ${code}.`)));
  });
}

const exitOf = (worker: Worker) => new Promise<number | null>((resolve) => worker.once("exit", resolve));

test("two processes share a port: one that is killed takes its own sessions, and ids are known to their process alone", async () => {
  cluster.setupPrimary({
    exec: fileURLToPath(new URL("./server-process.js", import.meta.url)),
    execArgv: [],
  });
  const port = await freePort();
  const workers = await Promise.all(Array.from({ length: PROCESSES }, () => startProcess(port)));
  const exits = workers.map(exitOf);
  const url = `ws://127.0.0.1:${port}`;
  try {
    const clients: { client: RawClient; id: string; pid: number }[] = [];
    for (let i = 0; i < 6; i++) {
      const client = await RawClient.open(url);
      client.send({ event: "start", websocket_id: `call-${i}`, format: { input: {}, output: {} } });
      clients.push({ client, id: `call-${i}`, pid: (await nextOutput(client)).pid });
    }
    assert.is(new Set(clients.map(({ pid }) => pid)).size, PROCESSES, "both have clients");
    for (const [i, { client }] of clients.entries()) {
      client.sendMedia(noise(i));
      sameSamples(await client.nextAudio(160), throughMulaw(noise(i)));
    }
    // requests by id go to whichever process takes the connection: the other one knows nothing of the id
    const statuses = new Set<number>();
    for (let i = 0; i < 2 * PROCESSES; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/input_hook`, {
        method: "POST",
        headers: { connection: "close" },
        body: JSON.stringify({ webrtc_id: "call-0", input: [i] }),
      });
      statuses.add(response.status);
      await response.arrayBuffer();
    }
    assert.equal([...statuses].sort(), [200, 404]);
    const [victim, survivor] = workers as [Worker, Worker];
    const lost = clients.filter(({ pid }) => pid === victim.process.pid);
    const left = clients.filter(({ pid }) => pid !== victim.process.pid);
    victim.process.kill("SIGKILL");
    for (const { client } of lost) assert.is((await client.closed).code, 1006);
    for (const [i, { client }] of left.entries()) {
      client.sendMedia(noise(90 + i));
      sameSamples(await client.nextAudio(160), throughMulaw(noise(90 + i)));
    }
    survivor.process.kill("SIGTERM");
    for (const { client } of left) assert.is((await client.closed).code, 1001);
    assert.is(await exits[1], 0);
  } finally {
    for (const worker of workers) worker.process.kill("SIGKILL");
    await Promise.all(exits);
  }
});

test.run();
