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
  test(`three minutes with clocks ${ppm} ppm apart: nothing is made up, also where steering begins; the delay stays`, () => {
    const sound = voice(400);
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
    const out = new Int16Array(N);
    let sent = 0;
    for (let i = 0; i < 9000; i++) {
      const ms = i * FRAME_MS;
      for (; sent * FRAME_MS * (1 + ppm / 1e6) <= ms; sent++) {
        push(buffer, sent, sent * FRAME_MS * (1 + ppm / 1e6), payloadOf(sound, sent % 400));
      }
      buffer.pull(out, ms);
      if (i > 500) assert.ok(buffer.stats.bufferedMs <= 100);
    }
    const { concealedSamples, packetsLost, packetsDiscarded } = buffer.stats;
    assert.is(packetsLost, 0);
    assert.is(packetsDiscarded, 0);
    assert.is(concealedSamples, 0);
    addsUp(buffer);
    buffer.dispose();
  });
}

/** A buffer that is pulled every 20 ms, and what it gave. */
function pulled(frames: number, onMs: (buffer: JitterBuffer, ms: number) => void) {
  const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  const heard = new Int16Array(frames * N);
  for (let i = 0; i < frames; i++) {
    onMs(buffer, i * FRAME_MS);
    buffer.pull(heard.subarray(i * N, (i + 1) * N), i * FRAME_MS);
  }
  return { buffer, heard };
}

/** Where `part` begins in `sound`, or -1. */
function find(sound: Int16Array, part: Int16Array): number {
  for (let at = 0; at + part.length <= sound.length; at++) {
    let i = 0;
    while (i < part.length && sound[at + i] === part[i]) i++;
    if (i === part.length) return at;
  }
  return -1;
}

for (const pauseMs of [160, 300, 500, 800, 2500]) {
  for (const leadMs of [0, 60]) {
    test(`a sender that falls silent for ${pauseMs} ms and then sends ${leadMs} ms ahead: nothing of what follows is cut off, and soon it is no later than before`, () => {
      const sound = voice(200);
      const frames = 260 + Math.ceil(pauseMs / FRAME_MS);
      let sent = 0;
      const { buffer, heard } = pulled(frames, (to, ms) => {
        const isAfter = sent >= 50;
        const dueMs = () => sent * FRAME_MS + (sent < 50 ? 0 : pauseMs - (sent > 50 ? leadMs : 0));
        for (; sent < 200 && Math.max(dueMs(), isAfter ? 1000 + pauseMs : 0) <= ms; sent++) {
          push(to, sent, ms, payloadOf(sound, sent));
        }
      });
      const at = find(heard, sound.subarray(52 * N, 54 * N));
      assert.ok(at >= 0, "the first frames after the pause are not heard as they were");
      const lagMs = at / 8 - 52 * FRAME_MS - pauseMs;
      assert.ok(lagMs <= 120, `${lagMs} ms late after the pause`);
      assert.is(buffer.stats.packetsDiscarded, 0);
      assert.is(buffer.stats.packetsLost, 0);
      addsUp(buffer);
      buffer.dispose();
    });
  }
}

test("silence that a sender leaves out by its time stamps is no loss: what follows keeps its distance", () => {
  const sound = voice(100);
  const gap = 25;
  const { buffer, heard } = pulled(140, (to, ms) => {
    const i = ms / FRAME_MS;
    if (i >= 40 && i < 40 + gap) return;
    const frame = i < 40 ? i : i - gap;
    if (frame >= 100) return;
    to.push({ sequence: frame, timestamp: i * N, payload: payloadOf(sound, frame), arrivalMs: ms });
  });
  const before = find(heard, sound.subarray(30 * N, 32 * N));
  const after = find(heard, sound.subarray(50 * N, 52 * N));
  assert.is(after - before, (20 + gap) * N);
  const { packetsLost, packetsDiscarded, restarts, removedSamplesForAcceleration } = buffer.stats;
  assert.equal([packetsLost, packetsDiscarded, restarts, removedSamplesForAcceleration], [0, 0, 0, 0]);
  addsUp(buffer);
  buffer.dispose();
});

test("time stamps that mean nothing harm nothing", () => {
  const draw = random(3);
  const sound = voice(200);
  const { buffer, heard } = pulled(210, (to, ms) => {
    const i = ms / FRAME_MS;
    if (i >= 200) return;
    const timestamp = i % 3 === 0 ? 0 : Math.floor(draw() * 2 ** 32);
    to.push({ sequence: i, timestamp, payload: payloadOf(sound, i), arrivalMs: ms });
  });
  assert.ok(find(heard, sound.subarray(150 * N, 160 * N)) >= 0);
  assert.is(buffer.stats.packetsLost, 0);
  buffer.dispose();
});

