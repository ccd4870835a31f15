import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import { sine } from "../samples.ts";
import { sessionBench } from "./session-bench.ts";

for (const [wireRate, wireOutputRate] of [
  [16000, 8000],
  [8000, 24000],
  [24000, 16000],
] as const) {
  test(`echo from ${wireRate} to ${wireOutputRate} Hz: lasts as long and sounds as high as what went in`, async () => {
    const dsp = loadDspSync();
    const bench = sessionBench(new EchoHandler(), { wireRate, wireOutputRate });
    await bench.stream.open();
    const input = dsp.pcm.floatToInt16(sine(wireRate, 500, wireRate));
    const frameSamples = (wireRate * 20) / 1000;
    for (let at = 0; at < input.length; at += frameSamples) {
      bench.stream.receive(input.subarray(at, at + frameSamples));
      await bench.clock.advanceBy(20);
    }
    await bench.clock.advanceBy(1000);
    const echo = bench.audio();
    const frame = (wireOutputRate * 20) / 1000;
    assert.ok(Math.abs(echo.length - wireOutputRate) <= 2 * frame, `${echo.length} samples for one second`);
    const share = shareAt(echo.subarray(wireOutputRate / 4, (wireOutputRate * 3) / 4), 500, wireOutputRate);
    assert.ok(share > 0.999, `${(share * 100).toFixed(1)} % of the power is at 500 Hz`);
    await bench.stream.end({ kind: "client-left", message: "left" });
  });
}

/** How much of a signal's power lies at one frequency, of which it holds whole periods. */
function shareAt(samples: Int16Array, frequency: number, sampleRate: number): number {
  let re = 0;
  let im = 0;
  let total = 0;
  samples.forEach((sample, i) => {
    const angle = (2 * Math.PI * frequency * i) / sampleRate;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
    total += sample ** 2;
  });
  return (2 * (re ** 2 + im ** 2)) / samples.length / total;
}

test.run();
