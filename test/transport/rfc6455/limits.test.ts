/** RFC 6455, section 10.4: messages at and beyond the bounds, in one frame and in any number. Bounds scaled down. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Case, message, play, ROUTES, startedPeer } from "./cases.ts";
import { clientFrame, fragmented, OPCODES } from "./frames.ts";
import { ByteServer } from "./peer.ts";
import { JSON_ROUTE, type Route } from "./routes.ts";

const BOUND = 4096;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const TOO_BIG = ["error ERR_TOO_BIG", "close 1009", "end"];
/** Above twice the bound the WebSocket itself says so. */
const FAR_TOO_BIG = ["close 1009", "end"];

/** A ping of the protocol's with spaces, `bytes` long. */
function padded(route: Route, bytes: number): Buffer {
  const empty = route.json('{"event":"ping"}').length;
  return route.json(`{"event":"ping"${" ".repeat(bytes - empty)}}`);
}

function cut(route: Route, whole: Uint8Array, size: number): Buffer[] {
  const count = Math.ceil(whole.length / size);
  return fragmented(
    route.opcode,
    Array.from({ length: count }, (_, i) => whole.subarray(i * size, (i + 1) * size)),
  );
}

const cases: Case[] = [
  [BOUND - 1, ["message pong"]],
  [BOUND, ["message pong"]],
  [BOUND + 1, TOO_BIG],
  [2 * BOUND, TOO_BIG],
  [2 * BOUND + 1, FAR_TOO_BIG],
  [10 * BOUND, FAR_TOO_BIG],
].flatMap(([bytes, expect]) =>
  [1_000_000, 1000, 64, 7].map((size) => ({
    name: `${bytes} bytes in frames of ${size}`,
    send: (route: Route) => cut(route, padded(route, bytes as number), size),
    expect: expect as string[],
  })),
);

test("a message at the bound is taken, one beyond it refused with 1009, however it is cut", async () => {
  const server = new ByteServer({ maxMessageBytes: BOUND, maxControlBytes: BOUND });
  for (const route of ROUTES) for (const one of cases) await play(server, route, one);
  await server.close();
});

test("a header that claims too much is refused before the bytes come", async () => {
  const server = new ByteServer({ maxMessageBytes: BOUND });
  for (const route of ROUTES) {
    const peer = await startedPeer(server, route);
    const claim = clientFrame({ opcode: route.opcode, claimedBytes: 2 * BOUND + 1 });
    peer.write(claim.subarray(0, 4));
    assert.equal(await peer.settled(false), ["message started", ...FAR_TOO_BIG]);
  }
  await server.close();
});

test("a message of 4,000 bytes is taken byte by byte", async () => {
  const server = new ByteServer();
  const peer = await startedPeer(server, JSON_ROUTE);
  const frame = message(JSON_ROUTE, padded(JSON_ROUTE, 4000));
  for (const byte of frame) peer.write(Uint8Array.of(byte));
  assert.equal(await peer.settled(true), ["message started", "message pong"]);
  await server.close();
});

test("a message in more pieces than anybody sends is refused, with the code that says too big", async () => {
  const server = new ByteServer();
  for (const route of ROUTES) {
    const peer = await startedPeer(server, route);
    peer.write(clientFrame({ opcode: route.opcode, payload: "x", fin: false }));
    const piece = clientFrame({ opcode: OPCODES.continuation, payload: "x", fin: false });
    for (let i = 0; i < 100 && !peer.hasEnded; i++) {
      peer.write(Buffer.concat(Array(100).fill(piece)));
      await turn();
    }
    assert.equal(await peer.settled(false), ["message started", ...FAR_TOO_BIG]);
  }
  await server.close();
});

test("a frame in more segments than any network makes of it is refused", async () => {
  const server = new ByteServer();
  const peer = await startedPeer(server, JSON_ROUTE);
  peer.write(clientFrame({ opcode: OPCODES.text, claimedBytes: 250_000 }));
  for (let i = 0; i < 10_000 && !peer.hasEnded; i++) {
    peer.write(Uint8Array.of(32));
    if (i % 100 === 0) await turn();
  }
  assert.equal(await peer.settled(false), ["message started", ...FAR_TOO_BIG]);
  await server.close();
});

test.run();
