import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Dsp, loadDspSync } from "../../src/index.ts";
import { name, ODD_PAIRS, type Pair, UNLIKE_PAIRS } from "./resampler-rates.ts";
import { measure } from "./resampler-tone.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });

/** `count` frequencies from `from` to `to`, off any grid. */
function spread(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

function checkResponse(dsp: Dsp, pair: Pair): void {
  const [inputRate, outputRate] = pair;
  const nyquist = Math.min(inputRate, outputRate) / 2;
  for (const frequency of [...spread(0.0123, 0.899, 10), 0.9].map((part) => part * nyquist)) {
    const { gainDb, phase, restDb } = measure(dsp, pair, frequency);
    const where = `${name(pair)} at ${frequency.toFixed(0)} Hz`;
    assert.ok(Math.abs(gainDb) < 0.05, `${where}: gain ${gainDb} dB`);
    assert.ok(Math.abs(phase) < 1e-5, `${where}: phase ${phase}`);
    assert.ok(restDb < -100, `${where}: images and aliases ${restDb} dB`);
  }
  if (inputRate / 2 <= 1.1 * nyquist) return;
  for (const frequency of spread(1.1 * nyquist, (inputRate / 2) * 0.997, 13)) {
    const { restDb } = measure(dsp, pair, frequency);
    assert.ok(restDb < -100, `${name(pair)} at ${frequency.toFixed(0)} Hz: alias ${restDb} dB`);
  }
}

test("every pair is flat within 0.1 dB to 0.9 of the lower Nyquist, in phase, with images and aliases 100 dB down", () => {
  for (const pair of UNLIKE_PAIRS) checkResponse(wasm, pair);
});

test("plain TypeScript has the same response", () => {
  for (const pair of [...ODD_PAIRS, [48000, 8000], [8000, 48000], [44100, 16000], [16000, 8000]] as const) {
    if (Math.max(...pair) < 192000) checkResponse(js, pair);
  }
});

test("whole-number ratios have a dense stop band of 100 dB, edge to edge", () => {
  for (const pair of [
    [48000, 8000],
    [24000, 8000],
    [16000, 8000],
    [96000, 8000],
  ] as const) {
    for (const frequency of spread(4400, pair[0] / 2 - 10, 200)) {
      const { restDb } = measure(wasm, pair, frequency);
      assert.ok(restDb < -100, `${name(pair)} at ${frequency.toFixed(0)} Hz: alias ${restDb} dB`);
    }
  }
});

test("a constant stays what it is within 0.05 dB, without hum", () => {
  for (const pair of UNLIKE_PAIRS) {
    const [inputRate, outputRate] = pair;
    const lower = Math.min(inputRate, outputRate);
    const input = new Float32Array(Math.ceil((300 * inputRate) / lower)).fill(0.5);
    const out = wasm.resample(input, { inputRate, outputRate });
    const edge = Math.ceil((40 * outputRate) / lower);
    const inner = out.subarray(edge, out.length - edge);
    const mean = inner.reduce((sum, x) => sum + x, 0) / inner.length;
    assert.ok(Math.abs(mean - 0.5) < 0.003, `${name(pair)}: ${mean}`);
    const worst = inner.reduce((most, x) => Math.max(most, Math.abs(x - mean)), 0);
    assert.ok(worst < 0.5e-5, `${name(pair)}: hum ${worst}`);
  }
});

test("an impulse comes out symmetrical about its own instant", () => {
  for (const [inputRate, outputRate] of [
    [48000, 8000],
    [24000, 8000],
    [8000, 48000],
    [16000, 8000],
    [8000, 16000],
  ] as const) {
    const period = inputRate / Math.min(inputRate, outputRate);
    const input = new Float32Array(800 * period);
    input[400 * period] = 1;
    const out = wasm.resample(input, { inputRate, outputRate });
    const middle = (400 * period * outputRate) / inputRate;
    for (let i = 1; i < 300; i++) {
      assert.ok(Math.abs(out[middle - i]! - out[middle + i]!) < 2e-7, `${inputRate} to ${outputRate}: ${i}`);
    }
  }
});

test("the delay is at most 4.5 ms at 8 kHz, 2.5 ms at 16 kHz, 1 ms at 44.1 and 48 kHz", () => {
  for (const [inputRate, outputRate] of UNLIKE_PAIRS) {
    const resampler = wasm.createResampler({ inputRate, outputRate });
    const delayMs = (resampler.latencySamples / inputRate) * 1000;
    const lower = Math.min(inputRate, outputRate);
    const allowedMs = lower >= 44100 ? 1 : lower >= 16000 ? 2.5 : (4.5 * 8000) / Math.min(8000, lower);
    assert.ok(delayMs <= allowedMs, `${inputRate} to ${outputRate}: ${delayMs} ms`);
    resampler.dispose();
  }
});

test.run();
