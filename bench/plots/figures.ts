/** `bench resample --plot`: responses and sweeps of every quality of ours beside its peers. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadDspSync } from "../../src/index.ts";
import { judgeContender } from "../quality.ts";
import type { Rates } from "../resample/contender.ts";
import { describeMissing, findContenders } from "../resample/contenders.ts";
import { nameOf } from "../resample/rates.ts";
import { drawImpulse } from "./impulse-figure.ts";
import { drawResponse } from "./response-figure.ts";
import type { Subject } from "./subject-style.ts";
import { drawSweeps } from "./sweep-figure.ts";

const PAIRS: readonly Rates[] = [
  { inputRate: 48_000, outputRate: 8_000 },
  { inputRate: 44_100, outputRate: 16_000 },
  { inputRate: 16_000, outputRate: 48_000 },
];
/** The peers worth a picture; where a peer is not here, its place is empty. */
const SHOWN = ["libsoxr HQ", "libsamplerate fastest", "ffmpeg", "wave-resampler"];

/** Writes the figures into a folder and returns their paths. */
export async function plotResampler(folder: string): Promise<string[]> {
  const all = await findContenders(loadDspSync());
  const written: string[] = [];
  try {
    for (const line of describeMissing(all.missing)) console.log(line);
    mkdirSync(folder, { recursive: true });
    const shown = [...all.ours, ...SHOWN.flatMap((name) => all.peers.filter((peer) => peer.name === name))];
    for (const rates of PAIRS) {
      const subjects: Subject[] = [];
      for (const contender of shown) {
        subjects.push({ contender, line: await judgeContender(contender, rates) });
      }
      const write = (kind: string, svg: string) => {
        const file = join(folder, `${kind}-${rates.inputRate}-${rates.outputRate}.svg`);
        writeFileSync(file, svg);
        written.push(file);
        console.log(file);
      };
      console.log(`${nameOf(rates)}: ${subjects.map(({ contender }) => contender.name).join(", ")}`);
      // wave-resampler stretches time, so impulses do not add up to a response
      const still = subjects.filter(({ contender }) => contender.name !== "wave-resampler");
      write("response", await drawResponse(still, rates));
      write("impulse", await drawImpulse(still, rates));
      write("sweep", await drawSweeps(subjects, rates));
    }
  } finally {
    all.close();
  }
  return written;
}
