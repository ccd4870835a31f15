/** Packets of any kind into the jitter buffer; `npm run bench -- jitter` sends 100,000 of each. */
import { test } from "uvu";
import { loadDspSync } from "../../../src/index.ts";
import { STORM_KINDS, stormJitter } from "./packet-storm.ts";

const dsp = loadDspSync();

for (const kind of STORM_KINDS) {
  test(`5,000 packets of ${kind}, random and damaged: no exception, no growth, sums that add up`, () => {
    for (let seed = 1; seed <= 5; seed++) stormJitter(dsp, kind, 1000, seed);
  });
}

test.run();
