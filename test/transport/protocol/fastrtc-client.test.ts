import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../../src/index.ts";
import {
  decodeServerMessage,
  encodeCleared,
  encodeMark,
  encodeStart,
  PING_MESSAGE,
  type ServerMessage,
  STOP_MESSAGE,
} from "../../../src/transport/protocol/fastrtc-client.ts";
import { createMediaWriter, PayloadReader } from "../../../src/transport/protocol/fastrtc-client-media.ts";
import { sameSamples, sine } from "../../samples.ts";

const dsp = loadDspSync();
const mulaw = new PayloadReader(dsp, "mulaw");
const decode = (message: unknown, reader = mulaw) =>
  decodeServerMessage(typeof message === "string" ? message : JSON.stringify(message), reader);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const speech = dsp.pcm.floatToInt16(sine(160, 440, 8000));
const G711 = { encoding: "mulaw", sample_rate: 8000, frame_ms: 20 };

test("start carries the id under both names, the format as asked, and nothing that was not asked", () => {
  assert.equal(JSON.parse(encodeStart("a1", undefined)), {
    event: "start",
    webrtc_id: "a1",
    websocket_id: "a1",
  });
  const format = {
    input: { encoding: "alaw", sampleRate: 16000, frameMs: 10 },
    output: { sampleRate: 8000 },
  } as const;
  assert.equal(JSON.parse(encodeStart("a1", format, { room: "7" })), {
    event: "start",
    webrtc_id: "a1",
    websocket_id: "a1",
    params: { room: "7" },
    format: { input: { encoding: "alaw", sample_rate: 16000, frame_ms: 10 }, output: { sample_rate: 8000 } },
  });
});

test("the small messages are what the protocol says", () => {
  assert.is(PING_MESSAGE, '{"event":"ping"}');
  assert.is(STOP_MESSAGE, '{"event":"stop"}');
  assert.equal(JSON.parse(encodeMark('a "b"')), { event: "mark", mark: { name: 'a "b"' } });
  assert.is(encodeCleared(1239.6), '{"event":"cleared","played_ms":1240}');
});

for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
  const reader = new PayloadReader(dsp, encoding);
  const bytesOf = (pcm: Int16Array) => {
    if (encoding !== "pcm16") return dsp[encoding].encode(pcm);
    const view = new DataView(new ArrayBuffer(pcm.length * 2));
    pcm.forEach((sample, i) => {
      view.setInt16(i * 2, sample, true);
    });
    return new Uint8Array(view.buffer);
  };
  const heard = (pcm: Int16Array) => (encoding === "pcm16" ? pcm : dsp[encoding].decode(bytesOf(pcm)));

  test(`${encoding}: a written frame of any length is the message that JSON would make`, () => {
    const writer = createMediaWriter(dsp, encoding, 160);
    for (let n = 0; n <= 160; n++) {
      const pcm = speech.subarray(0, n);
      const text = JSON.stringify({ event: "media", media: { payload: base64(bytesOf(pcm)) } });
      const written = writer.write(pcm);
      assert.is(Buffer.from(written).toString(), text);
      assert.is(writer.messageBytes(n), written.length);
    }
    writer.dispose();
  });

  test(`${encoding}: media is read under any key, spacing and order, as text and as bytes, with and without numbers`, () => {
    for (const n of [0, 1, 3, 159, 160]) {
      const pcm = speech.subarray(0, n);
      const payload = base64(bytesOf(pcm));
      const texts = [
        `{"event":"media","media":{"payload":"${payload}"}}`,
        `{"event": "media", "media": {"payload": "${payload}"}}`,
        `{"media":{"payload":"${payload}"},"event":"media"}`,
        `{"type":"media","media":{"payload":"${payload}"}}`,
        `{"status":"media","media":{"payload":"${payload}"}}`,
        `{"event":"media","media":{"payload":"${payload}","seq":17,"timestamp":2720}}`,
      ];
      for (const text of texts) {
        for (const message of [text, new TextEncoder().encode(text)]) {
          const counted = text.includes("seq");
          assert.equal(decodeServerMessage(message, reader), {
            kind: "media",
            sequence: counted ? 17 : -1,
            timestamp: counted ? 2720 : -1,
          });
          sameSamples(reader.samples, heard(pcm));
        }
      }
    }
  });

  test(`${encoding}: a message longer than the fast reader takes is read all the same`, () => {
    const pcm = Int16Array.from({ length: 100_000 }, (_, i) => (i * 7919) << 3);
    const message = JSON.stringify({ event: "media", media: { payload: base64(bytesOf(pcm)) } });
    assert.is(decodeServerMessage(message, reader).kind, "media");
    sameSamples(reader.samples, heard(pcm));
  });

  test(`${encoding}: a long payload is strict Base64 from its beginning to its end`, () => {
    const payload = base64(bytesOf(new Int16Array(120_000).fill(1000)));
    const media = (text: string) => decode({ event: "media", media: { payload: text } }, reader).kind;
    assert.is(media(payload), "media");
    // the reader takes 65,536 characters at a time: padding at the end of such a piece ends nothing
    for (const at of [65_535, 65_536, 131_071, 1]) {
      for (const bad of ["=", "\n", "\u00e4"]) {
        assert.is(
          media(`${payload.slice(0, at)}${bad}${payload.slice(at + 1)}`),
          "malformed",
          `${bad} at ${at}`,
        );
      }
    }
    assert.is(media(payload.slice(0, -1)), "malformed");
  });

  test(`${encoding}: a packet of any length is read, and half a sample over is not`, () => {
    const pcm = Int16Array.from({ length: 131_100 }, (_, i) => (i * 7919) << 3);
    const payload = bytesOf(pcm);
    for (const n of [65_524, 65_526, 131_048, 131_052, payload.length]) {
      const packet = new Uint8Array(12 + n);
      packet.set(payload.subarray(0, n), 12);
      assert.is(reader.readPacket(packet), true, `${n} bytes`);
      sameSamples(reader.samples, heard(pcm).subarray(0, encoding === "pcm16" ? n / 2 : n));
      if (encoding === "pcm16")
        assert.is(reader.readPacket(packet.subarray(0, 11 + n)), false, `${n - 1} bytes`);
    }
  });
}

