/** RFC 6455, sections 5.6 and 8.1: text is UTF-8, whole and in any pieces; what is not ends the connection with 1007. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Case, message, play, speechBytes } from "./cases.ts";
import { clientFrame, fragmented, OPCODES } from "./frames.ts";
import { ByteServer } from "./peer.ts";
import { BINARY_ROUTE, JSON_ROUTE } from "./routes.ts";

/** At the borders of every length of UTF-8, and where Unicode has holes or nothing assigned. */
const VALID: readonly string[] = [
  "",
  "Hello-µ@ßöäüàá-UTF-8!!",
  "κόσμε",
  ...[
    0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x1fffe, 0x1f3a4,
    0x2ffff, 0x3fffe, 0x4ffff, 0x10fffe, 0x10ffff,
  ].map((point) => String.fromCodePoint(point)),
].map((text) => `x${text}y`);

/** Bytes in hex that are no UTF-8. */
const INVALID: readonly string[] = [
  // a continuation byte alone, and in rows
  ...["80", "bf", "80bf", "80bf80", "80bf80bf80"],
  // every first byte without what should follow, then a space
  ...Array.from({ length: 0x3e }, (_, i) => `${(0xc0 + i).toString(16)}20`),
  // the last byte missing
  ...["df", "efbf", "f7bfbf", "cebae1bdb9cf83cebcce"],
  // bytes that never occur
  ...["fe", "ff", "fefeffff"],
  // longer than need be
  ...[
    "c0af",
    "e080af",
    "f08080af",
    "f8808080af",
    "fc80808080af",
    "c1bf",
    "e09fbf",
    "f08fbfbf",
    "c080",
    "e08080",
  ],
  // halves of surrogate pairs, alone and paired
  ...["eda080", "edadbf", "edae80", "edbfbf", "eda080edb080", "edafbfedbfbf"],
  // beyond Unicode
  ...["f4908080", "f7bfbfbf", "f8888080", "fc84808080"],
];

const BAD = ["error ERR_MESSAGE", "close 1007", "end"];

function pieces(bytes: Uint8Array, size: number): Buffer[] {
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return fragmented(OPCODES.text, parts);
}

test("valid text comes back as it went, whole, in single bytes and cut inside its characters", async () => {
  const server = new ByteServer();
  for (const text of VALID) {
    for (const size of [1, 2, 3, 1000]) {
      await play(server, JSON_ROUTE, {
        name: `${JSON.stringify(text)} in pieces of ${size}`,
        send: () => pieces(JSON_ROUTE.mark(text), size),
        expect: [`mark ${text}`],
      });
    }
  }
  await server.close();
});

test("text that is no UTF-8 ends the connection with 1007, wherever it stands and however it is cut", async () => {
  const server = new ByteServer();
  const around: Record<string, (bytes: Buffer) => Buffer> = {
    "as the whole message": (bytes) => bytes,
    "inside a mark": (bytes) => JSON_ROUTE.mark(bytes),
    "after an event that is known": (bytes) => Buffer.concat([Buffer.from('{"event":"ping"}'), bytes]),
    "inside media of the usual shape": (bytes) =>
      Buffer.concat([Buffer.from('{"event":"media","media":{"payload":"'), bytes, Buffer.from('"}}')]),
    "in a field of media that nobody reads": (bytes) =>
      Buffer.concat([Buffer.from('{"event":"media","media":{"payload":""},"x":"'), bytes, Buffer.from('"}')]),
    "in front of media": (bytes) => Buffer.concat([bytes, JSON_ROUTE.audio(speechBytes(160))]),
  };
  let count = 0;
  for (const hex of INVALID) {
    const bytes = Buffer.from(hex, "hex");
    for (const [where, put] of Object.entries(around)) {
      const size = [1000, 1, 2][count++ % 3]!;
      await play(server, JSON_ROUTE, {
        name: `${hex} ${where}, in pieces of ${size}`,
        send: () => pieces(put(bytes), size),
        expect: BAD,
      });
    }
  }
  assert.is(count, INVALID.length * 6);
  await server.close();
});

test("a message that begins like media is checked to its end, and binary ones are no text", async () => {
  const server = new ByteServer();
  const bad = Buffer.from("c3", "hex");
  const cases: Case[] = [
    {
      name: "bad text after a good message",
      send: (route) => [message(route, route.mark("good")), message(route, Buffer.concat([bad, bad]))],
      expect: ["mark good", ...BAD],
    },
    {
      name: "a character begun in one message is not ended in the next",
      send: () => [
        clientFrame({ opcode: OPCODES.text, payload: Buffer.concat([JSON_ROUTE.mark("x"), bad]) }),
        clientFrame({ opcode: OPCODES.text, payload: Buffer.from("b6", "hex") }),
      ],
      expect: BAD,
    },
    {
      name: "a binary message of any bytes is the wrong kind, and no more",
      send: (route) => [
        clientFrame({ opcode: OPCODES.binary, payload: bad }),
        message(route, route.mark("after")),
      ],
      expect: ["error ERR_MESSAGE", "mark after"],
    },
  ];
  for (const one of cases) await play(server, JSON_ROUTE, one);
  await play(server, BINARY_ROUTE, {
    name: "a text message that is no UTF-8 on the binary route",
    send: () => [clientFrame({ opcode: OPCODES.text, payload: bad })],
    expect: BAD,
  });
  // text inside a packet is the packet's business: answered, and the call goes on
  await play(server, BINARY_ROUTE, {
    name: "packets whose text is no UTF-8",
    send: (route) => [
      message(route, route.mark(bad)),
      message(route, route.json(bad)),
      message(route, route.mark("after")),
    ],
    expect: ["error ERR_MESSAGE", "error ERR_JSON", "mark after"],
  });
  await server.close();
});

test.run();
