/** 100,000 messages of one kind into a server, through `ws` and all, with a bystander whose audio has to stay whole. */
import fc from "fast-check";
import * as assert from "uvu/assert";
import { EchoHandler, type Logger, type RunningServer, silentLogger } from "../../../src/server.ts";
import { clientFrame, OPCODES } from "../rfc6455/frames.ts";
import { BytePeer, ByteServer } from "../rfc6455/peer.ts";
import { JSON_ROUTE, type Route, START } from "../rfc6455/routes.ts";
import type { Sent } from "./messages.ts";

type Wanted = Pick<Route, "path" | "subprotocol">;

const MESSAGES = 100_000;
const BATCH = 100;
/** How much the heap may have grown at the end: caches that fill, code that is compiled late. */
const MAX_GROWTH_BYTES = 4 << 20;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends them on `route`, a hundred a connection; fails for a crash, a rejection, a leak or a bystander who hears it. */
export async function storm(
  route: Wanted,
  startOf: (id: string) => Sent,
  messages: fc.Arbitrary<Sent>,
): Promise<RunningServer> {
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => rejections.push(reason);
  process.on("unhandledRejection", onRejection);
  const failures: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message, fields) => void failures.push([message, fields]),
  };
  const limits = { maxSpeed: 1e6, maxMessagesPerSecond: 1e7, maxBurstMs: 3_600_000 };
  const server = new ByteServer({ handler: new EchoHandler(), logger, ...limits });
  const bystander = new BytePeer(server);
  bystander.write(BytePeer.upgrade(JSON_ROUTE));
  bystander.write(clientFrame({ opcode: OPCODES.text, payload: START }));
  await bystander.until(() => bystander.transcript.includes("message started"));

  let sent = 0;
  let batches = 0;
  let peers = 0;
  const next = () => open(server, route, ++peers % 2 === 0 ? undefined : startOf(`peer${peers}`));
  const heap: number[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(messages, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
      let peer = await next();
      for (const message of batch) {
        // one that was told to go is followed by another: every message reaches somebody who listens
        if (peer.isClosed) peer = await next();
        write(peer, message);
        sent++;
        if (failures.length > 0) throw new Error(`${Buffer.from(message.bytes)}`, { cause: failures });
      }
      if (!peer.isClosed) peer.write(clientFrame({ opcode: OPCODES.close }));
      await peer.until(() => peer.hasEnded);
      const bytes = Uint8Array.from({ length: 1920 }, (_, i) => (i * 7 + batches) % 127);
      bystander.audio = Buffer.alloc(0);
      bystander.write(clientFrame({ opcode: OPCODES.text, payload: JSON_ROUTE.audio(bytes) }));
      await bystander.until(() => bystander.audio.length >= bytes.length);
      assert.ok(bystander.audio.equals(bytes), "the bystander's echo is whole");
      bystander.transcript.length = 1;
      if (++batches % 100 === 0) heap.push(await heapBytes());
    }),
    { numRuns: MESSAGES / BATCH, endOnFailure: true },
  );
  assert.is(sent, MESSAGES);
  while (server.voice.metrics.connections > 1 || server.voice.sessions.size > 1) await turn();
  assert.equal(rejections, []);
  const growth = Math.min(...heap.slice(-3)) - Math.min(...heap.slice(1, 4));
  assert.ok(growth < MAX_GROWTH_BYTES, `the heap has grown by ${growth} bytes: ${heap}`);
  await server.close();
  process.off("unhandledRejection", onRejection);
  return server.voice;
}

/** Every other one starts as it should, so that what follows finds a session. */
async function open(server: ByteServer, route: Wanted, start: Sent | undefined): Promise<BytePeer> {
  const peer = new BytePeer(server);
  peer.isReading = false;
  peer.write(BytePeer.upgrade(route));
  await peer.until(() => peer.isOpen);
  if (start !== undefined) write(peer, start);
  return peer;
}

function write(peer: BytePeer, { bytes, isBinary }: Sent): void {
  peer.write(clientFrame({ opcode: isBinary ? OPCODES.binary : OPCODES.text, payload: bytes }));
}

async function heapBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as scripts/test.mjs does.");
  await turn();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
