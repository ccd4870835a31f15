/** Media messages, without a socket: every encoding, both shapes, both ways of reading. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../../src/dsp/dsp.ts";
import { MediaDecoder, MediaEncoder } from "../../../src/transport/protocol/fastrtc-media.ts";
import { readFastrtcMessage } from "../../../src/transport/protocol/fastrtc-server.ts";
import { SAMPLE_ENCODINGS } from "../../../src/transport/protocol/fastrtc-shapes.ts";
import { numberedTailBytes } from "../../../src/transport/protocol/numbered-media.ts";
import { sameSamples } from "../../samples.ts";

const dsp = loadDspSync();
const frames = fc.int16Array({ maxLength: 400 });
const naturals = fc.maxSafeNat();

const memory = dsp.allocBytes(2000);

for (const encoding of SAMPLE_ENCODINGS) {
  const expected = (samples: Int16Array): Int16Array =>
    encoding === "pcm16" ? samples : dsp[encoding].decode(dsp[encoding].encode(samples));

  for (const isNumbered of [false, true]) {
    test(`${encoding}${isNumbered ? ", numbered" : ""}: what is written is JSON and holds the samples`, () => {
      const encoder = new MediaEncoder(dsp, encoding, isNumbered, 400);
      const decoder = new MediaDecoder(dsp, encoding, 4096);
      fc.assert(
        fc.property(frames, naturals, naturals, (samples, sequence, timestamp) => {
          const bytes = encoder.encodeInto(samples, sequence, timestamp, memory, 10);
          assert.ok(bytes <= encoder.messageBytes(samples.length));
          const out = memory.slice(10, 10 + bytes);
          const { event, media, ...rest } = JSON.parse(new TextDecoder().decode(out));
          assert.is(event, "media");
          assert.equal(rest, {});
          const { payload, ...numbers } = media;
          assert.equal(numbers, isNumbered ? { seq: sequence, timestamp } : {});
          assert.is(decoder.readPayload(payload), undefined);
          sameSamples(decoder.samples, expected(samples));
          assert.ok(decoder.readUsual(out));
          sameSamples(decoder.samples, expected(samples));
        }),
      );
      encoder.dispose();
      decoder.dispose();
    });
  }

  test(`${encoding}: spaces, other orders and further keys are read the long way`, () => {
    const decoder = new MediaDecoder(dsp, encoding, 4096);
    const payload = Buffer.from([1, 2, 3, 4]).toString("base64");
    const samples = encoding === "pcm16" ? [513, 1027] : dsp[encoding].decode(Uint8Array.of(1, 2, 3, 4));
    for (const text of [
      `{"event":"media","media":{"payload":"${payload}"}}`,
      `{"event": "media", "media": {"payload": "${payload}"}}`,
      `{"media":{"payload":"${payload}"},"event":"media"}`,
      `\n{ "event":"media","media":{"seq":1,"payload":"${payload}","timestamp":4}}`,
      `{"event":"media","media":{"payload":"${payload.replaceAll("A", "\\u0041")}"}}`,
    ]) {
      const data = new TextEncoder().encode(text);
      if (!decoder.readUsual(data)) {
        const message = readFastrtcMessage(data);
        assert.ok(message.kind === "payload");
        if (message.kind === "payload") assert.is(decoder.readPayload(message.payload), undefined);
      }
      sameSamples(decoder.samples, samples);
    }
    decoder.dispose();
  });

  test(`${encoding}: a payload that is not strict Base64 is a fault`, () => {
    const decoder = new MediaDecoder(dsp, encoding, 4096);
    for (const payload of [
      "A",
      "AA",
      "AAA",
      "A===",
      "AA=A",
      "AB==",
      "AAAA\n",
      " AAAA",
      "AA-_",
      "ÄAAA",
      "A".repeat(4100),
    ]) {
      const message = new TextEncoder().encode(`{"event":"media","media":{"payload":"${payload}"}}`);
      assert.not(decoder.readUsual(message), payload);
      assert.is(decoder.readPayload(payload)?.code, "ERR_BASE64", payload);
    }
    decoder.dispose();
  });
}

for (const [text, isNumbered] of [
  ['","seq":17,"timestamp":2720}}', true],
  ['", "seq": 17, "timestamp": 2720}}', true],
  ['","seq":0,"timestamp":9007199254740991}}', true],
  ['","seq":01,"timestamp":2720}}', false],
  ['","seq":1,"timestamp":}}', false],
  ['","seq":-1,"timestamp":1}}', false],
  ['","seq":1.5,"timestamp":1}}', false],
  ['","seq":1,"timestamp":12345678901234567}}', false],
  ['","timestamp":1,"seq":1}}', false],
  [',"seq":1,"timestamp":1}}', false],
  ['"x,"seq":1,"timestamp":1}}', false],
  ['","seq":1,"timestamp":1}', false],
  ["}}", false],
  ["", false],
] as const) {
  test(`${text || "nothing"} is ${isNumbered ? "" : "not "}the end of a numbered message`, () => {
    const bytes = new TextEncoder().encode(text);
    assert.is(numberedTailBytes(bytes), isNumbered ? bytes.length : 0);
    const decoder = new MediaDecoder(dsp, "mulaw", 4096);
    const whole = new TextEncoder().encode(`{"event":"media","media":{"payload":"/////w==${text}`);
    assert.is(decoder.readUsual(whole), isNumbered);
    assert.is(decoder.samples.length, isNumbered ? 4 : 0);
    decoder.dispose();
  });
}

test("half a sample of pcm16 is a fault", () => {
  const decoder = new MediaDecoder(dsp, "pcm16", 4096);
  assert.is(decoder.readPayload("AAAA")?.code, "ERR_BASE64");
  decoder.dispose();
});

test("a decoder and an encoder give their memory back", () => {
  const before = dsp.memory;
  for (const encoding of SAMPLE_ENCODINGS) {
    new MediaEncoder(dsp, encoding, true, 960).dispose();
    new MediaDecoder(dsp, encoding, 4096).dispose();
  }
  assert.equal(dsp.memory, before);
});

test.run();
