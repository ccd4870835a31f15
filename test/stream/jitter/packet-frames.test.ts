/** Codecs that keep state inside the jitter buffer: Opus with in-band FEC, G.722 over holes. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder, createEncoder } from "../../../src/codecs.ts";
import { createJitterBuffer, type JitterBuffer, loadDspSync } from "../../../src/index.ts";
import { loadOpus } from "../../../src/opus.ts";
import type { PacketDecoder } from "../../../src/stream/jitter/packet-frames.ts";
import { heapBytesPerCall } from "../../heap-use.ts";
import { sameSamples, snrDb } from "../../samples.ts";

const dsp = loadDspSync();
const opus = await loadOpus({ packetLossPercent: 20 });
const plain = await loadOpus({ fec: false });
const N = 320;
/** Opus codecs are made ahead, a few in a turn. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Harmonics of a gliding pitch, in syllables. */
function voice(frames: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length: frames * N }, (_, i) => {
    const seconds = i / 16_000;
    phase += (2 * Math.PI * (140 + 40 * Math.sin(seconds * 1.7))) / 16_000;
    const level = 3000 + 2500 * Math.sin(2 * Math.PI * 2.3 * seconds);
    let x = 0;
    for (let k = 1; k < 12; k++) x += Math.sin(k * phase) / k;
    return level * x;
  });
}

const g722Decoder = (): PacketDecoder => createDecoder(dsp, { codec: "g722" }) as PacketDecoder;

function g722Packets(sound: Int16Array): Uint8Array[] {
  const encoder = createEncoder(dsp, { codec: "g722" });
  const packets: Uint8Array[] = [];
  for (let at = 0; at < sound.length; at += N) {
    const payload = new Uint8Array(N / 2);
    encoder.encodeInto(sound.subarray(at, at + N), payload);
    packets.push(payload);
  }
  encoder.dispose();
  return packets;
}

async function opusPackets(codec: typeof opus, sound: Int16Array): Promise<Uint8Array[]> {
  await turn();
  const encoder = codec.createEncoder(undefined, 16_000);
  const packets: Uint8Array[] = [];
  const room = new Uint8Array(encoder.maxBytes(N));
  for (let at = 0; at < sound.length; at += N)
    packets.push(room.slice(0, encoder.encodeInto(sound.subarray(at, at + N), room)));
  encoder.dispose();
  return packets;
}

function decodeAll(decoder: PacketDecoder, packets: readonly Uint8Array[]): Int16Array {
  const out = new Int16Array(packets.length * N);
  const room = new Int16Array(5760);
  packets.forEach((packet, i) => {
    decoder.decodeInto(packet, room);
    out.set(room.subarray(0, N), i * N);
  });
  decoder.dispose();
  return out;
}

/** Packets at their arrival times, `NaN` for those that never come; what is heard, and the statistics. */
function play(decoder: PacketDecoder, packets: readonly Uint8Array[], arrivals: readonly number[]) {
  const buffer = createJitterBuffer(dsp, { sampleRate: 16_000, decoder });
  const heard = new Int16Array((packets.length + 10) * N);
  const inOrder = arrivals
    .map((atMs, index) => ({ atMs, index }))
    .filter(({ atMs }) => Number.isFinite(atMs))
    .sort((a, b) => a.atMs - b.atMs);
  let next = 0;
  for (let tick = 0; tick < packets.length + 10; tick++) {
    while (next < inOrder.length && inOrder[next]!.atMs <= tick * 20) {
      const { index, atMs } = inOrder[next++]!;
      buffer.push({ sequence: index, timestamp: index * N, payload: packets[index]!, arrivalMs: atMs });
    }
    buffer.pull(heard.subarray(tick * N, (tick + 1) * N), tick * 20);
  }
  const { stats } = buffer;
  addsUp(buffer);
  buffer.dispose();
  return { heard, stats };
}

function addsUp(buffer: JitterBuffer): void {
  const s = buffer.stats;
  assert.is(
    s.totalSamplesReceived,
    s.jitterBufferEmittedCount + s.concealedSamples + s.insertedSamplesForDeceleration,
  );
  assert.ok(s.recoveredSamples <= s.jitterBufferEmittedCount);
}

