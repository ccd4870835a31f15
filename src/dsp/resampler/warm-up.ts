/** Runs the resampler's kernel both ways at load, with a row for each phase and with blended rows. */
import type { ClientDsp } from "../client-dsp.ts";

const PAIRS = [
  [16000, 8000],
  [8000, 16000],
  [48000, 8000],
  [8000, 48000],
  [8000, 11027],
] as const;
const ROUNDS = 4;

export function warmUpResampler(core: Pick<ClientDsp, "createResampler">): void {
  for (const [inputRate, outputRate] of PAIRS) {
    const resampler = core.createResampler({ inputRate, outputRate });
    const frame = new Float32Array(inputRate / 50);
    for (let round = 0; round < ROUNDS; round++) resampler.process(frame);
    resampler.dispose();
  }
}
