/** RFC 6455, section 7: who closes how, with which codes and reasons, and what counts after it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { StreamHandler } from "../../../src/server.ts";
import { type Case, message, ping, play, ROUTES, startedPeer } from "./cases.ts";
import { clientFrame, closePayload, fragmented, OPCODES } from "./frames.ts";
import { ByteServer } from "./peer.ts";
import { BINARY_ROUTE, JSON_ROUTE } from "./routes.ts";

function close(payload: Uint8Array = new Uint8Array()): Buffer {
  return clientFrame({ opcode: OPCODES.close, payload });
}

const SENDABLE = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const UNSENDABLE = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

const cases: Case[] = [
  { name: "a close without a code", send: () => [close()], expect: ["close", "end"] },
  { name: "a close of one byte", send: () => [close(Buffer.from([3]))], expect: ["close 1002", "end"] },
  ...SENDABLE.map((code) => ({
    name: `close ${code}`,
    send: () => [close(closePayload(code, "why"))],
    expect: [`close ${code}`, "end"],
  })),
  ...UNSENDABLE.map((code) => ({
    name: `close ${code}, which nobody may send`,
    send: () => [close(closePayload(code))],
    expect: ["close 1002", "end"],
  })),
  {
    name: "a reason of 123 bytes",
    send: () => [close(closePayload(1000, "x".repeat(123)))],
    expect: ["close 1000", "end"],
  },
  {
    name: "a reason of 124 bytes",
    send: () => [close(closePayload(1000, "x".repeat(124)))],
    expect: ["close 1002", "end"],
  },
  ...["ceba ff", "ed a080", "80", "f4908080", "c3"].map((hex) => ({
    name: `a reason that is no UTF-8, ${hex}`,
    send: () => [close(closePayload(1000, Buffer.from(hex.replace(" ", ""), "hex")))],
    expect: ["close 1007", "end"],
  })),
  {
    name: "a reason with characters of every length",
    send: () => [close(closePayload(4000, "aµ€😀"))],
    expect: ["close 4000", "end"],
  },
  {
    name: "a message, then a close",
    send: (route) => [message(route, route.mark("x")), close(closePayload(1000))],
    expect: ["mark x", "close 1000", "end"],
  },
  {
    name: "two closes, of which the first counts",
    send: () => [close(closePayload(1000)), close(closePayload(4000))],
    expect: ["close 1000", "end"],
  },
  {
    name: "after a close neither pings nor messages nor rubbish count",
    send: (route) => [
      close(closePayload(1000)),
      ping("late"),
      message(route, route.mark("late")),
      clientFrame({ opcode: 7, rsv: 7 }),
    ],
    expect: ["close 1000", "end"],
  },
  {
    name: "a close between the pieces of a message, which is never whole",
    send: (route) => {
      const [first, second] = fragmented(route.opcode, [
        route.mark("x").subarray(0, 5),
        route.mark("x").subarray(5),
      ]);
      return [first!, close(closePayload(1000)), second!];
    },
    expect: ["close 1000", "end"],
  },
  {
    name: "a long message, then a close",
    send: (route) => [
      message(route, route.json(`{"event":"ping"${" ".repeat(60_000)}}`)),
      close(closePayload(1000)),
    ],
    expect: ["message pong", "close 1000", "end"],
  },
  {
    name: "after broken frames nothing counts",
    send: (route) => [clientFrame({ opcode: 5 }), ping("late"), message(route, route.mark("late")), close()],
    expect: ["close 1002", "end"],
  },
  {
    name: "stop: the server closes",
    send: (route) => [message(route, route.json('{"event":"stop"}')), close(closePayload(1000))],
    expect: ["close 1000", "end"],
  },
];

test(`RFC 6455, closing: ${cases.length} cases on each route`, async () => {
  const server = new ByteServer();
  for (const route of ROUTES) for (const one of cases) await play(server, route, one);
  await server.close();
});

test("a reason goes back as it came, and one that is no UTF-8 does not", async () => {
  const server = new ByteServer();
  for (const [reason, expected] of [
    [Buffer.from("aµ€😀"), "aµ€😀"],
    [Buffer.from([0xff]), ""],
  ] as const) {
    const peer = await startedPeer(server, JSON_ROUTE);
    peer.write(close(closePayload(4000, reason)));
    await peer.until(() => peer.hasEnded);
    assert.is(peer.closeReason, expected);
  }
  await server.close();
});

/** Always has audio ready. */
class Speaker extends StreamHandler {
  override outputRate = 8000;
  copy(): Speaker {
    return new Speaker();
  }
  receive(): void {}
  emit(): Int16Array {
    return new Int16Array(160).fill(1000);
  }
}

test("audio that is written straight to the socket never comes after a close frame nor inside another", async () => {
  const endings: Record<string, Buffer> = {
    close: close(closePayload(1000)),
    "broken frame": clientFrame({ opcode: 3 }),
    "bad reason": close(closePayload(1000, Buffer.from([0xff]))),
    "too long": clientFrame({ opcode: OPCODES.text, claimedBytes: 2n ** 32n }),
  };
  const server = new ByteServer({ handler: new Speaker() });
  for (const route of [JSON_ROUTE, BINARY_ROUTE]) {
    for (const [name, ending] of Object.entries(endings)) {
      const peer = await startedPeer(server, route);
      // pongs, marks and errors go through ws, audio past it
      for (let round = 1; round <= 5; round++) {
        await peer.until(() => peer.audio.length > round * 160 * 2);
        peer.write(ping(`p${round}`));
        peer.write(message(route, route.mark("m")));
        peer.write(message(route, route.json("rubbish")));
      }
      await peer.until(() => peer.transcript.filter((word) => word === "mark m").length === 5);
      peer.write(ending);
      // the reader throws for anything behind a close frame
      const came = await peer.settled(false);
      assert.match(came.slice(-2).join(" "), /^close 10\d\d end$/, name);
    }
  }
  await server.close();
});

test("a client that goes without a close frame, at any byte of a frame, leaves nothing behind", async () => {
  const server = new ByteServer();
  for (const route of ROUTES) {
    const frame = message(route, route.mark("x"));
    for (let bytes = 0; bytes <= frame.length; bytes++) {
      const peer = await startedPeer(server, route);
      peer.write(frame.subarray(0, bytes));
      peer.end();
      await peer.until(() => peer.hasEnded);
    }
  }
  while (server.voice.metrics.connections > 0 || server.voice.sessions.size > 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await server.close();
  assert.is(server.voice.metrics.sessionsEnded["connection-lost"], server.voice.metrics.sessionsOpened);
});

test("a client that never answers the server's close is cut", async () => {
  const server = new ByteServer();
  const peer = await startedPeer(server, JSON_ROUTE);
  peer.isPolite = false;
  peer.write(message(JSON_ROUTE, '{"event":"stop"}'));
  assert.equal(await peer.settled(false), ["message started", "close 1000", "end"]);
  await server.close();
});

test.run();
