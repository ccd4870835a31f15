/**
 * CPU time for each frame, latency, and memory for each connection: ours, a bare echo's and others' in turns, so that
 * whatever else the machine does meets all alike. A ratio is the median of those of the rounds.
 */
import type { Load } from "./load.ts";
import { isValid, type LoadProtocol, type LoadResult } from "./load-plan.ts";
import type { ServerKind } from "./server-process.ts";
import { measured } from "./trial.ts";

export interface CostOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  /** How many streams run at the pace of their audio. */
  readonly pacedStreams: number;
  readonly onRound: (what: string, round: number) => void;
}

/** Whose costs. */
export interface ComparedServers {
  readonly ours: ServerKind;
  /** What the ratios are to, with JSON. */
  readonly bare: ServerKind;
  readonly others: readonly ServerKind[];
}

/** One server with one protocol. */
export interface CaseCosts {
  readonly name: string;
  /** Streams that ran at the pace of their audio. */
  readonly pacedStreams: number;
  /** CPU time for each message in a closed loop, and for each frame at the pace of its audio: least of all rounds, µs. */
  readonly closed: number;
  readonly paced: number;
  /** The same over that of the bare echo with JSON in the same round: median of all rounds. */
  readonly closedRatio: number;
  readonly pacedRatio: number;
  /** Most of all rounds. */
  readonly messagesPerSecond: number;
  /** Of the paced runs: median. */
  readonly p99Ms: number;
  /** With streams running; median. */
  readonly kibPerConnection: number;
  /** Frames, over all runs, that did not come back, or not as they were sent; FastRTC's are not compared. */
  readonly lost: number;
  readonly wrong: number;
  /** Whether the generator kept its own time in all paced runs, and frames came back. */
  readonly isPacedValid: boolean;
}

export interface ServerCosts {
  readonly cases: readonly CaseCosts[];
  /** Binary packets to JSON, ours, closed loop: median of the rounds. */
  readonly binaryToJson: number;
  /** Whether the generator kept its own time in the paced runs of ours and of the bare echo. */
  readonly isPacedValid: boolean;
}

const CLOSED_STREAMS = 200;
/** Fewer would send faster, each of them, than a server takes from one client. */
const QUICK_STREAMS = 50;

interface Case {
  readonly name: string;
  readonly kind: ServerKind;
  readonly protocol: LoadProtocol;
  readonly closedStreams: number;
  readonly pacedStreams: number;
  /** Without it there is nothing to compare; where another server fails, its line says so. */
  readonly mustHold: boolean;
  readonly closed: LoadResult[];
  readonly paced: LoadResult[];
}

export async function costsOf(
  load: Load,
  { ours, bare, others }: ComparedServers,
  { rounds, isQuick, pacedStreams, onRound }: CostOptions,
): Promise<ServerCosts> {
  const cases = [bare, ours, ...others].flatMap((kind) =>
    kind.protocols.map((protocol): Case => {
      const most = kind.mostStreams ?? Number.POSITIVE_INFINITY;
      return {
        name: `${kind.name} ${protocol}`,
        kind,
        protocol,
        closedStreams: Math.min(most, isQuick ? QUICK_STREAMS : CLOSED_STREAMS),
        pacedStreams: Math.min(most, isQuick ? QUICK_STREAMS : pacedStreams),
        mustHold: kind === bare || kind === ours,
        closed: [],
        paced: [],
      };
    }),
  );
  for (let round = 0; round < rounds; round++) {
    onRound("cost of a frame", round);
    for (const each of cases) each.closed.push(await run(load, each, isQuick ? 1 : 2, true));
    for (const each of cases) each.paced.push(await run(load, each, isQuick ? 1 : 3, false));
  }
  const of = (kind: ServerKind, protocol: LoadProtocol): Case =>
    cases.find((each) => each.kind === kind && each.protocol === protocol)!;
  const reference = of(bare, "json");
  const costs = cases.map((each) => caseCosts(each, reference));
  return {
    cases: costs,
    binaryToJson: ratio(of(ours, "binary").closed, of(ours, "json").closed),
    isPacedValid: costs.every(
      ({ isPacedValid }, i) => isPacedValid || ![ours, bare].includes(cases[i]!.kind),
    ),
  };
}

async function run(load: Load, each: Case, seconds: number, isClosedLoop: boolean): Promise<LoadResult> {
  const { name, kind, protocol, mustHold } = each;
  const streams = isClosedLoop ? each.closedStreams : each.pacedStreams;
  const result = await measured(load, kind, { protocol, streams, seconds, isClosedLoop });
  if (!mustHold) return result;
  if (result.wrong > 0 || result.lost > 0)
    throw new Error(`${name}: ${result.wrong} frames wrong, ${result.lost} lost.`);
  if (result.frames === 0) throw new Error(`${name}: no frame came back; there is nothing to measure.`);
  return result;
}

function caseCosts({ name, closed, paced, pacedStreams }: Case, reference: Case): CaseCosts {
  const all = [...closed, ...paced];
  const least = (runs: readonly LoadResult[]) => Math.min(...runs.map(({ cpuUsPerFrame }) => cpuUsPerFrame));
  return {
    name,
    pacedStreams,
    closed: least(closed),
    paced: least(paced),
    closedRatio: ratio(closed, reference.closed),
    pacedRatio: ratio(paced, reference.paced),
    messagesPerSecond: Math.max(...closed.map(({ framesPerSecond }) => framesPerSecond)),
    p99Ms: median(paced.map(({ latencyMs }) => latencyMs.p99)),
    kibPerConnection: median(paced.map(({ rssKib, idleRssKib }) => (rssKib - idleRssKib) / pacedStreams)),
    lost: all.reduce((sum, { lost }) => sum + lost, 0),
    wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
    isPacedValid: paced.every(isValid),
  };
}

function ratio(ours: readonly LoadResult[], theirs: readonly LoadResult[]): number {
  return median(ours.map(({ cpuUsPerFrame }, round) => cpuUsPerFrame / theirs[round]!.cpuUsPerFrame));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1]!;
  return sorted.length % 2 === 1 ? upper : (upper + sorted[(sorted.length >> 1) - 1]!) / 2;
}
