/** A minute over every network, and half an hour with clocks that differ, in virtual time; `npm run bench -- jitter` runs hours. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createJitterBuffer, type JitterBuffer, loadDspSync } from "../../../src/index.ts";
import { NETWORK_NAMES } from "../../../src/network.ts";
import { heapBytesPerCall } from "../../heap-use.ts";
import { runJitter, voicePayloads } from "./jitter-run.ts";

const dsp = loadDspSync();
const N = 160;
const payloads = voicePayloads((frame) => dsp.mulaw.encode(frame), 700);

function addsUp(buffer: JitterBuffer): void {
  const s = buffer.stats;
  assert.is(
    s.totalSamplesReceived,
    s.jitterBufferEmittedCount + s.concealedSamples + s.insertedSamplesForDeceleration,
  );
  for (const value of Object.values(s)) assert.ok(Number.isFinite(value));
}

for (const network of NETWORK_NAMES) {
  test(`a minute over ${network}: the lag is bounded, what is heard is mostly what was sent, the sums are right`, () => {
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000, maxDelayMs: 400 });
    const durationMs = 60_000;
    let most = 0;
    runJitter({
      buffer,
      payloads,
      network,
      seed: 5,
      durationMs,
      onTick: () => {
        most = Math.max(most, buffer.bufferedMs);
      },
    });
    const s = buffer.stats;
    assert.ok(s.delayMs <= 400, `${s.delayMs} ms`);
    assert.ok(most <= 400 + 300, `${most} ms waited`);
    const made = s.concealedSamples / s.totalSamplesReceived;
    assert.ok(made < 0.25, `${(100 * made).toFixed(1)} % made up`);
    assert.ok(s.packetsReceived > 0.5 * (durationMs / 20));
    addsUp(buffer);
    buffer.dispose();
  });
}

for (const ppm of [-200, 200]) {
  test(`half an hour with clocks ${ppm} ppm apart: nothing is made up, nothing dropped, and the lag stays within 20 ms`, () => {
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    let ticks = 0;
    runJitter({
      buffer,
      payloads,
      network: "clean",
      seed: 1,
      durationMs: 1_800_000,
      ppm,
      onTick: (nowMs) => {
        if (nowMs < 1000 || ticks++ % 50 !== 0) return;
        const { delayMs } = buffer.stats;
        least = Math.min(least, delayMs);
        most = Math.max(most, delayMs);
      },
    });
    const { concealedSamples, packetsDiscarded, packetsLost } = buffer.stats;
    assert.equal([concealedSamples, packetsDiscarded, packetsLost], [0, 0, 0]);
    assert.ok(most - least <= 20, `from ${least.toFixed(1)} to ${most.toFixed(1)} ms`);
    buffer.dispose();
  });
}

test("any network and seed, of a smooth sound: no step from sample to sample above the sound's peak", () => {
  const peak = 8000;
  let phase = 0;
  const smooth = Array.from({ length: 400 }, (_, f) =>
    dsp.mulaw.encode(
      Int16Array.from({ length: N }, (_, i) => {
        phase += (2 * Math.PI * (200 + 20 * Math.sin((f * N + i) / 9000))) / 8000;
        return peak * Math.sin(phase);
      }),
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...NETWORK_NAMES), fc.integer({ min: 0, max: 65_535 }), (network, seed) => {
      const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
      let last = 0;
      let worst = 0;
      runJitter({
        buffer,
        payloads: smooth,
        network,
        seed,
        durationMs: 6000,
        tickSamples: 80,
        onTick: (nowMs, out) => {
          // where playing begins in the middle of a sound, it begins with a step
          if (nowMs < 500) last = out[0]!;
          else
            for (let i = 0; i < out.length; i++) {
              worst = Math.max(worst, Math.abs(out[i]! - last));
              last = out[i]!;
            }
          last = out[out.length - 1]!;
        },
      });
      buffer.dispose();
      assert.ok(worst <= peak, `a step of ${worst}`);
    }),
    { numRuns: 25 },
  );
});

test("nothing is allocated from frame to frame: arriving, playing, concealing", () => {
  for (const loses of [0, 7]) {
    const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
    const out = new Int16Array(N);
    const packet = { sequence: 0, timestamp: 0, payload: payloads[0]!, arrivalMs: 0 };
    let i = 0;
    const bytes = heapBytesPerCall(() => {
      packet.sequence = i & 0xffff;
      packet.timestamp = (i * N) >>> 0;
      packet.arrivalMs = i * 20;
      packet.payload = payloads[i % payloads.length]!;
      if (loses === 0 || i % 1000 !== loses) buffer.push(packet);
      buffer.pull(out, i * 20);
      i++;
    });
    assert.ok(bytes < 8, `${bytes} bytes a frame`);
    buffer.dispose();
  }
});

test.run();
