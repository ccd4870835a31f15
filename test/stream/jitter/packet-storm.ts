/** Packets of any kind into a jitter buffer: what the fuzz test and the benchmark share. */
import * as assert from "uvu/assert";
import { createDecoder } from "../../../src/codecs.ts";
import type { Dsp } from "../../../src/dsp/dsp.ts";
import { createJitterBuffer, type JitterBuffer } from "../../../src/index.ts";
import type { PacketDecoder } from "../../../src/stream/jitter/packet-frames.ts";
import { random } from "../../samples.ts";

/** Buffers that are stormed, by what their packets hold. */
export const STORM_KINDS = ["pcmu", "pcm16", "pcmu with comfort noise", "g722"] as const;
export type StormKind = (typeof STORM_KINDS)[number];

/** What a sender of fuzz does from one packet to the next, and how often. */
const MOVES = [
  { name: "next", weight: 60 },
  { name: "lost", weight: 6 },
  { name: "again", weight: 6 },
  { name: "back", weight: 5 },
  { name: "far", weight: 3 },
  { name: "pause", weight: 2 },
  { name: "leap in time", weight: 3 },
  { name: "odd time", weight: 2 },
  { name: "odd payload", weight: 8 },
  { name: "noise", weight: 5 },
] as const;
/** Each as often as its weight says. */
const DRAWN = MOVES.flatMap(({ name, weight }) => Array.from({ length: weight }, () => name));
const ODD_TIMES = [Number.NaN, Number.POSITIVE_INFINITY, -1e9, 1e15, 0.5, -0];
const MOST_WAITING_MS = 3600;

function bufferOf(dsp: Dsp, kind: StormKind): JitterBuffer {
  if (kind === "g722")
    return createJitterBuffer(dsp, {
      sampleRate: 16_000,
      decoder: createDecoder(dsp, { codec: "g722" }) as PacketDecoder,
    });
  if (kind === "pcm16") return createJitterBuffer(dsp, { sampleRate: 8000, codec: "pcm16" });
  return createJitterBuffer(dsp, { sampleRate: 8000, comfortNoise: kind !== "pcmu" });
}

/**
 * Sends so many packets; fails for an exception, a number that is none, or a buffer that grows.
 * @returns the most that waited, in ms
 */
export function stormJitter(dsp: Dsp, kind: StormKind, packets: number, seed: number): number {
  const draw = random(seed);
  const upTo = (n: number) => Math.floor(draw() * n);
  const buffer = bufferOf(dsp, kind);
  const frameBytes = kind === "pcm16" ? 320 : 160;
  const out = new Int16Array(buffer.frameSamples);
  let sequence = upTo(0x1_0000);
  let timestamp = upTo(2 ** 32);
  let nowMs = 0;
  let mostMs = 0;
  for (let sent = 0; sent < packets; sent++) {
    const move = DRAWN[upTo(DRAWN.length)]!;
    let bytes = frameBytes;
    let arrivalMs = nowMs - upTo(80);
    sequence += 1;
    timestamp += buffer.frameSamples;
    if (move === "lost") sequence += upTo(20);
    else if (move === "again") sequence -= 1;
    else if (move === "back") sequence -= upTo(60);
    else if (move === "far") sequence = upTo(2 ** 32);
    else if (move === "pause") nowMs += upTo(3000);
    else if (move === "leap in time") timestamp = upTo(2 ** 32);
    else if (move === "odd time") arrivalMs = ODD_TIMES[upTo(ODD_TIMES.length)]!;
    else if (move === "odd payload") bytes = upTo(700);
    const payload = Uint8Array.from({ length: bytes }, () => upTo(256));
    if (move === "noise")
      buffer.pushNoise(payload.subarray(0, upTo(30)), sequence >>> 0, timestamp >>> 0, arrivalMs);
    else buffer.push({ sequence: sequence >>> 0, timestamp: timestamp >>> 0, payload, arrivalMs });
    if (upTo(400) === 0) buffer.clear();
    for (let n = draw() < 0.1 ? 0 : draw() < 0.1 ? 4 : 1; n > 0; n--) {
      nowMs += 20;
      buffer.pull(out, draw() < 0.002 ? Number.NaN : nowMs);
    }
    mostMs = Math.max(mostMs, buffer.bufferedMs);
  }
  const { stats } = buffer;
  for (const [name, value] of Object.entries(stats)) assert.ok(Number.isFinite(value), `${name} is ${value}`);
  assert.is(stats.packetsReceived, packets);
  assert.is(
    stats.totalSamplesReceived,
    stats.jitterBufferEmittedCount + stats.concealedSamples + stats.insertedSamplesForDeceleration,
  );
  assert.ok(mostMs <= MOST_WAITING_MS, `${mostMs} ms waited`);
  buffer.dispose();
  return mostMs;
}