test("started states both formats; one that does not is malformed", () => {
  const data = { webrtc_id: "a1", input: G711, output: { ...G711, sample_rate: 24000 }, resume_token: "t" };
  assert.equal(decode({ type: "started", data }), {
    kind: "started",
    input: { encoding: "mulaw", sampleRate: 8000, frameMs: 20 },
    output: { encoding: "mulaw", sampleRate: 24000, frameMs: 20 },
    resumeToken: "t",
    resumeWindowMs: undefined,
    resumed: undefined,
  });
  for (const wrong of [
    undefined,
    null,
    { input: G711 },
    { input: G711, output: { ...G711, encoding: "gsm" } },
    { input: G711, output: { ...G711, sample_rate: "8000" } },
    { input: G711, output: { ...G711, sample_rate: 1 } },
    { input: { ...G711, frame_ms: 0 }, output: G711 },
  ]) {
    assert.is(decode({ type: "started", data: wrong }).kind, "malformed");
  }
});

test("errors keep code, sentence and hint, wherever a server puts the sentence", () => {
  const data = { code: "ERR_ID_IN_USE", hint: "Use another." };
  assert.equal(decode({ type: "error", message: "The id is in use.", data }), {
    kind: "error",
    code: "ERR_ID_IN_USE",
    message: "The id is in use.",
    hint: "Use another.",
  });
  const plain = { kind: "error", code: "ERR_HANDLER", message: "boom", hint: "" };
  assert.equal(decode({ type: "error", message: "boom" }), plain);
  assert.equal(decode({ type: "error", data: "boom" }), plain);
  assert.equal(decode({ type: "error", data: { message: "boom", code: "made up" } }), plain);
});

test("a refusal for want of room is an error that states the limit", () => {
  const refusal = decode({ status: "failed", meta: { error: "concurrency_limit_reached", limit: 3 } });
  assert.is(refusal.kind === "error" && refusal.code, "ERR_LIMIT_SESSIONS");
  assert.match(refusal.kind === "error" ? refusal.message : "", "3");
  const other = decode({ status: "failed", meta: { error: "closing" } });
  assert.match(other.kind === "error" ? other.message : "", "closing");
});

