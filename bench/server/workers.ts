/**
 * `npm run bench -- workers`: what a crossing costs: the same paced echo in the server's thread and in one worker, in turns,
 * and the CPU time of the whole process for each frame.
 */
import { alignColumns } from "../table.ts";
import { type Load, ownLoad } from "./load.ts";
import { isValid, type LoadResult } from "./load-plan.ts";
import { type ServerKind, voxwire } from "./server-process.ts";
import { measured } from "./trial.ts";

const STREAMS = [50, 300];
const SECONDS = 5;
const ROUNDS = 3;

interface CrossingCosts {
  readonly streams: number;
  /** CPU time for each frame, least of all rounds, µs. */
  readonly threadUs: number;
  readonly workerUs: number;
  /** Median of the rounds, ms. */
  readonly threadP50: number;
  readonly workerP50: number;
  readonly isTimely: boolean;
}

/** Prints a table; returns what was measured. */
export async function reportWorkers(isQuick: boolean): Promise<readonly CrossingCosts[]> {
  const load = await ownLoad();
  const costs: CrossingCosts[] = [];
  for (const streams of isQuick ? [10] : STREAMS)
    costs.push(await crossing(load, streams, isQuick ? 1 : ROUNDS, isQuick ? 1 : SECONDS));
  const head = ["streams", "us a frame, thread", "worker", "crossing", "p50 ms, thread", "worker", ""];
  const rows = costs.map(({ streams, threadUs, workerUs, threadP50, workerP50, isTimely }) => [
    String(streams),
    threadUs.toFixed(1),
    workerUs.toFixed(1),
    (workerUs - threadUs).toFixed(1),
    threadP50.toFixed(2),
    workerP50.toFixed(2),
    isTimely ? "" : "not valid: the machine was busy",
  ]);
  console.log(
    `\nThe echo in the server's thread, and in one worker\n${alignColumns([head, ...rows], 0, [6])}`,
  );
  return costs;
}

async function crossing(
  load: Load,
  streams: number,
  rounds: number,
  seconds: number,
): Promise<CrossingCosts> {
  const thread = voxwire("in the server's thread");
  const worker: ServerKind = {
    ...thread,
    name: "in a worker",
    command: (port) => [...thread.command(port), "--workers", "1"],
  };
  const own: LoadResult[] = [];
  const crossed: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await exact(load, thread, streams, seconds));
    crossed.push(await exact(load, worker, streams, seconds));
  }
  return {
    streams,
    threadUs: Math.min(...own.map(({ cpuUsPerFrame }) => cpuUsPerFrame)),
    workerUs: Math.min(...crossed.map(({ cpuUsPerFrame }) => cpuUsPerFrame)),
    threadP50: middle(own.map(({ latencyMs }) => latencyMs.p50)),
    workerP50: middle(crossed.map(({ latencyMs }) => latencyMs.p50)),
    isTimely: [...own, ...crossed].every((result) => isValid(result) && result.lost === 0),
  };
}

async function exact(load: Load, kind: ServerKind, streams: number, seconds: number): Promise<LoadResult> {
  const result = await measured(load, kind, { protocol: "json", streams, seconds });
  if (result.wrong > 0) throw new Error(`${kind.name}: ${result.wrong} frames came back wrong.`);
  return result;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
