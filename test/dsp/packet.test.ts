import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";

const next = random(11);
const noise = (n: number) => Int16Array.from({ length: n }, () => next() * 65536 - 32768);
const LENGTHS = [...Array(40).keys(), 159, 160, 161, 480, 960];
const hasCode = (code: string) => (error: { code: string }) => error.code === code;

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });

  for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
    test(`${backend}: ${encoding} packets of every length are the codec's bytes, and come back as its samples`, () => {
      const before = dsp.memory.slots;
      const writer = dsp.createPacketWriter({ encoding, maxSamples: 960 });
      const reader = dsp.createPacketReader({ encoding, headerBytes: 12, maxBytes: 12 + 1920 });
      const out = dsp.allocBytes(2000);
      const inEngine = dsp.allocInt16(960);
      for (const n of LENGTHS) {
        const pcm = noise(n);
        const coded = encoding === "pcm16" ? new Uint8Array(pcm.buffer) : dsp[encoding].encode(pcm);
        inEngine.set(pcm);
        for (const source of [pcm, inEngine.subarray(0, n)]) {
          out.fill(0xee);
          assert.is(writer.writeInto(source, out, 14), coded.length);
          assert.is(writer.payloadBytes(n), coded.length);
          sameSamples(out.subarray(14, 14 + coded.length), coded);
          assert.ok(
            out.subarray(0, 14).every((byte) => byte === 0xee),
            "what is before is left alone",
          );
        }
        const packet = new Uint8Array(12 + coded.length);
        packet.set(coded, 12);
        assert.is(reader.read(packet), n);
        const expected = encoding === "pcm16" ? pcm : dsp[encoding].decode(coded);
        sameSamples(reader.samples, expected);
      }
      for (const used of [writer, reader]) used.dispose();
      dsp.free(out);
      dsp.free(inEngine);
      assert.is(dsp.memory.slots, before, "the memory is given back");
    });
  }

  test(`${backend}: a packet that is too short, too long, or holds half a sample is refused without a throw`, () => {
    const reader = dsp.createPacketReader({ encoding: "pcm16", headerBytes: 12, maxBytes: 100 });
    for (const bytes of [0, 11, 13, 101]) assert.is(reader.read(new Uint8Array(bytes)), -1, `${bytes}`);
    assert.is(reader.read(new Uint8Array(12)), 0);
    assert.is(reader.read(new Uint8Array(100)), 44);
    reader.dispose();
    assert.throws(() => reader.read(new Uint8Array(12)), hasCode("ERR_DISPOSED"));
  });

  test(`${backend}: a writer refuses a frame too long, an array too small and one from elsewhere`, () => {
    const writer = dsp.createPacketWriter({ encoding: "mulaw", maxSamples: 10 });
    const out = dsp.allocBytes(20);
    const ten = new Int16Array(10);
    assert.throws(() => writer.writeInto(new Int16Array(11), out, 0), hasCode("ERR_FRAME_TOO_LONG"));
    assert.throws(() => writer.writeInto(ten, out, 11), hasCode("ERR_OUTPUT_TOO_SMALL"));
    assert.throws(() => writer.writeInto(ten, new Uint8Array(20), 0), hasCode("ERR_CONFIG"));
    assert.throws(() => writer.writeInto([] as never, out, 0), hasCode("ERR_CONFIG"));
    writer.dispose();
    assert.throws(() => writer.writeInto(ten, out, 0), hasCode("ERR_DISPOSED"));
    dsp.free(out);
  });

  test(`${backend}: messages are written into the caller's memory as they are into the writer's own`, () => {
    const options = { encoding: "alaw", prefix: '{"p":"', suffix: '"}', maxSamples: 200 } as const;
    const writer = dsp.createMessageWriter(options);
    const out = dsp.allocBytes(400);
    for (const n of [0, 1, 2, 3, 15, 16, 17, 160, 200]) {
      const pcm = noise(n);
      const message = writer.write(pcm).slice();
      assert.is(writer.writeInto(pcm, out, 10), message.length);
      sameSamples(out.subarray(10, 10 + message.length), message);
    }
    assert.throws(() => writer.writeInto(new Int16Array(200), out, 150), hasCode("ERR_OUTPUT_TOO_SMALL"));
    writer.dispose();
    dsp.free(out);
  });
}

test("headers of an odd length are refused: samples lie at even addresses", () => {
  const dsp = loadDspSync();
  const options = { encoding: "pcm16", headerBytes: 3, maxBytes: 10 } as const;
  assert.throws(() => dsp.createPacketReader(options), hasCode("ERR_CONFIG"));
});

test.run();
