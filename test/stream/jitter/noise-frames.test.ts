/** Silence that is left out, and said (RFC 3389), in the jitter buffer. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { levelOf } from "../../../src/codec/comfort-noise/payload.ts";
import { createJitterBuffer, loadDspSync } from "../../../src/index.ts";

const dsp = loadDspSync();
const N = 160;
const rms = (x: Int16Array) => Math.sqrt(x.reduce((sum, s) => sum + s * s, 0) / x.length);
const speech = (i: number) =>
  dsp.mulaw.encode(Int16Array.from({ length: N }, (_, n) => 6000 * Math.sin((i * N + n) / 9)));
const noise = (minusDbov: number) => Uint8Array.of(minusDbov, 100, 127, 127);

/** Speech up to frame 40, noise said there and every 25 frames, speech from `speaksAt` on. */
function play(speaksAt: number, frames: number, jitterMs = 0) {
  const buffer = createJitterBuffer(dsp, { sampleRate: 8000, comfortNoise: true });
  const heard: Int16Array[] = [];
  let sequence = 0;
  const delays = Array.from({ length: frames }, (_, i) => (i * 7919) % (jitterMs + 1));
  for (let tick = 0; tick < frames; tick++) {
    const arrivalMs = tick * 20 + delays[tick]!;
    const timestamp = tick * N;
    if (tick < 40 || tick >= speaksAt)
      buffer.push({ sequence: sequence++, timestamp, payload: speech(tick), arrivalMs });
    else if ((tick - 40) % 25 === 0) buffer.pushNoise(noise(50), sequence++, timestamp, arrivalMs);
    const out = new Int16Array(N);
    buffer.pull(out, tick * 20 + 20);
    heard.push(out);
  }
  const { stats } = buffer;
  buffer.dispose();
  return { heard, stats };
}

test("from a payload to the next speech the noise is heard at its level, and nothing counts as lost", () => {
  const { heard, stats } = play(120, 200);
  const silence = heard.slice(50, 115);
  for (const frame of silence) {
    const db = 20 * Math.log10(rms(frame) / levelOf(50));
    assert.ok(Math.abs(db) < 4, `${db} dB off`);
  }
  assert.is(stats.packetsLost, 0);
  assert.is(stats.concealmentEvents, 0);
  assert.ok(stats.silentConcealedSamples >= 60 * N);
  const after = heard.slice(125, 195);
  assert.ok(after.every((frame) => rms(frame) > 3000));
});

test("speech that follows a silence is whole, whatever its length and the jitter", () => {
  fc.assert(
    fc.property(fc.integer({ min: 42, max: 400 }), fc.integer({ min: 0, max: 30 }), (speaksAt, jitterMs) => {
      const { heard, stats } = play(speaksAt, speaksAt + 80, jitterMs);
      assert.is(stats.packetsLost, 0);
      const loud = heard.slice(speaksAt).filter((frame) => rms(frame) > 3000).length;
      assert.ok(loud >= 70, `${loud} of 80 frames are heard`);
      assert.is(
        stats.totalSamplesReceived,
        stats.jitterBufferEmittedCount + stats.concealedSamples + stats.insertedSamplesForDeceleration,
      );
    }),
    { numRuns: 40 },
  );
});

test("noise lost, late, doubled, in disorder or of any bytes: full frames, no exception", () => {
  const any = fc.record({
    isNoise: fc.boolean(),
    skip: fc.integer({ min: 0, max: 40 }),
    lateMs: fc.integer({ min: 0, max: 300 }),
    payload: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (list) => {
      const buffer = createJitterBuffer(dsp, { sampleRate: 8000, comfortNoise: true });
      const out = new Int16Array(80);
      let frame = 0;
      const packets = list.map(({ isNoise, skip, lateMs, payload }, sequence) => {
        frame += 1 + (isNoise ? skip : 0);
        return { isNoise, payload, sequence, timestamp: frame * N, arrivalMs: frame * 20 + lateMs };
      });
      packets.sort((a, b) => a.arrivalMs - b.arrivalMs);
      let next = 0;
      for (let nowMs = 0; nowMs < frame * 20 + 600; nowMs += 10) {
        for (; next < packets.length && packets[next]!.arrivalMs <= nowMs; next++) {
          const { isNoise, payload, sequence, timestamp, arrivalMs } = packets[next]!;
          if (isNoise) buffer.pushNoise(payload, sequence, timestamp, arrivalMs);
          else buffer.push({ sequence, timestamp, payload: speech(sequence), arrivalMs });
        }
        buffer.pull(out, nowMs);
      }
      assert.ok(Object.values(buffer.stats).every(Number.isFinite));
      buffer.dispose();
    }),
    { numRuns: 100 },
  );
});

test("without the option a payload of noise is malformed", () => {
  const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
  buffer.pushNoise(noise(50), 0, 0, 0);
  assert.is(buffer.stats.packetsMalformed, 1);
  buffer.dispose();
});

test.run();
