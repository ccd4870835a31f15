/** `voxwire.v1` without a socket: both ends against the description, against each other, and against nonsense. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../../src/dsp/dsp.ts";
import { SharedCodecs } from "../../../src/transport/codec-pool.ts";
import { BINARY_DIALECT, decodePacket } from "../../../src/transport/protocol/binary-client.ts";
import { binaryProtocol } from "../../../src/transport/protocol/binary-dialect.ts";
import { packetSequence, packetTimestamp } from "../../../src/transport/protocol/binary-packet.ts";
import { MEDIA, type StartMessage } from "../../../src/transport/protocol/client-message.ts";
import { PayloadReader } from "../../../src/transport/protocol/fastrtc-client-media.ts";
import { SAMPLE_ENCODINGS, type WireEncoding } from "../../../src/transport/protocol/fastrtc-shapes.ts";
import { sameSamples, sine } from "../../samples.ts";

const dsp = loadDspSync();
const codecs = new SharedCodecs(dsp, { maxMessageBytes: 262_144, maxControlBytes: 65_536 });
const START: StartMessage = { kind: "start", id: "x", params: {}, format: {} };
const out = dsp.allocBytes(1000);
const pcm = dsp.pcm.floatToInt16(sine(160, 300, 8000));

/** The server's end, its session begun. */
function begin(encoding: WireEncoding) {
  const dialect = binaryProtocol.openDialect(codecs);
  const direction = { encoding, sample_rate: 8000, frame_ms: 20 };
  dialect.begin(START, { input: direction, output: direction });
  return dialect;
}

function header(...fields: number[]): Uint8Array {
  return Uint8Array.from([...fields, ...Array(12).fill(0)].slice(0, 12));
}

function bytesOf(message: string | Uint8Array | undefined): Uint8Array {
  if (message instanceof Uint8Array) return message;
  throw new Error(`not bytes: ${message}`);
}

test("a packet of audio is its header, little-endian, and the codec's bytes", () => {
  const writer = BINARY_DIALECT.createMediaWriter(dsp, "alaw", 160);
  writer.write(pcm);
  writer.write(pcm);
  const third = bytesOf(writer.write(pcm));
  sameSamples(third.subarray(0, 12), [1, 1, 2, 0, 2, 0, 0, 0, 320 & 255, 320 >> 8, 0, 0]);
  sameSamples(third.subarray(12), dsp.alaw.encode(pcm));
  assert.is(writer.messageBytes(160), 172);
  writer.dispose();
});

for (const encoding of SAMPLE_ENCODINGS) {
  test(`${encoding}: what one end writes the other reads, samples, sequence numbers and time stamps`, () => {
    const coded = encoding === "pcm16" ? pcm : dsp[encoding].decode(dsp[encoding].encode(pcm));
    const server = begin(encoding);
    const writer = BINARY_DIALECT.createMediaWriter(dsp, encoding, 160);
    assert.is(server.read(bytesOf(writer.write(pcm)), true), MEDIA);
    sameSamples(server.samples, coded);
    writer.dispose();
    // counters wrap where their 32 bits end
    for (const sequence of [0, 7, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5]) {
      const bytes = server.encodeMedia(pcm, sequence, sequence * 160, out, 10);
      assert.is(bytes, server.mediaBytes(160));
      const packet = out.slice(10, 10 + bytes);
      const reader = new PayloadReader(dsp, encoding);
      const timestamp = (sequence * 160) % 2 ** 32;
      assert.equal(decodePacket(packet, reader), {
        kind: "media",
        sequence: sequence % 2 ** 32,
        timestamp,
      });
      sameSamples(reader.samples, coded);
    }
  });
}

test("everything beside audio goes there and back", () => {
  const server = begin("mulaw");
  const reader = new PayloadReader(dsp, "mulaw");
  const read = (message: string | Uint8Array) => server.read(bytesOf(message), true);
  const [start] = BINARY_DIALECT.open("a1", { input: { sampleRate: 16000 } }, { who: "me" });
  const started = read(start!);
  assert.ok(started.kind === "start" && started.id === "a1" && started.params.who === "me");
  assert.equal(read(BINARY_DIALECT.mark("ö")), { kind: "mark", name: "ö" });
  assert.equal(read(BINARY_DIALECT.cleared(1240)!), { kind: "cleared", playedMs: 1240 });
  assert.equal(read(BINARY_DIALECT.stop()), { kind: "stop" });
  assert.equal(read(BINARY_DIALECT.ping!), { kind: "ping" });
  const heard = (reply: Parameters<typeof server.write>[0]) =>
    decodePacket(bytesOf(server.write(reply)), reader);
  assert.equal(heard({ kind: "pong" }), { kind: "pong" });
  assert.equal(heard({ kind: "clear" }), { kind: "clear" });
  assert.equal(heard({ kind: "mark", name: "ö" }), { kind: "mark", name: "ö" });
  assert.equal(heard({ kind: "mark-back", name: "b" }), { kind: "mark", name: "b" });
  assert.equal(heard({ kind: "log", message: "line" }), { kind: "log", message: "line" });
  assert.equal(heard({ kind: "end-stream", message: "over" }).kind, "notice");
  const refusal = heard({ kind: "error", code: "ERR_MESSAGE", message: "m", hint: "h" });
  assert.equal(refusal, { kind: "error", code: "ERR_MESSAGE", message: "m", hint: "h" });
  assert.match(JSON.stringify(heard({ kind: "session-limit", limit: 3 })), "limit is 3");
  const direction = { encoding: "pcm16", sample_rate: 16000, frame_ms: 20 } as const;
  const agreed = heard({ kind: "started", id: "a1", agreement: { input: direction, output: direction } });
  assert.ok(agreed.kind === "started" && agreed.input.encoding === "pcm16");
});

