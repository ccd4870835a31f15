/** Server and load on a core each, where `taskset` is there and there are two: else they would take turns on one. */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

let canPin: boolean | undefined;

/** A command and its arguments that run on one core. */
export function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
  canPin ??= availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;
  return canPin ? ["taskset", ["-c", String(core), command, ...args]] : [command, [...args]];
}
