/** What a client might send: the usual messages of each protocol, what becomes of them by small damage, and rubbish. */
import fc from "fast-check";

/** One message as it goes into a WebSocket frame. */
export interface Sent {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

const utf8 = new TextEncoder();
const PAYLOAD = Buffer.alloc(160, 0x5a).toString("base64");
const FORMAT = {
  input: { encoding: "alaw", sample_rate: 8000 },
  output: { encoding: "pcm16", frame_ms: 10 },
};

export const FASTRTC_MESSAGES: readonly object[] = [
  { event: "start", websocket_id: "a" },
  { event: "start", webrtc_id: "b", format: FORMAT, params: { room: "blue" } },
  { event: "start", format: FORMAT, resume: { token: "x", received: 3 } },
  { event: "media", media: { payload: PAYLOAD } },
  { event: "media", media: { payload: PAYLOAD, seq: 17, timestamp: 2720 } },
  { event: "mark", mark: { name: "m" } },
  { event: "cleared", played_ms: 1240 },
  { event: "input", values: [1, "two", { three: 3 }] },
  { event: "ping" },
  { event: "stop" },
];

export const TWILIO_MESSAGES: readonly object[] = [
  { event: "connected", protocol: "Call", version: "1.0.0" },
  {
    event: "start",
    sequenceNumber: "1",
    streamSid: "MZ1",
    start: {
      streamSid: "MZ1",
      accountSid: "AC1",
      callSid: "CA1",
      tracks: ["inbound"],
      customParameters: { caller: "Ada" },
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
    },
  },
  {
    event: "media",
    sequenceNumber: "3",
    streamSid: "MZ1",
    media: { track: "inbound", chunk: "1", timestamp: "5", payload: PAYLOAD },
  },
  { event: "dtmf", streamSid: "MZ1", sequenceNumber: "5", dtmf: { track: "inbound_track", digit: "1" } },
  { event: "mark", sequenceNumber: "4", streamSid: "MZ1", mark: { name: "m" } },
  { event: "stop", sequenceNumber: "6", streamSid: "MZ1", stop: { accountSid: "AC1", callSid: "CA1" } },
];

const VONAGE_CONNECTED = {
  event: "websocket:connected",
  "content-type": "audio/l16;rate=16000",
  caller: "Ada",
};

export const VONAGE_MESSAGES: readonly object[] = [
  VONAGE_CONNECTED,
  { event: "websocket:notify", payload: { mark: "m" } },
  { event: "websocket:cleared" },
  { event: "websocket:dtmf", digit: "5", duration: 260 },
];

/** Messages of a JSON protocol. */
export function jsonMessages(usual: readonly object[]): fc.Arbitrary<Sent> {
  const texts = usual.map((message) => JSON.stringify(message));
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...texts).map(text) },
    { weight: 4, arbitrary: damaged(fc.constantFrom(...texts.map((one) => utf8.encode(one)))).map(asText) },
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...usual), fc.nat(), VALUES).map(withValue) },
    { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map(text) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map(asText) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes, isBinary: true })) },
  );
}

/** Packets of the binary protocol. */
export function packets(): fc.Arbitrary<Sent> {
  const controls = FASTRTC_MESSAGES.map((message) => packet(2, 0, utf8.encode(JSON.stringify(message))));
  const usual = fc.oneof(
    fc.constantFrom(...controls),
    fc
      .tuple(
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 5 }),
        fc.uint8Array({ maxLength: 320 }),
      )
      .map(([type, codec, payload]) => packet(type, codec, payload)),
    fc
      .tuple(fc.constantFrom(...FASTRTC_MESSAGES), fc.nat(), VALUES)
      .map((parts) => packet(2, 0, withValue(parts).bytes)),
  );
  return fc.oneof(
    { weight: 4, arbitrary: usual.map(asBinary) },
    { weight: 4, arbitrary: damaged(usual).map(asBinary) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map(asBinary) },
    { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map(text) },
  );
}

/** A usual start of each protocol. */
export const startOf = {
  fastrtc: (id: string) => text(JSON.stringify({ event: "start", websocket_id: id, format: FORMAT })),
  twilio: (id: string) => text(JSON.stringify({ ...TWILIO_MESSAGES[1], start: { streamSid: id } })),
  vonage: () => text(JSON.stringify(VONAGE_CONNECTED)),
  binary: (id: string) =>
    asBinary(packet(2, 0, utf8.encode(JSON.stringify({ event: "start", websocket_id: id })))),
};

/** Messages of a protocol with raw audio in binary messages and JSON in text. */
export function rawAudioMessages(usual: readonly object[]): fc.Arbitrary<Sent> {
  return fc.oneof(
    { weight: 3, arbitrary: jsonMessages(usual) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 700 }).map(asBinary) },
  );
}

/** What may stand in place of any value. */
const VALUES: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    ...[
      null,
      true,
      0,
      -1,
      1e300,
      2 ** 53,
      0.5,
      "",
      "0",
      "__proto__",
      "constructor",
      [],
      {},
      [[]],
      "x".repeat(300),
    ],
  ),
  fc.string({ maxLength: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Another value at one place of a message: a field of it, or of an object in it. */
function withValue([message, place, value]: [object, number, unknown]): Sent {
  const copy = JSON.parse(JSON.stringify(message));
  const places: [Record<string, unknown>, string][] = [];
  const collect = (object: Record<string, unknown>) => {
    for (const key of Object.keys(object)) {
      places.push([object, key]);
      const below = object[key];
      if (typeof below === "object" && below !== null) collect(below as Record<string, unknown>);
    }
  };
  collect(copy);
  const [object, key] = places[place % places.length]!;
  object[key] = value;
  return text(JSON.stringify(copy));
}

/** Bytes changed, cut out, said twice or put in. */
function damaged(whole: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(whole, fc.nat(), fc.nat(12), fc.uint8Array({ maxLength: 6 }), fc.nat(3))
    .map(([bytes, place, length, other, way]) => {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      const end = Math.min(bytes.length, at + length);
      const middle =
        way === 0
          ? other
          : way === 1
            ? Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)])
            : way === 2
              ? bytes.subarray(at, end).map((byte, i) => byte ^ (1 << ((place + i) % 8)))
              : new Uint8Array();
      return way === 3 && length === 0
        ? bytes.subarray(0, at)
        : Uint8Array.from(Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(end)]));
    });
}

function packet(type: number, codec: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.from([1, type, codec, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...payload]);
}

function text(message: string): Sent {
  return { bytes: utf8.encode(message), isBinary: false };
}

function asText(bytes: Uint8Array): Sent {
  return { bytes, isBinary: false };
}

function asBinary(bytes: Uint8Array): Sent {
  return { bytes, isBinary: true };
}
