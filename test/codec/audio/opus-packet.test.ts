/** What the first bytes of an Opus packet say, against libopus. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { opusCarriesLast, opusSamplesIn } from "../../../src/codec/audio/opus-packet.ts";
import { loadOpus } from "../../../src/opus.ts";

const RATES = [8000, 12_000, 16_000, 24_000, 48_000] as const;
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function voice(n: number, sampleRate: number): Int16Array {
  return Int16Array.from({ length: n }, (_, i) => {
    const t = i / sampleRate;
    return 6000 * Math.sin(2 * Math.PI * 170 * t) + 3000 * Math.sin(2 * Math.PI * 510 * t + Math.sin(9 * t));
  });
}

test("the duration is the one that libopus decodes, at every rate, frame length and bit rate", async () => {
  for (const bitrate of [8000, 24_000, 96_000]) {
    const opus = await loadOpus({ bitrate });
    for (const sampleRate of RATES) {
      for (const frameMs of [2.5, 5, 10, 20, 40, 60]) {
        await turn();
        const encoder = opus.createEncoder(undefined, sampleRate);
        const decoder = opus.createDecoder(undefined, sampleRate);
        const n = (sampleRate * frameMs) / 1000;
        const room = new Uint8Array(encoder.maxBytes(n));
        const out = new Int16Array(decoder.maxSamples(0));
        for (let i = 0; i < 3; i++) {
          const packet = room.slice(0, encoder.encodeInto(voice(n, sampleRate), room));
          assert.is(decoder.samplesIn(packet), decoder.decodeInto(packet, out));
          assert.is(decoder.samplesIn(packet), n);
        }
        encoder.dispose();
        decoder.dispose();
      }
    }
  }
});

test("packets carry the frame before them where FEC is on and loss expected, and else not", async () => {
  for (const [options, share] of [
    [{ packetLossPercent: 20 }, 1],
    [{ packetLossPercent: 0 }, 0],
    [{ fec: false, packetLossPercent: 20 }, 0],
    [{ application: "low-delay" as const, packetLossPercent: 20 }, 0],
  ] as const) {
    const opus = await loadOpus(options);
    await turn();
    const encoder = opus.createEncoder(undefined, 16_000);
    const room = new Uint8Array(encoder.maxBytes(320));
    const sound = voice(40 * 320, 16_000);
    let carrying = 0;
    for (let i = 0; i < 40; i++) {
      const bytes = encoder.encodeInto(sound.subarray(i * 320, (i + 1) * 320), room);
      if (i >= 5 && opusCarriesLast(room.subarray(0, bytes))) carrying++;
    }
    assert.ok(share === 1 ? carrying >= 10 : carrying === 0, `${JSON.stringify(options)}: ${carrying} of 35`);
    encoder.dispose();
  }
});

test("any bytes: a whole number of at most 120 ms, or -1; and what libopus decodes has that length", async () => {
  const opus = await loadOpus();
  const decoder = opus.createDecoder(undefined, 48_000);
  const out = new Int16Array(decoder.maxSamples(0));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const n = opusSamplesIn(bytes, 48_000);
      assert.ok(n === -1 || (Number.isInteger(n) && n > 0 && n <= 5760));
      assert.type(opusCarriesLast(bytes), "boolean");
      const decoded = decoder.decodeInto(bytes, out);
      assert.ok(decoded < 0 || decoded === n, `${decoded} of ${n}`);
    }),
    { numRuns: 500 },
  );
  decoder.dispose();
});

test.run();
