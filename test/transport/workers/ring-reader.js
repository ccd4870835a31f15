// The reading thread of the ring's test: takes until the writer is done, and knows what each piece has to hold.
import { parentPort, workerData } from "node:worker_threads";
import { AudioRing } from "../../../dist/transport/workers/audio-ring.js";

const ring = new AudioRing(workerData.memory);
const done = new Int32Array(workerData.totals);
let words = new Int32Array(256);
const buffer = {
  words(samples) {
    if (samples > 2 * words.length) words = new Int32Array(samples);
    return words;
  },
};

let pieces = 0;
let samples = 0;
let last = -1;
for (;;) {
  // read before looking: what was written before it was set is seen
  const isDone = Atomics.load(done, 0) === 1;
  const n = ring.take(buffer, ring.written);
  if (n < 0) {
    if (isDone) break;
    Atomics.wait(done, 1, 0, 0.01);
    continue;
  }
  if (ring.first <= last) throw new Error(`piece ${ring.first} came after piece ${last}`);
  if (ring.second !== n) throw new Error(`piece ${ring.first} has ${n} samples and not ${ring.second}`);
  last = ring.first;
  const got = new Int16Array(words.buffer, 0, n);
  for (let i = 0; i < n; i++) {
    const expected = ((Math.imul(last + 1, 40_503) + Math.imul(i, 2_654_435)) << 16) >> 16;
    if (got[i] !== expected) throw new Error(`sample ${i} of piece ${last} is ${got[i]} and not ${expected}`);
  }
  pieces++;
  samples += n;
}
parentPort.postMessage({ pieces, samples });
