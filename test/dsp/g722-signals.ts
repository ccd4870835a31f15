/** Signals made of integers alone, so that they are the same on every machine: 10 s at 16 kHz each. */
import { random } from "../samples.ts";

const SAMPLES = 160000;

const make = (sample: (i: number) => number) => () =>
  Int16Array.from({ length: SAMPLES }, (_, i) => sample(i));

const uniform = (seed: number, amplitude: number) => () => {
  const next = random(seed);
  return make(() => Math.floor((next() * 2 - 1) * amplitude))();
};

export const SIGNALS: Readonly<Record<string, () => Int16Array>> = {
  "loud noise": uniform(7, 32768),
  "noise of a few steps": uniform(8, 5),
  // a triangle whose phase runs faster and faster, from 0 to 8 kHz and back as an alias
  sweep: make((i) => {
    const phase = (i * i) % 320000;
    return Math.floor((Math.abs(phase - 160000) - 80000) * 0.4);
  }),
  "full-scale square": make((i) => (Math.floor(i / 37) % 2 === 0 ? 32767 : -32768)),
  "clicks in silence": make((i) => (i % 1601 === 0 ? 32767 : i % 2003 === 0 ? -32768 : 0)),
};
