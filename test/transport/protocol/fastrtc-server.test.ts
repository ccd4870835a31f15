/** The protocol's server end, without a socket: text in, typed message or fault out. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { agreeOnFormat, type WireAgreement } from "../../../src/transport/protocol/fastrtc-format.ts";
import { readFastrtcMessage } from "../../../src/transport/protocol/fastrtc-server.ts";
import { MAX_PARAMETERS, mergeParameters } from "../../../src/transport/protocol/parameters.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (message: unknown) => readFastrtcMessage(bytes(JSON.stringify(message)));
const DEEP = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

for (const [what, message, expected] of [
  ["ping", { event: "ping" }, { kind: "ping" }],
  ["stop", { event: "stop" }, { kind: "stop" }],
  ["media", { event: "media", media: { payload: "AA==" } }, { kind: "payload", payload: "AA==" }],
  ["numbered media", { event: "media", media: { payload: "", seq: 1 } }, { kind: "payload", payload: "" }],
  ["a mark", { event: "mark", mark: { name: "x" } }, { kind: "mark", name: "x" }],
  ["cleared", { event: "cleared", played_ms: 1240 }, { kind: "cleared", playedMs: 1240 }],
  ["an unknown event", { event: "hello", x: 1 }, { kind: "unknown", event: "hello" }],
] as const) {
  test(`${what} is read`, () => {
    assert.equal(read(message), expected);
  });
}

test("both names of the id are taken, alone or with the same value", () => {
  for (const ids of [{ websocket_id: "a" }, { webrtc_id: "a" }, { websocket_id: "a", webrtc_id: "a" }]) {
    const message = read({ event: "start", ...ids });
    assert.ok(message.kind === "start" && message.id === "a" && message.format === undefined);
  }
});

test("a start without an id is left to the server", () => {
  const message = read({ event: "start" });
  assert.ok(message.kind === "start" && message.id === undefined);
});

for (const [what, message, code] of [
  ["two different ids", { event: "start", websocket_id: "a", webrtc_id: "b" }, "ERR_ID_INVALID"],
  ["an empty id", { event: "start", websocket_id: "" }, "ERR_ID_INVALID"],
  ["an id of 129 characters", { event: "start", websocket_id: "x".repeat(129) }, "ERR_ID_INVALID"],
  ["an id that is a number", { event: "start", websocket_id: 7 }, "ERR_ID_INVALID"],
  ["an id that is null", { event: "start", websocket_id: null, webrtc_id: null }, "ERR_ID_INVALID"],
  ["an id with a line feed", { event: "start", websocket_id: "a\nb" }, "ERR_ID_INVALID"],
  ["an id with a C1 control", { event: "start", websocket_id: "a\u0085b" }, "ERR_ID_INVALID"],
  ["an id with half a surrogate pair", { event: "start", websocket_id: "\ud800" }, "ERR_ID_INVALID"],
  ["params that are a list", { event: "start", websocket_id: "a", params: ["x"] }, "ERR_MESSAGE"],
  ["a param that is no string", { event: "start", websocket_id: "a", params: { x: 1 } }, "ERR_MESSAGE"],
  ["a long param", { event: "start", websocket_id: "a", params: { x: "y".repeat(4097) } }, "ERR_MESSAGE"],
  ["no event", { type: "ping" }, "ERR_MESSAGE"],
  ["an event that is no string", { event: 1 }, "ERR_MESSAGE"],
  ["a list", [], "ERR_MESSAGE"],
  ["null", null, "ERR_MESSAGE"],
  ["media without media", { event: "media" }, "ERR_MESSAGE"],
  ["media without a payload", { event: "media", media: {} }, "ERR_MESSAGE"],
  ["a payload that is no string", { event: "media", media: { payload: [1] } }, "ERR_MESSAGE"],
  ["a mark without a name", { event: "mark", mark: {} }, "ERR_MESSAGE"],
  ["cleared without a time", { event: "cleared" }, "ERR_MESSAGE"],
  ["cleared before the beginning", { event: "cleared", played_ms: -1 }, "ERR_MESSAGE"],
] as const) {
  test(`${what}: a fault with ${code}, a sentence and a hint`, () => {
    const fault = read(message);
    assert.ok(fault.kind === "fault");
    if (fault.kind !== "fault") return;
    assert.is(fault.code, code);
    assert.is(fault.closeCode, 1007);
    assert.match(fault.message, /\.$/);
    assert.match(fault.hint, /\.$/);
  });
}

test("what is not JSON, or not UTF-8, is a fault", () => {
  for (const data of [
    bytes(""),
    bytes("{"),
    bytes("{'event':1}"),
    bytes("\ufeff{}"),
    Uint8Array.of(0x22, 0xff, 0x22),
  ]) {
    const message = readFastrtcMessage(data);
    assert.ok(message.kind === "fault" && message.code === "ERR_JSON");
  }
});

test("65 parameters are too many, 64 are not", () => {
  const params = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, "v"]));
  assert.is(read({ event: "start", websocket_id: "a", params: params(MAX_PARAMETERS) }).kind, "start");
  assert.is(read({ event: "start", websocket_id: "a", params: params(MAX_PARAMETERS + 1) }).kind, "fault");
});

test("no parameter's name reaches a prototype", () => {
  const text =
    '{"event":"start","websocket_id":"a","customParameters":{"__proto__":"p","constructor":"c","kind":"fault"}}';
  const message = readFastrtcMessage(bytes(text));
  assert.ok(message.kind === "start");
  if (message.kind !== "start") return;
  assert.is(Object.getPrototypeOf(message.params), null);
  assert.equal(Object.entries(message.params), [
    ["__proto__", "p"],
    ["constructor", "c"],
    ["kind", "fault"],
  ]);
  const merged = mergeParameters(message.params, message.params);
  assert.is(Object.getPrototypeOf(merged), null);
  assert.equal(Object.keys(merged), ["__proto__", "constructor", "kind"]);
  assert.is(({} as Record<string, unknown>).p, undefined);
});

test("an inherited name is not taken for a message's own", () => {
  assert.is(read({ event: "toString" }).kind, "unknown");
  const message = readFastrtcMessage(bytes('{"__proto__":{"event":"stop"}}'));
  assert.is(message.kind, "fault");
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
      assert.type(readFastrtcMessage(data).kind, "string");
    }),
    { numRuns: 2000 },
  );
});

test("no JSON makes it throw", () => {
  const keys = fc.constantFrom(
    "event",
    "media",
    "payload",
    "websocket_id",
    "webrtc_id",
    "params",
    "mark",
    "name",
    "format",
  );
  const values = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("start", "media", "mark", "cleared", "stop", "ping"),
      fc.jsonValue(),
      fc.dictionary(keys, tie("node"), { maxKeys: 5 }),
    ),
  })).node;
  fc.assert(
    fc.property(values, (value) => {
      assert.type(readFastrtcMessage(bytes(JSON.stringify(value))).kind, "string");
    }),
    { numRuns: 2000 },
  );
});

const defaults: WireAgreement = {
  input: { encoding: "mulaw", sample_rate: 16000, frame_ms: 20 },
  output: { encoding: "mulaw", sample_rate: 24000, frame_ms: 20 },
};

test("what an offer leaves open is taken from the server", () => {
  assert.equal(agreeOnFormat({}, defaults), defaults);
  assert.equal(agreeOnFormat({ input: { channels: 1, comfort_noise: true } }, defaults), defaults);
  assert.equal(
    agreeOnFormat({ input: { sample_rate: 8000 }, output: { encoding: "alaw", frame_ms: 60 } }, defaults),
    {
      input: { encoding: "mulaw", sample_rate: 8000, frame_ms: 20 },
      output: { encoding: "alaw", sample_rate: 24000, frame_ms: 60 },
    },
  );
});

test("an offer that cannot be met is refused with what would be accepted", () => {
  for (const [offer, expected] of [
    [null, "an object"],
    [[], "an object"],
    [{ input: 7 }, "an object"],
    [{ input: { encoding: "opus" } }, "mulaw, alaw, pcm16"],
    [{ output: { encoding: 1 } }, "mulaw, alaw, pcm16"],
    [{ input: { sample_rate: 3999 } }, "4000 to 192000"],
    [{ input: { sample_rate: 8000.5 } }, "4000 to 192000"],
    [{ input: { sample_rate: "8000" } }, "4000 to 192000"],
    [{ output: { sample_rate: 192001 } }, "4000 to 192000"],
    [{ output: { frame_ms: 4 } }, "5 to 500"],
    [{ output: { frame_ms: 501 } }, "5 to 500"],
    [{ input: { encoding: JSON.parse(DEEP) } }, "mulaw, alaw, pcm16"],
    [{ input: { channels: 2 } }, "format.input.channels is 2; expected 1 (mono)."],
    [{ output: { channels: "1" } }, "expected 1"],
    [{ output: { bitrate: 64000 } }, "encoding, sample_rate, frame_ms, channels, comfort_noise"],
    [{ input: { comfort_noise: 1 } }, "true or false"],
    [{ video: {} }, "input, output"],
  ] as const) {
    const agreement = agreeOnFormat(offer, defaults);
    assert.ok(
      "kind" in agreement && agreement.code === "ERR_FORMAT_UNSUPPORTED" && agreement.closeCode === 1003,
    );
    if ("kind" in agreement) assert.match(agreement.message, expected);
  }
});

test("any JSON as an offer gives an agreement or a fault", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
      for (const offer of [
        a,
        { input: a, output: b },
        { input: { encoding: a, sample_rate: b, frame_ms: c } },
      ]) {
        const agreement = agreeOnFormat(offer, defaults);
        assert.ok("kind" in agreement || agreement.input.sample_rate >= 4000);
      }
    }),
  );
});

test.run();
