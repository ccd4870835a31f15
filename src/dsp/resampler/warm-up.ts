/** Runs the resampler's kernel both ways at load, with a row for each phase and with blended rows. */
import type { Engine } from "../engine.ts";
import { createResampler } from "./create.ts";
import { checkTask } from "./task.ts";

const PAIRS = [
  [16000, 8000],
  [8000, 16000],
  [48000, 8000],
  [8000, 48000],
  [8000, 11027],
] as const;
const ROUNDS = 4;

export function warmUpResampler(engine: Engine): void {
  for (const [inputRate, outputRate] of PAIRS) {
    const resampler = createResampler(engine, checkTask("createResampler()", { inputRate, outputRate }));
    const frame = new Float32Array(inputRate / 50);
    const out = new Float32Array(resampler.maxOutput(frame.length));
    for (let round = 0; round < ROUNDS; round++) resampler.processInto(frame, out);
    resampler.dispose();
  }
}
