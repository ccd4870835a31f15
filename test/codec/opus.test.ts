/** Opus by itself: what goes in comes out, what is lost is made good, what is none is no exception. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadOpus, type OpusCodec, type OpusOptions } from "../../src/opus.ts";
import { random, sameSamples, snrDb } from "../samples.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Something like speech: pulses through a resonance, with gaps. */
function voice(n: number, sampleRate: number): Int16Array {
  const out = new Int16Array(n);
  const noise = random(7);
  const period = Math.round(sampleRate / 120);
  let a = 0;
  let b = 0;
  for (let i = 0; i < n; i++) {
    const loudness = Math.max(0, Math.sin((2 * Math.PI * 3 * i) / sampleRate));
    const source = (i % period === 0 ? 9000 : 0) + 60 * (noise() - 0.5);
    const c = source * loudness + 1.7 * a - 0.83 * b;
    b = a;
    a = c;
    out[i] = Math.max(-30000, Math.min(30000, c));
  }
  return out;
}

function packets(opus: OpusCodec, pcm: Int16Array, sampleRate: number, frameMs = 20): Uint8Array[] {
  const encoder = opus.createEncoder(undefined, sampleRate);
  const n = (sampleRate * frameMs) / 1000;
  const out = new Uint8Array(encoder.maxBytes(n));
  const made: Uint8Array[] = [];
  for (let at = 0; at + n <= pcm.length; at += n)
    made.push(out.slice(0, encoder.encodeInto(pcm.subarray(at, at + n), out)));
  encoder.dispose();
  return made;
}

function decode(opus: OpusCodec, from: readonly Uint8Array[], sampleRate: number): Int16Array {
  const decoder = opus.createDecoder(undefined, sampleRate);
  const out = new Int16Array(decoder.maxSamples(0));
  const all: number[] = [];
  for (const packet of from) all.push(...out.subarray(0, decoder.decodeInto(packet, out)));
  decoder.dispose();
  return Int16Array.from(all);
}

test("at every rate and duration audio comes back, late by latencySamples", async () => {
  const opus = await loadOpus({ bitrate: 96_000, application: "audio", complexity: 10 });
  for (const sampleRate of opus.sampleRates) {
    for (const frameMs of [5, 10, 20, 40, 60]) {
      const pcm = voice(sampleRate * 0.6, sampleRate);
      const encoder = opus.createEncoder(undefined, sampleRate);
      const { latencySamples } = encoder;
      encoder.dispose();
      await turn();
      const out = decode(opus, packets(opus, pcm, sampleRate, frameMs), sampleRate);
      await turn();
      assert.is(out.length, pcm.length);
      const skip = sampleRate * 0.1;
      const heard = out.subarray(skip + latencySamples);
      const said = pcm.subarray(skip, skip + heard.length);
      assert.ok(snrDb(heard, said) > 10, `${sampleRate} Hz, ${frameMs} ms: ${snrDb(heard, said)} dB`);
    }
  }
});

test("the bit rate is what was asked for, and can be changed", async () => {
  const opus = await loadOpus({ bitrate: 16_000, vbr: false });
  const pcm = voice(48_000, 48_000);
  const sizes = packets(opus, pcm, 48_000).map((packet) => packet.length);
  assert.ok(sizes.every((bytes) => bytes === 40));
  await turn();
  const encoder = opus.createEncoder(undefined, 48_000);
  encoder.setBitrate(64_000);
  encoder.setComplexity(0);
  assert.is(encoder.encodeInto(pcm.subarray(0, 960), new Uint8Array(encoder.maxBytes(960))), 160);
  encoder.dispose();
});

test("a lost packet is recovered out of the next where it carries it, better than concealed", async () => {
  const opus = await loadOpus({ packetLossPercent: 25, bitrate: 32_000 });
  const pcm = voice(16_000 * 2, 16_000);
  const sent = packets(opus, pcm, 16_000);
  await turn();
  const whole = decode(opus, sent, 16_000);
  await turn();
  const n = 320;
  const loss = (way: "conceal" | "recover"): number => {
    const decoder = opus.createDecoder(undefined, 16_000);
    const out = new Int16Array(decoder.maxSamples(0));
    const frame = new Int16Array(n);
    let noise = 0;
    sent.forEach((packet, i) => {
      if (i % 5 !== 4 || i === sent.length - 1) {
        decoder.decodeInto(packet, out);
        return;
      }
      const made = way === "conceal" ? decoder.concealInto(frame) : decoder.recoverInto(sent[i + 1]!, frame);
      assert.is(made, n);
      for (let k = 0; k < n; k++) noise += (frame[k]! - whole[i * n + k]!) ** 2;
    });
    decoder.dispose();
    return noise;
  };
  const concealed = loss("conceal");
  await turn();
  const recovered = loss("recover");
  assert.ok(recovered < 0.5 * concealed, `${recovered} of ${concealed}`);
});

