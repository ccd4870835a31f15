/** RFC 6455, sections 5.2 to 5.5: lengths, pings, reserved bits and opcodes, masks, fragments. */
import { test } from "uvu";
import { type Case, message, ping, play, ROUTES, speechBytes } from "./cases.ts";
import { clientFrame, fragmented, OPCODES } from "./frames.ts";
import { ByteServer } from "./peer.ts";
import { FRAME_BYTES, type Route } from "./routes.ts";

/** A mark in so many pieces; a piece may be cut anywhere, the first may be empty. */
function pieces(route: Route, name: string, count: number): Buffer[] {
  const whole = route.mark(name);
  const at = (i: number) => Math.floor((whole.length * i) / count);
  return fragmented(
    route.opcode,
    Array.from({ length: count }, (_, i) => whole.subarray(at(i), at(i + 1))),
  );
}

const BROKEN = ["close 1002", "end"];
const pong = clientFrame({ opcode: OPCODES.pong });

const lengths: Case[] = [125, 126, 127, 128, 4095, 65_535, 65_536].map((bytes) => ({
  name: `a message of ${bytes} bytes`,
  send: (route) => {
    const empty = route.json('{"event":"ping"}').length;
    return [message(route, route.json(`{"event":"ping"${" ".repeat(bytes - empty)}}`))];
  },
  expect: ["message pong"],
}));

const audio: Case[] = [1, 2, 35, 68, 100].map((frames) => ({
  name: `${frames * FRAME_BYTES} bytes of audio in one message`,
  send: (route) => [message(route, route.audio(speechBytes(frames * FRAME_BYTES)))],
  expect: [],
  audio: speechBytes(frames * FRAME_BYTES),
}));

const headers: Case[] = [
  {
    name: "an empty message",
    send: (route) => [message(route, "")],
    expect: (route) => [route.opcode === OPCODES.text ? "error ERR_JSON" : "error ERR_MESSAGE"],
  },
  {
    name: "a message of the other kind",
    send: (route) => [clientFrame({ opcode: 3 - route.opcode, payload: route.mark("x") })],
    expect: ["error ERR_MESSAGE"],
  },
  ...([2, 8] as const).map((lengthBytes) => ({
    // the RFC asks senders for the shortest form; what a receiver does with another is its own choice
    name: `a length in ${lengthBytes} bytes that would fit fewer`,
    send: (route: Route) => [clientFrame({ opcode: route.opcode, payload: route.mark("x"), lengthBytes })],
    expect: ["mark x"],
  })),
  ...(
    [
      [0, 0, 0, 0],
      [255, 255, 255, 255],
      [0, 0, 0, 1],
    ] as const
  ).map((mask) => ({
    name: `the mask ${mask}`,
    send: (route: Route) => [clientFrame({ opcode: route.opcode, payload: route.mark("x"), mask })],
    expect: ["mark x"],
  })),
  ...[OPCODES.text, OPCODES.binary, OPCODES.ping, OPCODES.close].map((opcode) => ({
    name: `opcode ${opcode} without a mask`,
    send: () => [clientFrame({ opcode, mask: undefined })],
    expect: BROKEN,
  })),
  ...[2n ** 63n, 2n ** 64n - 1n, 2n ** 53n, 2n ** 40n].map((claimedBytes) => ({
    name: `a claim of ${claimedBytes} bytes`,
    send: (route: Route) => [clientFrame({ opcode: route.opcode, claimedBytes })],
    expect: ["close 1009", "end"],
  })),
];

const pings: Case[] = [
  ...["", "Hello, world", "\u0000\u00ff\u00fe\u0080", "x".repeat(125)].map((text) => ({
    name: `a ping that carries ${JSON.stringify(text.slice(0, 20))}`,
    send: () => [ping(Buffer.from(text, "latin1"))],
    expect: [`pong ${text}`],
  })),
  { name: "a ping of 126 bytes", send: () => [ping("x".repeat(126))], expect: BROKEN },
  {
    name: "a pong of 126 bytes",
    send: () => [clientFrame({ opcode: 10, payload: "x".repeat(126) })],
    expect: BROKEN,
  },
  {
    name: "pongs that nobody asked for",
    send: () => [pong, clientFrame({ opcode: 10, payload: "hm" })],
    expect: [],
  },
  { name: "a pong that nobody asked for, then a ping", send: () => [pong, ping("a")], expect: ["pong a"] },
  {
    name: "ten pings",
    send: () => Array.from({ length: 10 }, (_, i) => ping(`p${i}`)),
    expect: Array.from({ length: 10 }, (_, i) => `pong p${i}`),
  },
];

