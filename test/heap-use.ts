/** What a call allocates, from the growth of the heap between collections. */

const CALLS_A_CHUNK = 10_000;
const CHUNKS = 100;

/**
 * Bytes a call, over a million calls after warming up: the median over chunks so short that the collector seldom runs
 * within one (a chunk in which it does shrinks, and does not count as free).
 */
export function heapBytesPerCall(call: () => void): number {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as scripts/test.mjs does.");
  for (let i = 0; i < 50_000; i++) call();
  globalThis.gc();
  const growth: number[] = [];
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < CALLS_A_CHUNK; i++) call();
    growth.push((process.memoryUsage().heapUsed - before) / CALLS_A_CHUNK);
  }
  const grown = growth.filter((bytes) => bytes >= 0).sort((a, b) => a - b);
  return grown[grown.length >> 1] ?? Number.POSITIVE_INFINITY;
}