/** The part of what was heard that begins where playing did, a frame in. */
function fromFrame(heard: Int16Array, frame: number, frames: number): Int16Array {
  return heard.slice((frame + 1) * N, (frame + 1 + frames) * N);
}

const steady = (n: number) => Array.from({ length: n }, (_, i) => i * 20);

test("G.722 that comes in time, in any order within its delay: bit for bit what its decoder gives", () => {
  const packets = g722Packets(voice(60));
  const direct = decodeAll(g722Decoder(), packets);
  const { heard, stats } = play(g722Decoder(), packets, steady(60));
  assert.equal([stats.packetsLost, stats.packetsMalformed], [0, 0]);
  sameSamples(fromFrame(heard, 0, 58), direct.subarray(0, 58 * N));
});

test("a packet that comes too late for its turn, and is played: the decoder's state has missed nothing", () => {
  const packets = g722Packets(voice(60));
  const direct = decodeAll(g722Decoder(), packets);
  const arrivals = steady(60).map((atMs, i) => (i >= 20 ? atMs + 40 : atMs));
  const { heard, stats } = play(g722Decoder(), packets, arrivals);
  assert.ok(stats.concealedSamples > 0);
  assert.is(stats.packetsLost, 0);
  // somewhere behind what was made up the rest is as if nothing had happened
  const rest = direct.subarray(30 * N, 50 * N);
  const at = Array.from({ length: 6 }, (_, late) => (31 + late) * N).find((from) =>
    rest.every((value, i) => value === heard[from + i]),
  );
  assert.ok(at !== undefined);
});

test("a hole in G.722: it is counted, filled, and the decoder is taken over it once", () => {
  const packets = g722Packets(voice(60));
  const decoder = g722Decoder();
  let followed = 0;
  const follow = decoder.followHeard!.bind(decoder);
  decoder.followHeard = (heard) => {
    followed++;
    assert.is(heard.length, N + decoder.beyondSamples!);
    follow(heard);
  };
  const arrivals = steady(60).map((atMs, i) => (i === 20 || i === 40 || i === 41 ? Number.NaN : atMs));
  const { stats } = play(decoder, packets, arrivals);
  assert.is(stats.packetsLost, 3);
  assert.is(followed, 2);
});

test("Opus: a lost packet comes out of the FEC of the next, is counted as recovered, and nothing is concealed", async () => {
  const sound = voice(60);
  const packets = await opusPackets(opus, sound);
  await turn();
  const direct = decodeAll(opus.createDecoder(undefined, 16_000), packets);
  const lost = [20, 31, 45];
  const arrivals = steady(60).map((atMs, i) => (lost.includes(i) ? Number.NaN : atMs));
  arrivals[1] = 60;
  await turn();
  const { heard, stats } = play(opus.createDecoder(undefined, 16_000), packets, arrivals);
  assert.is(stats.packetsLost, 4);
  assert.is(stats.recoveredSamples, 4 * N);
  const before = stats.concealedSamples;
  // the same without FEC
  const plainPackets = await opusPackets(plain, sound);
  await turn();
  const other = play(plain.createDecoder(undefined, 16_000), plainPackets, arrivals);
  assert.is(other.stats.recoveredSamples, 0);
  assert.is(other.stats.concealedSamples, before + 4 * N);
  for (const frame of lost) {
    const at = frame * N;
    const sent = direct.subarray(at, at + N);
    const likeness = Array.from({ length: 6 }, (_, late) =>
      snrDb(heard.subarray(at + late * N, at + N + late * N), sent),
    );
    assert.ok(Math.max(...likeness) > 3, `frame ${frame}: ${likeness} dB`);
  }
});