test("a pong gives the ping's numbers back", () => {
  const server = begin("mulaw");
  const ping = header(1, 5, 0, 0, 7, 0, 0, 0xff, 1, 2, 3, 4);
  server.read(ping, true);
  const pong = bytesOf(server.write({ kind: "pong" }));
  assert.equal([pong.length, pong[1]], [12, 6]);
  assert.equal([packetSequence(pong), packetTimestamp(pong)], [packetSequence(ping), packetTimestamp(ping)]);
});

test("audio of before the start is told from the rest, whatever its codec", () => {
  const dialect = binaryProtocol.openDialect(codecs);
  assert.is(dialect.read(header(1, 1, 4), true), MEDIA);
});

for (const [what, packet, isBinary, code, said] of [
  ["text", new TextEncoder().encode("{}"), false, "ERR_MESSAGE", /text message/],
  ["nothing", new Uint8Array(0), true, "ERR_MESSAGE", /0 bytes/],
  ["half a header", new Uint8Array(11).fill(1), true, "ERR_MESSAGE", /11 bytes/],
  ["another version", header(2, 1, 1), true, "ERR_MESSAGE", /version 2/],
  ["another codec", header(1, 1, 2), true, "ERR_FORMAT_UNSUPPORTED", /2 \(alaw\).*agreed on 3 \(pcm16\)/],
  ["a codec to come", header(1, 1, 4), true, "ERR_FORMAT_UNSUPPORTED", /4 \(opus\)/],
  ["a codec without a name", header(1, 1, 77), true, "ERR_FORMAT_UNSUPPORTED", /77 \(unknown\)/],
  ["half a sample", Uint8Array.of(...header(1, 1, 3), 9), true, "ERR_MESSAGE", /half a sample/],
  ["a control that is no JSON", header(1, 2), true, "ERR_JSON", /not JSON/],
  ["a mark without a name", header(1, 3), true, "ERR_MESSAGE", /name/],
  ["a mark that is not UTF-8", Uint8Array.of(...header(1, 3), 0xff), true, "ERR_MESSAGE", /UTF-8/],
  [
    "media in a control",
    Uint8Array.of(...header(1, 2), ...new TextEncoder().encode('{"event":"media","media":{"payload":""}}')),
    true,
    "ERR_MESSAGE",
    /"media"/,
  ],
] as const) {
  test(`${what} is a fault with a sentence and a hint`, () => {
    const fault = begin("pcm16").read(packet, isBinary);
    assert.ok(fault.kind === "fault");
    if (fault.kind !== "fault") return;
    assert.is(fault.code, code);
    assert.match(fault.message, said);
    assert.match(fault.hint, /\.$/);
  });
}

test("types to come are left alone by both ends", () => {
  assert.equal(begin("mulaw").read(header(1, 99), true), { kind: "unknown", event: "packet type 99" });
  const reader = new PayloadReader(dsp, "mulaw");
  assert.equal(decodePacket(header(1, 99), reader), { kind: "unknown", type: "packet type 99" });
});

/** Packets of every kind, and whatever becomes of them by a few changed, added or missing bytes. */
const controls = ["start", "stop", "mark", "cleared", "media", "ping", "nothing"].map((event) =>
  JSON.stringify({ event, websocket_id: "a", mark: { name: "m" }, played_ms: 1, media: { payload: "AA" } }),
);
const packets = fc
  .record({
    type: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.nat(255)),
    codec: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.nat(255)),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(...controls).map((text) => new TextEncoder().encode(text)),
    ),
    changes: fc.array(fc.tuple(fc.nat(420), fc.nat(255)), { maxLength: 3 }),
    bytes: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, fc.nat(420)),
  })
  .map(({ type, codec, payload, changes, bytes }) => {
    const packet = Uint8Array.of(...header(1, type, codec), ...payload);
    for (const [at, value] of changes) if (at < packet.length) packet[at] = value;
    return bytes < 0 ? packet : packet.subarray(0, bytes);
  });
const KINDS = new Set(["start", "media", "ping", "stop", "mark", "cleared", "unknown", "fault"]);

test("60,000 random and mutated packets: the server's end answers each, and never throws", () => {
  const servers = SAMPLE_ENCODINGS.map(begin);
  let i = 0;
  fc.assert(
    fc.property(packets, fc.boolean(), (packet, isText) => {
      const server = servers[i++ % servers.length]!;
      const message = server.read(packet, !isText);
      assert.ok(KINDS.has(message.kind), message.kind);
      if (message === MEDIA) assert.ok(server.samples.length <= packet.length);
    }),
    { numRuns: 60_000 },
  );
});

test("60,000 random and mutated packets: the client's end too", () => {
  const readers = SAMPLE_ENCODINGS.map((encoding) => new PayloadReader(dsp, encoding));
  let i = 0;
  fc.assert(
    fc.property(packets, fc.boolean(), (packet, isText) => {
      const message = BINARY_DIALECT.decode(packet, !isText, readers[i++ % readers.length]!);
      assert.type(message.kind, "string");
    }),
    { numRuns: 60_000 },
  );
});

test.run();
