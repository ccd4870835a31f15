/**
 * `npm run bench -- faults`: what paced streams feel while somebody attacks their server, fault by fault at full length,
 * beside the same streams in peace.
 */
import { bundleProcess } from "../bundle-process.ts";
import { ownLoad } from "../server/load.ts";
import { isValid } from "../server/load-plan.ts";
import { alignColumns } from "../table.ts";
import type { AttackPlan } from "./attack-process.ts";
import type { ATTACKS } from "./attacks.ts";
import { type FaultResult, STREAMS, type Trial, underAttack } from "./under-attack.ts";

type FaultName = keyof typeof ATTACKS;

const SLOWLORIS = "slowloris";
const HALF_OPEN = "half-open peers";
const STALLED = "stalled readers";
const KEEPING_UP = "readers that keep up";
/** By how much the others' p99 may move where an attack costs the server next to nothing; a flood fills the core, until it is cut. */
const MAX_SHIFT_MS = 2;
const CHEAP: ReadonlySet<string> = new Set([
  SLOWLORIS,
  HALF_OPEN,
  "sockets that never start",
  "storms of reconnects",
]);
/** Peace and attack take turns so often where a shift of some milliseconds is asked about; the median counts. */
const ROUNDS: Partial<Record<FaultName, number>> = { [SLOWLORIS]: 5, "sockets that never start": 3 };
/** What a hundred clients may hold by reading nothing, beyond what they take by reading all of it. */
const MAX_HELD_MIB = 10;
const MEMORY = `"MiB more" is of the whole process (RSS): the most from when the attack began on, less that of the peace before. "${KEEPING_UP}"
send what "${STALLED}" send, 50 s of audio a second each, and read their echo: what they take as well, for their
sessions and for garbage, is no stalled reader's doing.`;
/** In peace before an attack: what is allocated once has been by then. */
const PEACE_SECONDS = 10;
/** How long the server is left to notice that peers are dead. */
const HEARTBEATS_SECONDS = 50;

/** How hard each attack is at full length. */
const FULL: Readonly<Record<FaultName, Omit<AttackPlan, "name" | "host" | "port">>> = {
  oversized: { sockets: 10, seconds: 10, perSecond: 0 },
  unmasked: { sockets: 10, seconds: 10, perSecond: 0 },
  "bad Base64": { sockets: 4, seconds: 10, perSecond: 0 },
  "bad JSON": { sockets: 4, seconds: 10, perSecond: 0 },
  "deep JSON": { sockets: 2, seconds: 10, perSecond: 0 },
  [SLOWLORIS]: { sockets: 500, seconds: 12, perSecond: 0 },
  [HALF_OPEN]: { sockets: 100, seconds: 1, perSecond: 0 },
  [STALLED]: { sockets: 100, seconds: 1, perSecond: 0 },
  [KEEPING_UP]: { sockets: 100, seconds: 1, perSecond: 0 },
  "ids that are taken": { sockets: 100, seconds: 10, perSecond: 0 },
  "floods of audio": { sockets: 4, seconds: 10, perSecond: 0 },
  "floods of messages": { sockets: 4, seconds: 10, perSecond: 0 },
  "floods of WebSocket pings": { sockets: 4, seconds: 10, perSecond: 0 },
  "storms of starts": { sockets: 4, seconds: 10, perSecond: 0 },
  "sockets that never start": { sockets: 600, seconds: 10, perSecond: 0 },
  "storms of reconnects": { sockets: 50, seconds: 60, perSecond: 200 },
};

/** Prints a table; returns what was measured. */
export async function reportFaults(isQuick: boolean, only = ""): Promise<unknown> {
  const load = await ownLoad();
  const attackProgram = await bundleProcess(new URL("./attack-process.ts", import.meta.url));
  const results: FaultResult[] = [];
  const names = (Object.keys(FULL) as FaultName[]).filter((name) => name.includes(only));
  if (names.length === 0)
    throw new Error(`No fault has "${only}" in its name: ${Object.keys(FULL).join(", ")}.`);
  for (const name of names) {
    results.push(await underAttack(load, attackProgram, isQuick ? quick(name) : full(name)));
    console.log(cells(results.at(-1)!).join("  "));
  }
  console.log(`\n${STREAMS} paced streams beside each attack, on the same server\n${table(results)}`);
  if (names.includes(STALLED)) console.log(`${MEMORY}\n${heldBy(results)}`);
  return results;
}

function full(name: FaultName): Trial {
  const plan = FULL[name];
  const seconds = name === HALF_OPEN ? HEARTBEATS_SECONDS : plan.seconds;
  return {
    attack: { ...plan, name },
    rounds: ROUNDS[name] ?? 1,
    peaceSeconds: PEACE_SECONDS,
    attackedSeconds: Math.max(seconds, 5),
  };
}

function quick(name: FaultName): Trial {
  const plan = FULL[name];
  return {
    attack: { ...plan, name, sockets: Math.ceil(plan.sockets / 10), seconds: 1 },
    rounds: 1,
    peaceSeconds: 1,
    attackedSeconds: 5,
  };
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

function cells({ name, attacks, rounds, moreKib }: FaultResult): string[] {
  const peaceMs = median(rounds.map(({ peace }) => peace.latencyMs.p99));
  const attackedMs = median(rounds.map(({ attacked }) => attacked.latencyMs.p99));
  const shiftMs = median(rounds.map(({ peace, attacked }) => attacked.latencyMs.p99 - peace.latencyMs.p99));
  const lost = sum(rounds.map(({ attacked }) => attacked.lost));
  const wrong = sum(rounds.map(({ attacked }) => attacked.wrong));
  const isKept = lost + wrong === 0 && (shiftMs < MAX_SHIFT_MS || !CHEAP.has(name));
  const isTimely = rounds.every(({ peace, attacked }) => isValid(peace) && isValid(attacked));
  return [
    name,
    String(sum(attacks.map(({ connections }) => connections))),
    endingsOf(attacks.map(({ endings }) => endings)),
    peaceMs.toFixed(2),
    attackedMs.toFixed(2),
    shiftMs.toFixed(2),
    String(lost),
    String(wrong),
    (moreKib / 1024).toFixed(1),
    isKept ? "kept" : isTimely ? "MISSED" : "not valid",
  ];
}

function endingsOf(all: readonly Readonly<Record<number, number>>[]): string {
  const times = new Map<string, number>();
  for (const endings of all) {
    for (const [ending, count] of Object.entries(endings))
      times.set(ending, (times.get(ending) ?? 0) + count);
  }
  return Array.from(times, ([ending, count]) => `${ending}: ${count}`).join(", ");
}

function heldBy(results: readonly FaultResult[]): string {
  const of = (name: string) => (results.find((result) => result.name === name)?.moreKib ?? 0) / 1024;
  const heldMib = of(STALLED) - of(KEEPING_UP);
  const verdict = heldMib < MAX_HELD_MIB ? "reached" : "MISSED";
  return `What stalled readers hold beyond those: ${heldMib.toFixed(1)} MiB; asked: less than ${MAX_HELD_MIB}: ${verdict}.`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
