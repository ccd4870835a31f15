import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createJitterBuffer, type JitterBuffer, loadDspSync } from "../../../src/index.ts";
import { random, sameSamples } from "../../samples.ts";

const dsp = loadDspSync();
const N = 160;
const FRAME_MS = 20;

/** A glide whose level comes and goes, so that there is something loud and something quiet. */
function voice(frames: number): Int16Array {
  const draw = random(7);
  return Int16Array.from({ length: frames * N }, (_, i) => {
    const loudness = Math.max(0, Math.sin(i / 4000));
    return loudness * 9000 * Math.sin(i / 9 + Math.sin(i / 3000)) + 40 * (draw() - 0.5);
  });
}

function payloadOf(sound: Int16Array, frame: number): Uint8Array {
  return new Uint8Array(sound.slice(frame * N, (frame + 1) * N).buffer);
}

function push(buffer: JitterBuffer, index: number, arrivalMs: number, payload: Uint8Array): void {
  buffer.push({ sequence: index & 0xffff, timestamp: (index * N) >>> 0, payload, arrivalMs });
}

/** What holds whatever came. */
function addsUp(buffer: JitterBuffer): void {
  const s = buffer.stats;
  assert.is(
    s.totalSamplesReceived,
    s.jitterBufferEmittedCount + s.concealedSamples + s.insertedSamplesForDeceleration,
  );
  const used = (s.packetsReceived - s.packetsDiscarded - s.packetsMalformed) * buffer.frameSamples;
  const played = s.jitterBufferEmittedCount + s.removedSamplesForAcceleration;
  assert.ok(played <= used, `${played} samples played of ${used} taken in`);
  assert.ok(s.packetsDuplicated <= s.packetsDiscarded);
  assert.ok(s.silentConcealedSamples <= s.concealedSamples);
  for (const value of Object.values(s)) assert.ok(Number.isFinite(value));
}

const anyPacket = fc.record({
  kind: fc.constantFrom("next", "next", "next", "lost", "twice", "late", "restart", "garbage"),
  delayMs: fc.integer({ min: 0, max: 900 }),
  garbage: fc.uint8Array({ maxLength: 400 }),
});

test("any order, loss, repetition, wrap, restart and payload: full frames, no exception, bounded delay", () => {
  const sound = voice(400);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.array(anyPacket, { maxLength: 120 }),
      fc.constantFrom(60, 200, 600),
      (first, packets, maxDelayMs) => {
        const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16", maxDelayMs });
        const arrivals: { index: number; atMs: number; payload: Uint8Array }[] = [];
        let index = first;
        packets.forEach(({ kind, delayMs, garbage }, i) => {
          const payload = kind === "garbage" ? garbage : payloadOf(sound, i);
          const atMs = i * FRAME_MS + (kind === "late" ? delayMs : delayMs % 50);
          if (kind === "restart") index = (index * 31 + 20_000) & 0xffff;
          if (kind !== "lost") arrivals.push({ index, atMs, payload });
          if (kind === "twice") arrivals.push({ index, atMs: atMs + 30, payload });
          index++;
        });
        arrivals.sort((a, b) => a.atMs - b.atMs);
        const out = new Int16Array(N + 2);
        let next = 0;
        for (let ms = 0; ms < packets.length * FRAME_MS + 1500; ms += 10) {
          for (; next < arrivals.length && arrivals[next]!.atMs <= ms; next++) {
            const { index, atMs, payload } = arrivals[next]!;
            push(buffer, index, atMs, payload);
          }
          out[80] = 12_345;
          buffer.pull(out.subarray(0, 80), ms);
          assert.is(out[80], 12_345);
          assert.ok(buffer.stats.delayMs <= maxDelayMs);
        }
        addsUp(buffer);
        buffer.dispose();
      },
    ),
    { numRuns: 60 },
  );
});

test("a clean line: every sample as it was sent, none made up, across the wrap of the count", () => {
  const frames = 500;
  const sound = voice(frames);
  const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  const heard = new Int16Array(frames * N);
  for (let i = 0; i < frames; i++) {
    push(buffer, 65_400 + i, i * FRAME_MS, payloadOf(sound, i));
    buffer.pull(heard.subarray(i * N, (i + 1) * N), i * FRAME_MS);
  }
  const start = heard.findIndex((x) => x !== 0);
  const from = sound.findIndex((x) => x !== 0);
  const lag = start - from;
  assert.ok(lag >= 0 && lag <= 2 * N, `${lag} samples late`);
  sameSamples(heard.subarray(lag), sound.subarray(0, heard.length - lag));
  assert.is(buffer.stats.concealedSamples, 0);
  assert.is(buffer.stats.packetsLost, 0);
  addsUp(buffer);
  buffer.dispose();
});

for (const ppm of [-200, 200]) {
  test(`three minutes with clocks ${ppm} ppm apart: at most a frame made up, where steering begins; the delay stays`, () => {
    const sound = voice(400);
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
    const out = new Int16Array(N);
    let sent = 0;
    let concealedEarly = 0;
    for (let i = 0; i < 9000; i++) {
      const ms = i * FRAME_MS;
      for (; sent * FRAME_MS * (1 + ppm / 1e6) <= ms; sent++) {
        push(buffer, sent, sent * FRAME_MS * (1 + ppm / 1e6), payloadOf(sound, sent % 400));
      }
      buffer.pull(out, ms);
      if (i === 1500) concealedEarly = buffer.stats.concealedSamples;
      if (i > 500) assert.ok(buffer.stats.bufferedMs <= 100);
    }
    const { concealedSamples, packetsLost, packetsDiscarded } = buffer.stats;
    assert.is(packetsLost, 0);
    assert.is(packetsDiscarded, 0);
    assert.ok(concealedEarly <= N, `${concealedEarly} samples made up`);
    assert.is(concealedSamples, concealedEarly);
    addsUp(buffer);
    buffer.dispose();
  });
}

test("times that are no numbers harm nothing", () => {
  const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  const out = new Int16Array(N).fill(1);
  for (let i = 0; i < 5; i++) push(buffer, i, i === 2 ? Number.NaN : i * FRAME_MS, new Uint8Array(2 * N));
  buffer.pull(out, Number.NaN);
  sameSamples(out, new Int16Array(N));
  buffer.pull(out, 60);
  assert.is(buffer.stats.packetsMalformed, 1);
  addsUp(buffer);
  buffer.dispose();
});

test("dispose gives the memory back", () => {
  const engine = loadDspSync();
  const before = engine.memory;
  for (let i = 0; i < 100; i++) {
    const buffer = createJitterBuffer(engine, { sampleRate: 48000, frameMs: 10, maxDelayMs: 40 });
    assert.ok(engine.memory.usedBytes > before.usedBytes);
    buffer.dispose();
    assert.equal(engine.memory, before);
  }
});

test("a rate or frame that cannot be is told at once", () => {
  const hasCode = (error: unknown) => (error as { code: string }).code === "ERR_CONFIG";
  assert.throws(() => createJitterBuffer(dsp, { sampleRate: 8001 as 8000 }), hasCode);
  assert.throws(() => createJitterBuffer(dsp, { sampleRate: 8000, frameMs: 7 }), hasCode);
});

test.run();
