/** Blocks of every shape, also such as the search for the cheapest never chooses: WebAssembly against its twin. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { WireEngine } from "../../src/dsp/engine.ts";
import { BlockConverter } from "../../src/dsp/resampler/block-converter.ts";
import { DOUBLE, type Precision, SINGLE } from "../../src/dsp/resampler/precision.ts";
import { wholeTwins } from "../../src/dsp/twins/whole-set.ts";
import { bringTwins } from "../../src/dsp/twins.ts";
import { random, snrDb } from "../samples.ts";
import { enginePair } from "./engines.ts";

/** The ratio, and how many of its periods a block has. */
const SHAPES: readonly (readonly [inputs: number, outputs: number, periods: number])[] = [
  // odd lengths to their double and half: the last vector of bins reaches past the middle
  [1, 2, 686],
  [1, 2, 1134],
  [2, 1, 686],
  // fourfold and more, where only a spectrum's outer quarters count: first stages of radix 4 and 7, last ones of 4 and 3
  [1, 4, 512],
  [1, 4, 686],
  [1, 6, 512],
  [1, 6, 686],
  [1, 12, 512],
  [4, 1, 512],
  [6, 1, 512],
  [6, 1, 686],
  [12, 1, 512],
  // near each other: some bins have a mirror, some have none
  [147, 160, 6],
  [160, 147, 6],
  [3, 4, 294],
];

/** What noise becomes in blocks of this shape. */
function convert(engine: WireEngine, precision: Precision, shape: (typeof SHAPES)[number]): Float32Array {
  const [inputs, outputs, periods] = shape;
  const inputSamples = inputs * periods;
  const reach = Math.ceil((precision.filter.reach * inputs) / Math.min(inputs, outputs));
  const hop = inputs * Math.floor((inputSamples - 2 * reach) / inputs);
  const geometry = { inputSamples, outputSamples: outputs * periods, hop, phases: 1, reach, cost: 0 };
  const task = { inputs, outputs, geometry, precision, inputBytes: 4, outputBytes: 4 } as const;
  const converter = new BlockConverter(engine, task, 1);
  const next = random(7);
  const given: number[] = [];
  for (let taken = 0; taken < 4 * inputSamples; taken += converter.pieceSamples) {
    const at = engine.scratchIn >> 2;
    for (let i = 0; i < converter.pieceSamples; i++) engine.f32[at + i] = next() * 2 - 1;
    const count = converter.run(0, engine.scratchIn, converter.pieceSamples, engine.scratchOut);
    const out = engine.scratchOut >> 2;
    for (const sample of engine.f32.subarray(out, out + count)) given.push(sample);
  }
  converter.dispose();
  return Float32Array.from(given);
}

test("blocks of every shape are what the twin makes of them", () => {
  bringTwins(wholeTwins);
  const { wasm, twin } = enginePair(1 << 23);
  for (const precision of [SINGLE, DOUBLE]) {
    for (const shape of SHAPES) {
      const expected = convert(twin, precision, shape);
      const actual = convert(wasm, precision, shape);
      const difference = snrDb(actual, expected);
      assert.is(actual.length, expected.length);
      assert.ok(difference > 120, `${precision.name}, ${shape.join(":")}: ${difference} dB`);
    }
  }
});

test.run();
