import { test } from "uvu";
import { testContract } from "./block-contract.ts";

/** libsoxr HQ's delays. */
testContract(
  "high",
  [
    [[48000, 8000], 158],
    [[8000, 48000], 176],
    [[16000, 8000], 115.75],
    [[8000, 16000], 115.75],
    [[24000, 8000], 73.1],
    [[44100, 16000], 40.1],
    [[48000, 44100], 19.1],
    [[44100, 48000], 20.9],
  ],
  925,
);

test.run();
