/** What a network does to messages, as data. */

/** One way of a network. Times in ms; what is left out does not happen. */
export interface NetworkProfile {
  /** What every message takes at least. */
  delayMs: number;
  /**
   * What comes on top, message by message: evenly from 0 to `ms`; exponentially with mean `ms`; or `correlated`, the
   * magnitude of a normal process with deviation `ms` that forgets over `memoryMs` (default 200).
   */
  jitter?: { kind: "uniform" | "exponential" | "correlated"; ms: number; memoryMs?: number };
  /** Delays are rounded up to a schedule of so many ms. */
  gridMs?: number;
  /** Share of messages that never come, singly, or in bursts of this mean length (Gilbert's model of two states). */
  loss?: { percent: number; burst?: number };
  /** Share of messages that come twice. */
  duplicatePercent?: number;
  /** Whether messages keep their order, as in one queue. Default false: jitter reorders. */
  isOrdered?: boolean;
  /** Now and then nothing comes for a while, then everything at once; of each stall the first `lost` messages never come. */
  stalls?: { everyMs: number; restMs: number; leastMs: number; mostMs: number; lost?: number };
  /**
   * TCP: a lost segment is sent again and holds up all behind it: for `quickMs` where later segments tell of the loss, else
   * until a timer of `slowLeastMs` to `slowMostMs` runs out.
   */
  resends?: {
    percent: number;
    quickPercent: number;
    quickMs: number;
    slowLeastMs: number;
    slowMostMs: number;
  };
  /** A longer route, `extraMs` more, in every second stretch of `everyMs`. */
  detour?: { everyMs: number; extraMs: number };
  /** A line of so many kbit/s; what would wait longer than `queueMs` in front of it never comes. */
  rate?: { kbps: number; queueMs: number };
}

/** Fates of messages one by one: their delay in ms, or null for one that never comes. At the end it begins anew. */
export interface NetworkTrace {
  delaysMs: readonly (number | null)[];
  /** Whether messages keep their order. Default false. */
  isOrdered?: boolean;
}

/** Networks by name. Those with a number take any percentage: `iid7`, `loss12`. */
export const NETWORK_NAMES = [
  "clean",
  "wifi",
  "lte",
  "tcp",
  "narrow",
  "step",
  "uniform60",
  "loss5jit",
  "iid5",
  "iid10",
  "loss5",
  "loss10",
] as const;

const FIXED: Readonly<Record<string, NetworkProfile>> = {
  clean: { delayMs: 20 },
  // interference holds the queue up some 25 times a minute; then it drains at once
  wifi: {
    delayMs: 10,
    jitter: { kind: "exponential", ms: 4 },
    loss: { percent: 0.5 },
    isOrdered: true,
    stalls: { everyMs: 2300, restMs: 300, leastMs: 80, mostMs: 250 },
  },
  // a schedule of 8 ms, delays that wander, and a change of cell every 12 s, in which something is lost
  lte: {
    delayMs: 45,
    jitter: { kind: "correlated", ms: 18, memoryMs: 190 },
    gridMs: 8,
    loss: { percent: 0.5 },
    isOrdered: true,
    stalls: { everyMs: 12_000, restMs: 3000, leastMs: 300, mostMs: 300, lost: 3 },
  },
  // what a WebSocket does over a line of 60 ms there and back that loses 1 % of segments
  tcp: {
    delayMs: 30,
    jitter: { kind: "exponential", ms: 3 },
    isOrdered: true,
    resends: { percent: 1, quickPercent: 60, quickMs: 120, slowLeastMs: 200, slowMostMs: 400 },
  },
  // a line that carries G.711 in frames of 20 ms only just, with a long queue in front of it
  narrow: {
    delayMs: 40,
    jitter: { kind: "exponential", ms: 5 },
    isOrdered: true,
    rate: { kbps: 80, queueMs: 400 },
  },
  step: { delayMs: 20, jitter: { kind: "exponential", ms: 4 }, detour: { everyMs: 12_000, extraMs: 120 } },
  uniform60: { delayMs: 20, jitter: { kind: "uniform", ms: 60 } },
  loss5jit: { delayMs: 20, jitter: { kind: "uniform", ms: 40 }, loss: { percent: 5, burst: 2 } },
};

/** The network of this name; undefined where there is none. */
export function profileOf(name: string): NetworkProfile | undefined {
  if (Object.hasOwn(FIXED, name)) return FIXED[name];
  const [, kind, digits] = /^(iid|loss)(\d{1,2})$/.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const percent = Number(digits);
  return kind === "iid"
    ? { delayMs: 20, jitter: { kind: "uniform", ms: 2 }, loss: { percent } }
    : { delayMs: 20, jitter: { kind: "uniform", ms: 10 }, loss: { percent, burst: 2 } };
}
