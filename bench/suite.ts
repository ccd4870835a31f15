/** What a suite is made of. */
import type { Case } from "./measure.ts";

/** A least ratio, of a peer's fastest time anywhere or of its time in this process. */
export interface Expectation {
  readonly ratio: number;
  readonly of: "fastest" | "this process";
}

/** Cases that do the same work: ours, and what else does it. */
export interface Group {
  /** Names the group in tables and towards the fresh process. */
  readonly key: string;
  /** The first is the one that ratios are taken of. */
  readonly ours: readonly Case[];
  /** Which of the peers' ratios are looked at, and what is expected of them. */
  readonly expected?: Readonly<Record<string, Expectation>>;
}

/** Peers by group key. Made without our code, so that a process can time them that never loads our WebAssembly. */
export type Peers = ReadonlyMap<string, readonly Case[]>;

export interface Suite {
  readonly name: string;
  /** Throws where any two cases of a group disagree on results. */
  readonly check: () => void;
  readonly groups: readonly Group[];
  readonly peers: Peers;
  /** Gives engine memory back. */
  readonly dispose: () => void;
}

/** Fails with the first difference of two results. */
export function expectSame(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length !== expected.length) {
    throw new Error(`${what}: ${actual.length} values; expected ${expected.length}.`);
  }
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] !== expected[i]) {
      throw new Error(`${what}: [${i}] is ${actual[i]}; expected ${expected[i]}.`);
    }
  }
}
