/** Everyone who takes part on this machine. */
import type { Dsp } from "../../src/index.ts";
import { findCommands } from "./commands.ts";
import type { Contender, MissingPeer } from "./contender.ts";
import { createNpmPeers } from "./npm-peers.ts";
import { createOurs, findQualities } from "./ours.ts";
import { startSoxr } from "./soxr.ts";

export interface Contenders {
  readonly ours: readonly Contender[];
  /** libsoxr first where it is there, npm's, then commands. */
  readonly peers: readonly Contender[];
  readonly missing: readonly MissingPeer[];
  /** Ends the peers' processes. */
  close(): void;
}

/** Finds and starts them. */
export async function findContenders(dsp: Dsp): Promise<Contenders> {
  const ours = findQualities(dsp).map((quality) => createOurs(dsp, quality));
  const npm = await createNpmPeers();
  const commands = findCommands();
  const soxr = startSoxr();
  if ("install" in soxr) {
    return {
      ours,
      peers: [...npm, ...commands.contenders],
      missing: [soxr, ...commands.missing],
      close: () => {},
    };
  }
  return {
    ours,
    peers: [...soxr.contenders, ...npm, ...commands.contenders],
    missing: commands.missing,
    close: () => soxr.close(),
  };
}

/** A line for each peer that is not there. */
export function describeMissing(missing: readonly MissingPeer[]): string[] {
  return missing.map(({ name, install }) => `not here: ${name}; to have it: ${install}`);
}
