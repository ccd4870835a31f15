/**
 * `npm run bench -- faults`: what paced streams feel while somebody attacks their server, fault by fault at full length,
 * beside the same streams in peace.
 */
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { bundleProcess } from "../bundle-process.ts";
import { type Load, ownLoad } from "../server/load.ts";
import { isValid, type LoadResult } from "../server/load-plan.ts";
import { LOAD_CORE, pinned } from "../server/pinned.ts";
import { type StartedServer, startServer, voxwire } from "../server/server-process.ts";
import { alignColumns } from "../table.ts";
import type { AttackPlan, AttackResult } from "./attack-process.ts";
import type { ATTACKS } from "./attacks.ts";

const run = promisify(execFile);
const OURS = voxwire("voxwire");
/** The streams that are attacked beside. */
const STREAMS = 100;
/** By how much the others' p99 may move where an attack costs the server next to nothing; a flood fills the core, until it is cut. */
const MAX_SHIFT_MS = 2;
const CHEAP: ReadonlySet<string> = new Set([
  "slowloris",
  "half-open peers",
  "sockets that never start",
  "storms of reconnects",
]);
/** Why memory that has been used once is no measure of what an attacker holds. */
const MEMORY = `"MiB more" is of the process (RSS), which keeps what garbage has once needed. "Readers that keep up" send what "stalled
readers" send, 50 s of audio a second each, and read their echo: what they take as well is no stalled reader's doing.`;
/** How long the server is left to notice that peers are dead. */
const HEARTBEATS_SECONDS = 50;

/** How hard each attack is at full length. */
const FULL: Readonly<Record<keyof typeof ATTACKS, Omit<AttackPlan, "name" | "host" | "port">>> = {
  oversized: { sockets: 10, seconds: 10, perSecond: 0 },
  unmasked: { sockets: 10, seconds: 10, perSecond: 0 },
  "bad Base64": { sockets: 4, seconds: 10, perSecond: 0 },
  "bad JSON": { sockets: 4, seconds: 10, perSecond: 0 },
  "deep JSON": { sockets: 2, seconds: 10, perSecond: 0 },
  slowloris: { sockets: 500, seconds: 30, perSecond: 0 },
  "half-open peers": { sockets: 100, seconds: 1, perSecond: 0 },
  "stalled readers": { sockets: 100, seconds: 1, perSecond: 0 },
  "readers that keep up": { sockets: 100, seconds: 1, perSecond: 0 },
  "ids that are taken": { sockets: 100, seconds: 10, perSecond: 0 },
  "floods of audio": { sockets: 4, seconds: 10, perSecond: 0 },
  "floods of messages": { sockets: 4, seconds: 10, perSecond: 0 },
  "floods of WebSocket pings": { sockets: 4, seconds: 10, perSecond: 0 },
  "storms of starts": { sockets: 4, seconds: 10, perSecond: 0 },
  "sockets that never start": { sockets: 600, seconds: 10, perSecond: 0 },
  "storms of reconnects": { sockets: 50, seconds: 60, perSecond: 200 },
};

interface FaultResult {
  readonly name: string;
  readonly attack: AttackResult;
  readonly peace: LoadResult;
  readonly attacked: LoadResult;
}

/** Prints a table; returns what was measured. */
export async function reportFaults(isQuick: boolean, only = ""): Promise<unknown> {
  const load = await ownLoad();
  const attackProgram = await bundleProcess(new URL("./attack-process.ts", import.meta.url));
  const results: FaultResult[] = [];
  const names = (Object.keys(FULL) as (keyof typeof FULL)[]).filter((name) => name.includes(only));
  if (names.length === 0)
    throw new Error(`No fault has "${only}" in its name: ${Object.keys(FULL).join(", ")}.`);
  for (const name of names) {
    const full = FULL[name];
    const plan = isQuick ? { ...full, sockets: Math.ceil(full.sockets / 10), seconds: 1 } : full;
    results.push(await underAttack(load, attackProgram, name, plan, isQuick));
    console.log(line(results.at(-1)!));
  }
  console.log(`\n${STREAMS} paced streams beside each attack, on the same server\n${table(results)}`);
  if (names.includes("stalled readers")) console.log(MEMORY);
  return results;
}

async function underAttack(
  load: Load,
  program: string,
  name: keyof typeof FULL,
  plan: Omit<AttackPlan, "name" | "host" | "port">,
  isQuick: boolean,
): Promise<FaultResult> {
  const server = await startServer(OURS);
  try {
    const seconds = name === "half-open peers" && !isQuick ? HEARTBEATS_SECONDS : plan.seconds;
    const peace = await measured(load, server, Math.min(seconds, 15));
    const attacking = attack(program, { ...plan, name, host: server.host, port: server.port });
    await pause(200);
    const [attacked, result] = await Promise.all([measured(load, server, Math.max(seconds, 5)), attacking]);
    return { name, attack: result, peace, attacked };
  } finally {
    await server.stop();
  }
}

async function attack(program: string, plan: AttackPlan): Promise<AttackResult> {
  const [command, args] = pinned(LOAD_CORE, process.execPath, [program, JSON.stringify(plan)]);
  return JSON.parse((await run(command, args)).stdout) as AttackResult;
}

function measured(load: Load, server: StartedServer, seconds: number): Promise<LoadResult> {
  return load({
    host: server.host,
    port: server.port,
    path: OURS.path("json"),
    protocol: "json",
    streams: STREAMS,
    seconds,
    warmUpSeconds: 2,
    isClosedLoop: false,
    isVerified: true,
    serverPid: server.pid,
  });
}

function table(results: readonly FaultResult[]): string {
  const head = [
    "fault",
    "connections",
    "endings",
    "p99 ms in peace",
    "attacked",
    "moved",
    "lost",
    "wrong",
    "MiB more",
    "",
  ];
  return alignColumns([head, ...results.map(cells)], 3, [9]);
}

function line(result: FaultResult): string {
  return cells(result).join("  ");
}

function cells({ name, attack: { connections, endings }, peace, attacked }: FaultResult): string[] {
  const shiftMs = attacked.latencyMs.p99 - peace.latencyMs.p99;
  const isKept = attacked.lost + attacked.wrong === 0 && (shiftMs < MAX_SHIFT_MS || !CHEAP.has(name));
  const verdict = isKept ? "kept" : isValid(peace) && isValid(attacked) ? "MISSED" : "not valid";
  return [
    name,
    String(connections),
    Object.entries(endings)
      .map(([ending, times]) => `${ending}: ${times}`)
      .join(", "),
    peace.latencyMs.p99.toFixed(2),
    attacked.latencyMs.p99.toFixed(2),
    shiftMs.toFixed(2),
    String(attacked.lost),
    String(attacked.wrong),
    ((attacked.rssKib - peace.rssKib) / 1024).toFixed(1),
    verdict,
  ];
}