test("every other message has its kind", () => {
  const cases: [unknown, ServerMessage][] = [
    [{ event: "pong" }, { kind: "pong" }],
    [{ event: "clear" }, { kind: "clear" }],
    [
      { event: "mark", mark: { name: "x" } },
      { kind: "mark", name: "x" },
    ],
    [
      { type: "warning", message: "slow" },
      { kind: "warning", message: "slow" },
    ],
    [
      { type: "log", data: "pause_detected" },
      { kind: "log", message: "pause_detected" },
    ],
    [
      { type: "send_input", data: { n: 1 } },
      { kind: "notice", type: "send_input", data: { n: 1 } },
    ],
    [
      { type: "tomorrow", data: 1 },
      { kind: "unknown", type: "tomorrow" },
    ],
  ];
  for (const [message, expected] of cases) assert.equal(decode(message), expected);
  for (const type of ["end_stream", "fetch_output", "stopword", "update_connection"]) {
    assert.is(decode({ type }).kind, "notice");
  }
});

test("what cannot be read is malformed, with a code that says how", () => {
  const codes: [string, string][] = [
    ["", "ERR_JSON"],
    ["{", "ERR_JSON"],
    ["[]", "ERR_MESSAGE"],
    ["null", "ERR_MESSAGE"],
    ["7", "ERR_MESSAGE"],
    ["{}", "ERR_MESSAGE"],
    ['{"event":7}', "ERR_MESSAGE"],
    ['{"event":"media"}', "ERR_MESSAGE"],
    ['{"event":"media","media":{"payload":7}}', "ERR_MESSAGE"],
    ['{"event":"media","media":{"payload":"A"}}', "ERR_BASE64"],
    ['{"event":"media","media":{"payload":"AA==AA=="}}', "ERR_BASE64"],
    ['{"event":"media","media":{"payload":"ééééééé="}}', "ERR_BASE64"],
    ['{"event":"mark","mark":{}}', "ERR_MESSAGE"],
  ];
  for (const [text, code] of codes) {
    const message = decode(text);
    assert.is(message.kind === "malformed" && message.code, code, text);
  }
  const halfSample = new PayloadReader(dsp, "pcm16");
  assert.is(decode({ event: "media", media: { payload: "AAAA" } }, halfSample).kind, "malformed");
});

test("deep nesting neither throws nor ends up in a text", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  assert.equal(decode(`{"type":"log","data":${deep}}`), { kind: "log", message: "" });
});

const usual = [
  { event: "media", media: { payload: base64(dsp.mulaw.encode(speech)), seq: 1, timestamp: 160 } },
  { event: "media", media: { payload: base64(dsp.mulaw.encode(speech)) } },
  { type: "started", data: { webrtc_id: "a", input: G711, output: G711 } },
  { type: "error", message: "no", data: { code: "ERR_HANDLER", hint: "h" } },
  { status: "failed", meta: { error: "concurrency_limit_reached", limit: 1 } },
  { event: "mark", mark: { name: "x" } },
  { type: "send_input", data: "a" },
].map((message) => JSON.stringify(message));

test("no mutation of a server's message makes the decoder throw", () => {
  const mutation = fc.tuple(fc.constantFrom(...usual), fc.nat(), fc.nat(8), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(mutation, ([text, at, removed, added]) => {
      const from = at % (text.length + 1);
      const mutated = text.slice(0, from) + added + text.slice(from + removed);
      assert.type(decodeServerMessage(mutated, mulaw).kind, "string");
      assert.type(decodeServerMessage(new TextEncoder().encode(mutated), mulaw).kind, "string");
    }),
    { numRuns: 2000 },
  );
});

test("no JSON and no bytes make the decoder throw", () => {
  const named = fc.record(
    {
      event: fc.oneof(fc.constantFrom("media", "mark", "clear", "pong"), fc.jsonValue()),
      type: fc.oneof(fc.constantFrom("started", "error", "log", "failed"), fc.jsonValue()),
      status: fc.jsonValue(),
      media: fc.jsonValue(),
      mark: fc.jsonValue(),
      data: fc.jsonValue(),
      meta: fc.jsonValue(),
      message: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(named, fc.jsonValue()), (value) => {
      assert.type(decode(JSON.stringify(value)).kind, "string");
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.type(decodeServerMessage(bytes, mulaw).kind, "string");
    }),
  );
});

test.run();