const reserved: Case[] = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((rsv) =>
    [OPCODES.text, OPCODES.binary, OPCODES.ping, OPCODES.pong, OPCODES.close].map((opcode) => ({
      name: `opcode ${opcode} with the reserved bits ${rsv}, between two messages`,
      send: (route: Route) => [
        message(route, route.mark("before")),
        clientFrame({ opcode, rsv }),
        message(route, route.mark("after")),
      ],
      expect: ["mark before", ...BROKEN],
    })),
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) =>
    [true, false].map((fin) => ({
      name: `opcode ${opcode}, ${fin ? "whole" : "a fragment"}`,
      send: (route: Route) => [
        message(route, route.mark("before")),
        clientFrame({ opcode, fin, payload: "x" }),
        ping("after"),
      ],
      expect: ["mark before", ...BROKEN],
    })),
  ),
];

const fragments: Case[] = [
  ...[OPCODES.ping, OPCODES.pong, OPCODES.close].map((opcode) => ({
    name: `opcode ${opcode} in fragments`,
    send: () => fragmented(opcode, ["a", "b"]),
    expect: BROKEN,
  })),
  ...[2, 3, 5, 20].map((count) => ({
    name: `a message in ${count} pieces`,
    send: (route: Route) => pieces(route, "whole", count),
    expect: ["mark whole"],
  })),
  {
    name: "pieces that are empty, at either end and between",
    send: (route) => fragmented(route.opcode, ["", "", route.mark("whole"), "", ""]),
    expect: ["mark whole"],
  },
  {
    name: "pings between the pieces, answered before the message is whole",
    send: (route) => {
      const [first, ...rest] = pieces(route, "whole", 3);
      return [first!, ping("1"), rest[0]!, ping("2"), rest[1]!];
    },
    expect: ["pong 1", "pong 2", "mark whole"],
  },
  {
    name: "a message in pieces, and another after it",
    send: (route) => [
      ...pieces(route, "one", 2),
      message(route, route.mark("two")),
      ...pieces(route, "three", 4),
    ],
    expect: ["mark one", "mark two", "mark three"],
  },
  ...[true, false].flatMap((fin) => [
    {
      name: `a continuation of nothing, ${fin ? "the last" : "not the last"}`,
      send: () => [clientFrame({ opcode: OPCODES.continuation, payload: "x", fin })],
      expect: BROKEN,
    },
    {
      name: `a continuation after all was said, ${fin ? "the last" : "not the last"}`,
      send: (route: Route) => [
        ...pieces(route, "one", 2),
        clientFrame({ opcode: OPCODES.continuation, payload: "x", fin }),
        message(route, route.mark("two")),
      ],
      expect: ["mark one", ...BROKEN],
    },
    {
      name: `a new message within another, ${fin ? "whole" : "a piece"}`,
      send: (route: Route) => [
        pieces(route, "one", 2)[0]!,
        clientFrame({ opcode: route.opcode, payload: route.mark("two"), fin }),
      ],
      expect: BROKEN,
    },
  ]),
  {
    name: "audio in pieces",
    send: (route) => {
      const whole = route.audio(speechBytes(2 * FRAME_BYTES));
      const cuts = [0, 1, 30, 31, 700, whole.length];
      return fragmented(
        route.opcode,
        cuts.slice(1).map((end, i) => whole.subarray(cuts[i], end)),
      );
    },
    expect: [],
    audio: speechBytes(2 * FRAME_BYTES),
  },
];

for (const [group, cases] of Object.entries({ lengths, audio, headers, pings, reserved, fragments })) {
  test(`RFC 6455, ${group}: ${cases.length} cases on each route`, async () => {
    const server = new ByteServer();
    for (const route of ROUTES) for (const one of cases) await play(server, route, one);
    await server.close();
  });
}

test.run();
