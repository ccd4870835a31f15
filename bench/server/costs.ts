/**
 * CPU time for each frame and memory for each connection, ours and those of a bare echo in turns, so that whatever else
 * the machine does meets all alike. A ratio is the median of those of the rounds.
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

/** One server with one protocol. */
export interface CaseCosts {
  readonly name: string;
  /** CPU time for each message in a closed loop, and for each frame at the pace of its audio: least of all rounds, µs. */
  readonly closed: number;
  readonly paced: number;
  /** The same over that of the bare echo with JSON in the same round: median of all rounds. */
  readonly closedRatio: number;
  readonly pacedRatio: number;
  /** Most of all rounds. */
  readonly messagesPerSecond: number;
  /** With streams running; median. */
  readonly kibPerConnection: number;
}

export interface ServerCosts {
  readonly cases: readonly CaseCosts[];
  /** Binary packets to JSON, ours, closed loop: median of the rounds. */
  readonly binaryToJson: number;
  /** Whether the generator kept its own time in all paced runs. */
  readonly isPacedValid: boolean;
}

const CLOSED_STREAMS = 200;
/** Fewer would send faster, each of them, than a server takes from one client. */
const QUICK_STREAMS = 50;

interface Measured {
  readonly closed: LoadResult[];
  readonly paced: LoadResult[];
}

export async function costsOf(
  load: Load,
  ours: ServerKind,
  bare: ServerKind,
  { rounds, isQuick, pacedStreams, onRound }: CostOptions,
): Promise<ServerCosts> {
  const kinds = [bare, ours].flatMap((kind) =>
    (["json", "binary"] as const).map((protocol) => ({ kind, protocol, name: `${kind.name} ${protocol}` })),
  );
  const results = new Map<string, Measured>(kinds.map(({ name }) => [name, { closed: [], paced: [] }]));
  const run = async (
    kind: ServerKind,
    protocol: LoadProtocol,
    isClosedLoop: boolean,
  ): Promise<LoadResult> => {
    const streams = isQuick ? QUICK_STREAMS : isClosedLoop ? CLOSED_STREAMS : pacedStreams;
    const seconds = isQuick ? 1 : isClosedLoop ? 2 : 3;
    const result = await measured(load, kind, { protocol, streams, seconds, isClosedLoop });
    if (result.wrong > 0 || result.lost > 0)
      throw new Error(`${kind.name}, ${protocol}: ${result.wrong} frames wrong, ${result.lost} lost.`);
    if (result.frames === 0)
      throw new Error(`${kind.name}, ${protocol}: no frame came back; there is nothing to measure.`);
    return result;
  };
  for (let round = 0; round < rounds; round++) {
    onRound("cost of a frame", round);
    for (const { kind, protocol, name } of kinds)
      results.get(name)!.closed.push(await run(kind, protocol, true));
    for (const { kind, protocol, name } of kinds)
      results.get(name)!.paced.push(await run(kind, protocol, false));
  }
  const reference = results.get(kinds[0]!.name)!;
  const json = results.get(`${ours.name} json`)!;
  const binary = results.get(`${ours.name} binary`)!;
  return {
    cases: kinds.map(({ name }) =>
      caseCosts(name, results.get(name)!, reference, isQuick ? QUICK_STREAMS : pacedStreams),
    ),
    binaryToJson: ratio(binary.closed, json.closed),
    isPacedValid: [...results.values()].every(({ paced }) => paced.every(isValid)),
  };
}

function caseCosts(
  name: string,
  { closed, paced }: Measured,
  reference: Measured,
  streams: number,
): CaseCosts {
  const least = (runs: readonly LoadResult[]) => Math.min(...runs.map(({ cpuUsPerFrame }) => cpuUsPerFrame));
  return {
    name,
    closed: least(closed),
    paced: least(paced),
    closedRatio: ratio(closed, reference.closed),
    pacedRatio: ratio(paced, reference.paced),
    messagesPerSecond: Math.max(...closed.map(({ framesPerSecond }) => framesPerSecond)),
    kibPerConnection: median(paced.map(({ rssKib, idleRssKib }) => (rssKib - idleRssKib) / streams)),
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
