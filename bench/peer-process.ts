/**
 * A fresh process for peers in JavaScript, started by `fresh-peers.ts`: it never loads our WebAssembly, after which typed
 * arrays are slower to reach, and times one peer only, so each is seen at its fastest. It is bundled to plain JavaScript
 * before it starts: a TypeScript loader in the process would bring WebAssembly of its own.
 */
import { sampleNs } from "./measure.ts";
import { FRESH_PEERS } from "./peers/fresh.ts";
import type { Peers } from "./suite.ts";

/** What the parent asks: time one case. */
export interface PeerRequest {
  readonly suite: string;
  readonly key: string;
  readonly name: string;
  readonly seconds: number;
}

/** What it is answered: nanoseconds a call, or why not. */
export type PeerReply = { readonly samples: number[] } | { readonly error: string };

const loaded = new Map<string, Peers>();

process.on("message", (request: PeerRequest) => {
  try {
    reply({ samples: time(request) });
  } catch (error) {
    reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

function time({ suite, key, name, seconds }: PeerRequest): number[] {
  let peers = loaded.get(suite);
  if (peers === undefined) {
    peers = FRESH_PEERS[suite]!();
    loaded.set(suite, peers);
  }
  const found = peers.get(key)?.find((peer) => peer.name === name);
  if (found === undefined) throw new Error(`No peer "${name}" for "${key}" in "${suite}".`);
  return sampleNs(found.run, seconds);
}

function reply(message: PeerReply): void {
  process.send?.(message);
}
