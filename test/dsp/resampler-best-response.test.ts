import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Dsp, loadDspSync } from "../../src/index.ts";
import { measure, stopTones } from "./block-response.ts";
import { name, type Pair, UNLIKE_PAIRS } from "./resampler-rates.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });

/** The rounding of float32 samples, in and out, leaves some 150 dB. */
const FLOOR_DB = -147;

function checkPass(dsp: Dsp, pair: Pair, frequencies: readonly number[]): void {
  for (const frequency of frequencies) {
    const { gainDb, phase, restDb } = measure(dsp, "best", pair, frequency);
    const where = `${name(pair)} at ${frequency} of Nyquist`;
    assert.ok(Math.abs(gainDb) < (frequency <= 0.912 ? 1e-5 : 0.1), `${where}: gain ${gainDb} dB`);
    assert.ok(Math.abs(phase) < 1e-7, `${where}: phase ${phase}`);
    assert.ok(restDb < FLOOR_DB, `${where}: images and aliases ${restDb} dB`);
  }
}

function checkStop(dsp: Dsp, pair: Pair, frequencies: readonly number[]): void {
  for (const frequency of frequencies) {
    const { restDb } = measure(dsp, "best", pair, frequency);
    assert.ok(restDb < FLOOR_DB, `${name(pair)} at ${frequency} of Nyquist: alias ${restDb} dB`);
  }
}

test("every pair is flat to 0.933 of the lower Nyquist, in phase, and leaves nothing but float32's rounding", () => {
  for (const pair of UNLIKE_PAIRS) {
    checkPass(wasm, pair, [0.0123, 0.517, 0.911, 0.933]);
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
    [44056, 48000],
    [48000, 44056],
  ] as const) {
    checkPass(
      wasm,
      pair,
      Array.from({ length: 24 }, (_, i) => 0.005 + (0.928 * i) / 23),
    );
    checkStop(wasm, pair, stopTones(pair, 40));
  }
});

test("between pass band and stop band images are as far down", () => {
  for (const pair of [
    [8000, 48000],
    [8000, 16000],
    [44100, 48000],
    [44056, 48000],
  ] as const) {
    for (const frequency of [0.94, 0.96, 0.98, 0.995]) {
      const { restDb } = measure(wasm, "best", pair, frequency);
      assert.ok(restDb < FLOOR_DB, `${name(pair)} at ${frequency}: ${restDb} dB`);
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
    checkPass(js, pair, [0.0123, 0.517, 0.933]);
    checkStop(js, pair, stopTones(pair, 3));
  }
});

test.run();
