import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { measure, stopTones } from "./block-response.ts";
import { name, type Pair, UNLIKE_PAIRS } from "./resampler-rates.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });

function checkPass(dsp: typeof wasm, pair: Pair, frequencies: readonly number[]): void {
  for (const frequency of frequencies) {
    const { gainDb, phase, restDb } = measure(dsp, "high", pair, frequency);
    const where = `${name(pair)} at ${frequency} of Nyquist`;
    assert.ok(Math.abs(gainDb) < (frequency <= 0.91 ? 0.001 : 0.1), `${where}: gain ${gainDb} dB`);
    assert.ok(Math.abs(phase) < 1e-6, `${where}: phase ${phase}`);
    assert.ok(restDb < -130, `${where}: images and aliases ${restDb} dB`);
  }
}

function checkStop(dsp: typeof wasm, pair: Pair, frequencies: readonly number[]): void {
  for (const frequency of frequencies) {
    const { restDb } = measure(dsp, "high", pair, frequency);
    assert.ok(restDb < -130, `${name(pair)} at ${frequency} of Nyquist: alias ${restDb} dB`);
  }
}

test("every pair is flat to 0.93 of the lower Nyquist, in phase, with images and aliases 130 dB down", () => {
  for (const pair of UNLIKE_PAIRS) {
    checkPass(wasm, pair, [0.0123, 0.517, 0.91, 0.931]);
    checkStop(wasm, pair, stopTones(pair, 4));
  }
});

test("the standard pairs have a dense pass band and stop band", () => {
  for (const pair of [
    [48000, 8000],
    [8000, 48000],
    [16000, 8000],
    [8000, 16000],
    [24000, 8000],
    [44100, 16000],
    [48000, 44100],
    [44100, 48000],
    [48000, 44056],
  ] as const) {
    checkPass(
      wasm,
      pair,
      Array.from({ length: 24 }, (_, i) => 0.005 + (0.926 * i) / 23),
    );
    checkStop(wasm, pair, stopTones(pair, 40));
  }
});

test("between pass band and stop band images stay below the tone itself, and the edge falls at 1.0 to -120 dB", () => {
  for (const pair of [
    [8000, 48000],
    [8000, 16000],
    [44100, 48000],
    [44056, 48000],
  ] as const) {
    for (const frequency of [0.94, 0.96, 0.98, 0.995]) {
      const { restDb } = measure(wasm, "high", pair, frequency);
      assert.ok(restDb < -125, `${name(pair)} at ${frequency}: ${restDb} dB`);
    }
  }
});

test("plain TypeScript has the same response", () => {
  for (const pair of [
    [48000, 8000],
    [8000, 16000],
    [44100, 48000],
    [44056, 48000],
    [48000, 44056],
    [44099, 48000],
    [48000, 44099],
  ] as const) {
    checkPass(js, pair, [0.0123, 0.517, 0.931]);
    checkStop(js, pair, stopTones(pair, 3));
  }
});

test("an impulse comes out symmetrical about its own instant", () => {
  for (const [inputRate, outputRate] of [
    [48000, 8000],
    [24000, 8000],
    [8000, 48000],
    [16000, 8000],
  ] as const) {
    const period = inputRate / Math.min(inputRate, outputRate);
    const input = new Float32Array(4000 * period);
    input[2000 * period] = 1;
    const resampler = wasm.createResampler({ inputRate, outputRate, quality: "high" });
    const out = new Float32Array(resampler.maxOutput(input.length));
    out.set(resampler.flush(), resampler.processInto(input, out));
    resampler.dispose();
    const middle = (2000 * period * outputRate) / inputRate;
    for (let i = 1; i < 600; i++) {
      assert.ok(Math.abs(out[middle - i]! - out[middle + i]!) < 2e-7, `${inputRate} to ${outputRate}: ${i}`);
    }
  }
});

test.run();
