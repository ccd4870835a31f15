/** What is longer than a control message may be, on each protocol: refused before it is parsed, but for media. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../../src/dsp/dsp.ts";
import { SharedCodecs } from "../../../src/transport/codec-pool.ts";
import { PACKET_TYPES, textPacket } from "../../../src/transport/protocol/binary-packet.ts";
import { MEDIA } from "../../../src/transport/protocol/client-message.ts";
import { refuseLong } from "../../../src/transport/protocol/long-message.ts";
import type { ServerDialect } from "../../../src/transport/protocol/server-dialect.ts";
import { SERVER_PROTOCOLS } from "../../../src/transport/protocol/server-protocols.ts";

const MAX_CONTROL_BYTES = 65_536;
const MAX_MESSAGE_BYTES = 262_144;
const codecs = new SharedCodecs(loadDspSync(), {
  maxMessageBytes: MAX_MESSAGE_BYTES,
  maxControlBytes: MAX_CONTROL_BYTES,
});
const dialects = new Map<string, ServerDialect>(
  SERVER_PROTOCOLS.map((protocol) => [protocol.name, protocol.openDialect(codecs)]),
);
const bytes = (text: string) => new TextEncoder().encode(text);

/** Runs `work` and counts how often JSON was parsed meanwhile. */
function parsed(work: () => void): number {
  const { parse } = JSON;
  let times = 0;
  JSON.parse = (...given) => {
    times++;
    return parse(...given);
  };
  try {
    work();
  } finally {
    JSON.parse = parse;
  }
  return times;
}

/** The message as a client of this protocol would send it. */
function read(protocol: string, text: string) {
  const dialect = dialects.get(protocol)!;
  return protocol === "binary"
    ? dialect.read(textPacket(PACKET_TYPES.control, text), true)
    : dialect.read(bytes(text), false);
}

const HUGE: readonly string[] = [
  "[".repeat(200_000),
  `{"event":"start","websocket_id":"a","x":[${"1,".repeat(60_000)}1]}`,
  `{"event":"input","input":[${'{"a":"b"},'.repeat(9_000)}0]}`,
  `{"event":"media","media":{"payload":"AAAA"},"more":{${'"k":"v",'.repeat(12_000)}"z":0}}`,
  '"'.repeat(100_000),
];

for (const protocol of dialects.keys()) {
  test(`${protocol}: a huge control message is refused with its length, and is not parsed`, () => {
    for (const text of HUGE) {
      const times = parsed(() => {
        const message = read(protocol, text);
        assert.is(message.kind, "fault");
        if (message.kind === "fault") {
          assert.is(message.code, "ERR_TOO_BIG");
          assert.is(message.closeCode, 1009);
          assert.match(message.message, String(MAX_CONTROL_BYTES));
        }
      });
      assert.is(times, 0);
    }
  });

  test(`${protocol}: a control message within its limit is read`, () => {
    const text = `{"event":"ping","x":[${"1,".repeat(30_000)}1]}`;
    assert.is(
      parsed(() => assert.not.equal(read(protocol, text).kind, "fault")),
      1,
    );
  });
}

const payload = Buffer.alloc(180_000, 0x55).toString("base64").slice(0, 200_000);

test("media may be longer than a control message, in whatever spelling", () => {
  const spellings = [
    `{"event":"media","media":{"payload":"${payload}"}}`,
    `{ "media" : { "payload" : "${payload}" } , "event" : "media" }`,
    `{"media":{"payload":"${payload.replaceAll("/", "\\/")}"},"event":"media"}`,
  ];
  for (const text of spellings) {
    assert.is(read("fastrtc", text), MEDIA);
    assert.is(read("twilio", text), MEDIA);
  }
  assert.is(read("fastrtc", spellings[0]!), MEDIA);
  assert.is(
    parsed(() => read("fastrtc", spellings[0]!)),
    0,
    "usual media is read without JSON.parse",
  );
});

test("whatever is no longer than the limit is not looked at", () => {
  const text = bytes("[".repeat(MAX_CONTROL_BYTES));
  assert.is(refuseLong(text, MAX_CONTROL_BYTES), undefined);
  assert.is(refuseLong(text, MAX_CONTROL_BYTES - 1)?.code, "ERR_TOO_BIG");
  assert.is(refuseLong(new Uint8Array(0), 0), undefined);
});

test.run();
