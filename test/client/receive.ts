/** Hearing a client out. */
import type { Client } from "../../src/client.ts";

/** The first `n` samples that come. */
export async function receive(client: Client, n: number): Promise<Int16Array> {
  const out = new Int16Array(n);
  let at = 0;
  for await (const { samples } of client) {
    out.set(samples.subarray(0, n - at), at);
    at += Math.min(samples.length, n - at);
    if (at === n) break;
  }
  return out;
}