test("with dtx silence becomes packets of 2 bytes at most", async () => {
  const opus = await loadOpus({ dtx: true });
  const sizes = packets(opus, new Int16Array(16_000 * 2), 16_000).map((packet) => packet.length);
  assert.ok(sizes.slice(-20).filter((bytes) => bytes <= 2).length >= 18, sizes.join());
});

test("what is no packet gives -1, and the stream goes on", async () => {
  const opus = await loadOpus();
  const pcm = voice(16_000, 16_000);
  const sent = packets(opus, pcm, 16_000);
  await turn();
  const decoder = opus.createDecoder(undefined, 16_000);
  const out = new Int16Array(decoder.maxSamples(0));
  assert.is(decoder.decodeInto(new Uint8Array(0), out), -1);
  // a code 3 packet that says it holds no frame (RFC 6716, 3.2.5)
  assert.is(decoder.decodeInto(Uint8Array.of(0xff, 0x00), out), -1);
  assert.is(decoder.concealInto(new Int16Array(7)), -1);
  for (const packet of sent) assert.is(decoder.decodeInto(packet, out), 320);
  const noise = random(3);
  for (let i = 0; i < 2000; i++) {
    const rubbish = Uint8Array.from({ length: 1 + Math.floor(noise() * 60) }, () => noise() * 256);
    const n = decoder.decodeInto(rubbish, out);
    assert.ok(n === -1 || (n > 0 && n <= out.length));
  }
  decoder.dispose();
});

test("reset is as new, and what is disposed of says so", async () => {
  const opus = await loadOpus();
  const pcm = voice(3200, 16_000);
  const encoder = opus.createEncoder(undefined, 16_000);
  const out = new Uint8Array(encoder.maxBytes(320));
  const first = out.slice(0, encoder.encodeInto(pcm.subarray(0, 320), out));
  encoder.encodeInto(pcm.subarray(320, 640), out);
  encoder.reset();
  sameSamples(out.slice(0, encoder.encodeInto(pcm.subarray(0, 320), out)), first, "bytes");
  encoder.dispose();
  encoder.dispose();
  assert.throws(
    () => encoder.encodeInto(pcm.subarray(0, 320), out),
    (error: Error & { code?: string }) => error.code === "ERR_DISPOSED",
  );
});

test("wrong options, rates and lengths are refused by name", async () => {
  const code = (wanted: string) => (error: Error & { code?: string }) => error.code === wanted;
  for (const options of [
    { bitrate: 1 },
    { complexity: 11 },
    { packetLossPercent: -1 },
    { application: "telephone" },
  ]) {
    let refused: unknown;
    await loadOpus(options as OpusOptions).catch((error: unknown) => {
      refused = error;
    });
    assert.is((refused as { code?: string } | undefined)?.code, "ERR_CONFIG");
  }
  const opus = await loadOpus();
  assert.throws(() => opus.createEncoder(undefined, 44_100), code("ERR_RATE"));
  const encoder = opus.createEncoder(undefined, 8000);
  assert.throws(
    () => encoder.encodeInto(new Int16Array(100), new Uint8Array(4000)),
    code("ERR_FRAME_LENGTH"),
  );
  assert.throws(
    () => encoder.encodeInto(new Int16Array(160), new Uint8Array(2)),
    code("ERR_OUTPUT_TOO_SMALL"),
  );
  encoder.dispose();
});

test("more codecs than are held ready for one turn are refused, and there the turn after", async () => {
  const opus = await loadOpus();
  const taken = Array.from({ length: 4 }, () => opus.createDecoder(undefined, 8000));
  assert.throws(
    () => opus.createDecoder(undefined, 8000),
    (error: Error & { code?: string }) => error.code === "ERR_CODEC_BUSY",
  );
  await turn();
  taken.push(opus.createDecoder(undefined, 8000));
  for (const decoder of taken) decoder.dispose();
});

test.run();