test("a stall of the network: what it held up comes in a bunch, and the delay stays within bounds", () => {
  const sound = voice(300);
  let sent = 0;
  const { buffer } = pulled(310, (to, ms) => {
    if (ms > 2000 && ms < 2400) return;
    for (; sent < 300 && sent * FRAME_MS <= ms; sent++) push(to, sent, ms, payloadOf(sound, sent));
  });
  assert.ok(buffer.stats.packetsDiscarded > 0);
  assert.ok(buffer.stats.delayMs <= 200, `${buffer.stats.delayMs} ms`);
  addsUp(buffer);
  buffer.dispose();
});

test("samples that were decoded elsewhere are played as packets are; short ones are filled up", () => {
  const sound = voice(60);
  const a = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  const b = createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  const fromA = new Int16Array(N);
  const fromB = new Int16Array(N);
  for (let i = 0; i < 60; i++) {
    const short = i === 30 ? 100 : N;
    const samples = sound.slice(i * N, i * N + short);
    const padded = new Int16Array(N);
    padded.set(samples);
    a.pushSamples(samples, i, i * N, i * FRAME_MS);
    push(b, i, i * FRAME_MS, new Uint8Array(padded.buffer));
    a.pull(fromA, i * FRAME_MS);
    b.pull(fromB, i * FRAME_MS);
    sameSamples(fromA, fromB);
  }
  a.pushSamples(new Int16Array(N + 1), 60, 60 * N, 1200);
  a.pushSamples(new Int16Array(0), 61, 61 * N, 1220);
  assert.is(a.stats.packetsMalformed, 2);
  addsUp(a);
  a.dispose();
  b.dispose();
});

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

test("what is no packet is counted as malformed, and what comes after it is played", () => {
  const sound = voice(1);
  const payload = payloadOf(sound, 0);
  const good = { sequence: 0, timestamp: 0, payload, arrivalMs: 0 };
  for (const codec of ["pcm16", "pcmu"] as const) {
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000, codec, comfortNoise: true });
    // biome-ignore lint/suspicious/noExplicitAny: what comes from a network is often handed on as it came
    const { pushed }: any = { pushed: buffer };
    const bad = [
      null,
      undefined,
      5,
      "packet",
      {},
      { ...good, payload: undefined },
      { ...good, payload: null },
      { ...good, payload: "text" },
      { ...good, payload: [1, 2] },
      { ...good, payload: payload.buffer },
      { ...good, payload: sound },
      { ...good, sequence: 5n },
      { ...good, sequence: Symbol("5") },
      { ...good, timestamp: 5n },
      { ...good, arrivalMs: 5n },
      { ...good, arrivalMs: undefined },
    ];
    for (const packet of bad) pushed.push(packet);
    for (const samples of [null, undefined, 5, [], payload]) pushed.pushSamples(samples, 0, 0, 0);
    for (const noise of [null, undefined, 5, [], sound]) pushed.pushNoise(noise, 0, 0, 0);
    assert.is(buffer.stats.packetsMalformed, bad.length + 10);
    assert.is(buffer.stats.packetsReceived, bad.length + 10);
    buffer.pushSamples(sound, 0, 0, 0);
    buffer.pull(new Int16Array(N), 600);
    assert.is(buffer.stats.packetsDiscarded, 0);
    assert.is(buffer.stats.jitterBufferEmittedCount, N);
    buffer.dispose();
  }
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

test("a buffer that was disposed of, twice even, is silent and touches nobody else's stream", () => {
  const sound = voice(60);
  const make = () => createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  const play = (buffer: JitterBuffer, misuse: (frame: number) => void) => {
    const heard = new Int16Array(60 * N);
    for (let i = 0; i < 60; i++) {
      if (i % 7 !== 6) push(buffer, i, i * FRAME_MS, payloadOf(sound, i));
      buffer.pull(heard.subarray(i * N, (i + 1) * N), i * FRAME_MS + 5);
      misuse(i);
    }
    return heard;
  };
  const alone = make();
  const expected = play(alone, () => {});
  alone.dispose();
  const old = make();
  play(old, () => {});
  const { packetsReceived } = old.stats;
  old.dispose();
  const heir = make();
  old.dispose();
  const third = make();
  const out = new Int16Array(N);
  const heard = play(heir, (i) => {
    push(old, i + 60, (i + 60) * FRAME_MS, payloadOf(sound, 3));
    old.pull(out.fill(1), (i + 60) * FRAME_MS);
    assert.ok(out.every((sample) => sample === 0));
    third.pull(out, i * FRAME_MS);
  });
  sameSamples(heard, expected);
  assert.is(old.stats.packetsReceived, packetsReceived);
  heir.dispose();
  third.dispose();
});

test("a rate or frame that cannot be is told at once", () => {
  const hasCode = (error: unknown) => (error as { code: string }).code === "ERR_CONFIG";
  assert.throws(() => createJitterBuffer(dsp, { sampleRate: 8001 as 8000 }), hasCode);
  assert.throws(() => createJitterBuffer(dsp, { sampleRate: 8000, frameMs: 7 }), hasCode);
});

test.run();
