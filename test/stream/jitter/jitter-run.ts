/** A jitter buffer over a network in virtual time: what the soak tests and the benchmark share. */
import type { JitterBuffer } from "../../../src/index.ts";
import { createNetworkPath, NEVER } from "../../../src/network.ts";

/** What to run. */
export interface JitterRun {
  buffer: JitterBuffer;
  /** Payloads of frames, gone through again and again. */
  payloads: readonly Uint8Array[];
  network: string;
  seed: number;
  durationMs: number;
  /** The sender's clock against ours, in parts per million; positive: slow. */
  ppm?: number;
  /** Samples that are pulled at once; default a frame. */
  tickSamples?: number;
  /** Called after each pull; `out` is valid during the call. */
  onTick?(nowMs: number, out: Int16Array): void;
}

/** Packets that may be on their way at once: the longest stall, twice over. */
const MOST_ON_THE_WAY = 256;

/** Runs to the end. Allocates at its start alone. */
export function runJitter(run: JitterRun): void {
  const { buffer, payloads, durationMs, ppm = 0, tickSamples = buffer.frameSamples } = run;
  const path = createNetworkPath(run.network, run.seed);
  const { frameMs, frameSamples } = buffer;
  const out = new Int16Array(tickSamples);
  const tickMs = (tickSamples * 1000) / buffer.sampleRate;
  const packet = { sequence: 0, timestamp: 0, payload: payloads[0]!, arrivalMs: 0 };
  // packets on their way, in no order: few
  const arrivals = new Float64Array(MOST_ON_THE_WAY).fill(NEVER);
  const numbers = new Float64Array(MOST_ON_THE_WAY);
  let sent = 0;
  const sendNext = () => {
    const sentMs = (sent + 1) * frameMs * (1 + ppm / 1e6);
    const arrivalMs = path.send(sentMs, 172);
    if (arrivalMs !== NEVER) {
      const slot = arrivals.indexOf(NEVER);
      arrivals[slot] = arrivalMs;
      numbers[slot] = sent;
    }
    sent++;
  };
  for (let nowMs = 0; nowMs < durationMs; nowMs += tickMs) {
    while ((sent + 1) * frameMs * (1 + ppm / 1e6) <= nowMs) sendNext();
    for (;;) {
      let first = -1;
      for (let i = 0; i < MOST_ON_THE_WAY; i++) {
        const at = arrivals[i]!;
        if (at !== NEVER && at <= nowMs && (first < 0 || at < arrivals[first]!)) first = i;
      }
      if (first < 0) break;
      const number = numbers[first]!;
      packet.sequence = number & 0xffff;
      packet.timestamp = (number * frameSamples) >>> 0;
      packet.payload = payloads[number % payloads.length]!;
      packet.arrivalMs = arrivals[first]!;
      arrivals[first] = NEVER;
      buffer.push(packet);
    }
    buffer.pull(out, nowMs);
    run.onTick?.(nowMs, out);
  }
}

/** A voice of sorts as mu-law payloads of 20 ms at 8 kHz: harmonics of a gliding pitch, syllables, and pauses. */
export function voicePayloads(
  encode: (frame: Int16Array) => Uint8Array,
  frames: number,
  frameSamples = 160,
): Uint8Array[] {
  let phase = 0;
  let noise = 1;
  return Array.from({ length: frames }, (_, f) => {
    const frame = new Int16Array(frameSamples);
    for (let i = 0; i < frameSamples; i++) {
      const seconds = (f * frameSamples + i) / 8000;
      const syllable =
        Math.max(0, Math.sin(2 * Math.PI * 2.3 * seconds)) * (Math.sin(seconds * 0.9) > -0.6 ? 1 : 0);
      phase += (2 * Math.PI * (130 + 40 * Math.sin(seconds * 1.7))) / 8000;
      noise = (noise * 16_807) % 2_147_483_647;
      const hiss = (noise / 2_147_483_647 - 0.5) * 30;
      frame[i] =
        syllable * 4000 * (Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase)) + hiss;
    }
    return encode(frame);
  });
}
