/** Runs one suite: correctness first, then all its cases in alternating rounds, in this process and in fresh ones. */
import type { FreshPeers } from "./fresh-peers.ts";
import { type Effort, sampleNs, type Timing, timingOf } from "./measure.ts";
import { FRESH_PEERS } from "./peers/fresh.ts";
import type { Suite } from "./suite.ts";

/** A group's figures, ours first. */
export interface GroupResult {
  readonly key: string;
  readonly timings: readonly RelativeTiming[];
}

/** Of a peer that was timed in two places, the faster one; both where the expectation is of the one in this process. */
export interface RelativeTiming extends Timing {
  /** This one's time over that of our first case: how many times faster we are, by minima and by medians. */
  readonly ratioOfMinima: number;
  readonly ratioOfMedians: number;
  /** The least ratio expected, where one is. */
  readonly expectedRatio?: number;
}

/** Checks the suite, then times it. */
export async function runSuite(
  suite: Suite,
  fresh: FreshPeers,
  effort: Effort,
  onRound: (round: number) => void,
): Promise<GroupResult[]> {
  suite.check();
  const samples = new Map<string, number[]>();
  const add = (id: string, values: readonly number[]) => {
    const known = samples.get(id);
    if (known === undefined) samples.set(id, [...values]);
    else known.push(...values);
  };
  const hasFresh = suite.name in FRESH_PEERS;
  for (let round = 0; round < effort.rounds; round++) {
    onRound(round);
    for (const group of suite.groups) {
      for (const ours of group.ours)
        add(idOf(group.key, ours.name, "here"), sampleNs(ours.run, effort.seconds));
      for (const peer of suite.peers.get(group.key) ?? []) {
        add(idOf(group.key, peer.name, "here"), sampleNs(peer.run, effort.seconds));
        if (!hasFresh) continue;
        const request = { suite: suite.name, key: group.key, name: peer.name, seconds: effort.seconds };
        add(idOf(group.key, peer.name, "fresh"), await fresh.time(request));
      }
    }
  }
  return suite.groups.map((group) => {
    const own = group.ours.map(({ name }) =>
      timingOf(name, "this process", samples.get(idOf(group.key, name, "here"))!),
    );
    const others = (suite.peers.get(group.key) ?? []).flatMap(({ name }) => {
      const here = timingOf(name, "this process", samples.get(idOf(group.key, name, "here"))!);
      const alone = samples.get(idOf(group.key, name, "fresh"));
      if (alone === undefined) return [here];
      const there = timingOf(name, "fresh process", alone);
      if (group.expected?.[name]?.of === "this process") return [here, there];
      return [there.minNs < here.minNs ? there : here];
    });
    const reference = own[0]!;
    const timings = [...own, ...others].map((timing): RelativeTiming => {
      const expected = group.expected?.[timing.name];
      const isMeant = expected?.of === "fastest" || expected?.of === timing.where;
      return {
        ...timing,
        ratioOfMinima: timing.minNs / reference.minNs,
        ratioOfMedians: timing.medianNs / reference.medianNs,
        ...(isMeant ? { expectedRatio: expected.ratio } : {}),
      };
    });
    return { key: group.key, timings };
  });
}

function idOf(key: string, name: string, where: "here" | "fresh"): string {
  return `${key}\n${name}\n${where}`;
}
