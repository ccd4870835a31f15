/**
 * `npm run bench -- jitter`: an hour of virtual time over each network, and what a frame costs; half of it with clocks that
 * differ; and 100,000 packets of any kind into each kind of buffer.
 */
import { createJitterBuffer, loadDspSync } from "../../src/index.ts";
import { NETWORK_NAMES } from "../../src/network.ts";
import { runJitter, voicePayloads } from "../../test/stream/jitter/jitter-run.ts";
import { STORM_KINDS, stormJitter } from "../../test/stream/jitter/packet-storm.ts";
import { alignColumns } from "../table.ts";

/** One network's figures. */
interface JitterFigures {
  readonly network: string;
  readonly minutes: number;
  readonly meanDelayMs: number;
  readonly targetMs: number;
  readonly concealedPercent: number;
  readonly events: number;
  readonly lost: number;
  readonly discarded: number;
  readonly insertedMs: number;
  readonly removedMs: number;
  readonly microsecondsPerFrame: number;
  readonly heapGrowthKib: number;
}

const STORM_PACKETS = 100_000;

/** Prints the tables. Throws where a buffer waits longer than it may, or memory grows. */
export function reportJitter(minutes: number): readonly JitterFigures[] {
  const dsp = loadDspSync();
  const payloads = voicePayloads((frame) => dsp.mulaw.encode(frame), 3000);
  const rows = NETWORK_NAMES.map((network) => measure(network, minutes));
  const head = [
    "network",
    "delay",
    "target",
    "made up",
    "holes",
    "lost",
    "no use",
    "put in",
    "taken out",
    "a frame",
    "heap",
  ];
  const cells = rows.map((row) => [
    row.network,
    `${row.meanDelayMs.toFixed(0)} ms`,
    `${row.targetMs.toFixed(0)} ms`,
    `${row.concealedPercent.toFixed(2)} %`,
    ...[row.events, row.lost, row.discarded].map(String),
    `${row.insertedMs.toFixed(0)} ms`,
    `${row.removedMs.toFixed(0)} ms`,
    `${row.microsecondsPerFrame.toFixed(1)} us`,
    `${row.heapGrowthKib.toFixed(0)} KiB`,
  ]);
  console.log(`\n${minutes} minutes each, 8 kHz mu-law, 20 ms\n${alignColumns([head, ...cells], 1)}`);
  for (const ppm of [-200, 200]) console.log(drifting(ppm, Math.max(1, minutes / 2)));
  for (const kind of STORM_KINDS) {
    const mostMs = stormJitter(dsp, kind, STORM_PACKETS, 1);
    console.log(`${STORM_PACKETS} packets of any kind, ${kind}: at most ${mostMs.toFixed(0)} ms waited`);
  }
  return rows;

  /** Clocks that differ, over the network without jitter. */
  function drifting(ppm: number, length: number): string {
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    const onTick = (nowMs: number) => {
      if (nowMs < 1000 || nowMs % 1000 !== 0) return;
      const { delayMs } = buffer.stats;
      least = Math.min(least, delayMs);
      most = Math.max(most, delayMs);
    };
    runJitter({ buffer, payloads, network: "clean", seed: 1, durationMs: length * 60_000, ppm, onTick });
    const { concealedSamples, packetsDiscarded } = buffer.stats;
    buffer.dispose();
    const lag = `a lag of ${least.toFixed(1)} to ${most.toFixed(1)} ms`;
    return `${length} minutes at ${ppm} ppm: ${lag}, ${concealedSamples} samples made up, ${packetsDiscarded} packets dropped`;
  }

  function measure(network: string, length: number): JitterFigures {
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
    let most = 0;
    const run = (durationMs: number) =>
      runJitter({
        buffer,
        payloads,
        network,
        seed: 1,
        durationMs,
        onTick: () => {
          most = Math.max(most, buffer.bufferedMs);
        },
      });
    globalThis.gc?.();
    const heapBefore = process.memoryUsage().heapUsed;
    const startMs = performance.now();
    const durationMs = length * 60_000;
    run(durationMs);
    const tookMs = performance.now() - startMs;
    globalThis.gc?.();
    const heapGrowthKib = (process.memoryUsage().heapUsed - heapBefore) / 1024;
    const s = buffer.stats;
    buffer.dispose();
    if (most > 1000) throw new Error(`${network}: ${most} ms waited; at most 1,000 may.`);
    const emitted = Math.max(1, s.jitterBufferEmittedCount);
    return {
      network,
      minutes: length,
      meanDelayMs: (1000 * s.jitterBufferDelay) / emitted,
      targetMs: (1000 * s.jitterBufferTargetDelay) / emitted,
      concealedPercent: (100 * s.concealedSamples) / s.totalSamplesReceived,
      events: s.concealmentEvents,
      lost: s.packetsLost,
      discarded: s.packetsDiscarded,
      insertedMs: s.insertedSamplesForDeceleration / 8,
      removedMs: s.removedSamplesForAcceleration / 8,
      microsecondsPerFrame: (1000 * tookMs) / (durationMs / 20),
      heapGrowthKib,
    };
  }
}