test("a sender that counts anew: G.722 is decoded anew from there", () => {
  const first = g722Packets(voice(40));
  const second = g722Packets(voice(40));
  const buffer = createJitterBuffer(dsp, { sampleRate: 16_000, decoder: g722Decoder() });
  const heard = new Int16Array(90 * N);
  for (let tick = 0; tick < 90; tick++) {
    const payload = tick < 40 ? first[tick] : second[tick - 40];
    if (payload !== undefined) {
      const sequence = tick < 40 ? 30_000 + tick : tick - 40;
      buffer.push({ sequence, timestamp: sequence * N, payload, arrivalMs: tick * 20 });
    }
    buffer.pull(heard.subarray(tick * N, (tick + 1) * N), tick * 20);
  }
  assert.is(buffer.stats.restarts >= 1, true);
  buffer.dispose();
  const anew = g722Decoder();
  // the first packet of a new count is held on probation
  const direct = decodeAll(anew, second.slice(1));
  const rest = direct.subarray(4 * N, 30 * N);
  const found = Array.from({ length: 12 }, (_, i) => (42 + i) * N).some((from) =>
    rest.every((value, i) => value === heard[from + i]),
  );
  assert.ok(found);
});

const anyPackets = fc.array(
  fc.record({
    kind: fc.constantFrom("next", "next", "next", "lost", "late", "twice", "garbage", "restart"),
    delayMs: fc.integer({ min: 0, max: 700 }),
    garbage: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 80 },
);

for (const name of ["g722", "opus"] as const) {
  test(`${name}: any order, loss, repetition, restart and payload: full frames, no exception, sums that add up`, async () => {
    const sound = voice(80);
    const packets = name === "g722" ? g722Packets(sound) : await opusPackets(opus, sound);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 0xffff }), anyPackets, async (first, list) => {
        if (name === "opus") await turn();
        const decoder = name === "g722" ? g722Decoder() : opus.createDecoder(undefined, 16_000);
        const buffer = createJitterBuffer(dsp, { sampleRate: 16_000, decoder });
        const out = new Int16Array(160);
        let sequence = first;
        const arrivals: { sequence: number; atMs: number; payload: Uint8Array }[] = [];
        list.forEach(({ kind, delayMs, garbage }, i) => {
          sequence += kind === "restart" ? 20_000 : 1;
          const payload = kind === "garbage" ? garbage : packets[i]!;
          const packet = { sequence, atMs: i * 20 + (kind === "late" ? delayMs : 5), payload };
          if (kind !== "lost") arrivals.push(packet);
          if (kind === "twice") arrivals.push({ ...packet, atMs: packet.atMs + delayMs });
        });
        arrivals.sort((a, b) => a.atMs - b.atMs);
        let next = 0;
        for (let nowMs = 0; nowMs < list.length * 20 + 900; nowMs += 10) {
          for (; next < arrivals.length && arrivals[next]!.atMs <= nowMs; next++) {
            const { sequence: number, atMs, payload } = arrivals[next]!;
            const timestamp = (number * N) >>> 0;
            buffer.push({ sequence: number & 0xffff, timestamp, payload, arrivalMs: atMs });
          }
          buffer.pull(out, nowMs);
        }
        addsUp(buffer);
        assert.ok(buffer.stats.delayMs <= 600);
        buffer.dispose();
      }),
      { numRuns: 40 },
    );
  });
}

test("G.722: nothing is allocated from frame to frame", () => {
  const packets = g722Packets(voice(50));
  const buffer = createJitterBuffer(dsp, { sampleRate: 16_000, decoder: g722Decoder() });
  const out = new Int16Array(N);
  const packet = { sequence: 0, timestamp: 0, payload: packets[0]!, arrivalMs: 0 };
  let i = 0;
  const bytes = heapBytesPerCall(() => {
    packet.sequence = i & 0xffff;
    packet.timestamp = (i * N) >>> 0;
    packet.arrivalMs = i * 20;
    packet.payload = packets[i % packets.length]!;
    if (i % 1000 !== 7) buffer.push(packet);
    buffer.pull(out, i * 20);
    i++;
  });
  assert.ok(bytes < 8, `${bytes} bytes a frame`);
  buffer.dispose();
});

test("a decoder of another rate, or of a codec that keeps no state, is refused", () => {
  for (const decoder of [g722Decoder(), createDecoder(dsp, { codec: "pcmu" }) as PacketDecoder]) {
    try {
      createJitterBuffer(dsp, { sampleRate: 8000, decoder });
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code: string }).code, "ERR_CONFIG");
    }
    decoder.dispose();
  }
});

test.run();
