/** `npm run bench -- soak`: a thousand streams for ten minutes; latency, drift and memory, window by window. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundleProcess } from "../bundle-process.ts";
import { LOAD_CORE, pinned, SERVER_CORE } from "../server/pinned.ts";
import { alignColumns } from "../table.ts";
import type { SoakPlan, SoakWindow } from "./soak-process.ts";

export interface SoakOptions {
  readonly streams: number;
  readonly minutes: number;
}

/** What the server says of itself. */
interface ServerState {
  readonly heapBytes: number;
  readonly rss: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly queuedMs: number;
}

const WINDOWS_PER_MINUTE = 2;
const ASKED = { p99Ms: 20, driftMs: 5, heapMibPerMinute: 1 };
const MIB = 2 ** 20;
/** A generator later than this, 99 of 100 times, measures itself; so much of a soak has to be free of it. */
const MAX_LATE_MS = 3;
const LEAST_TIMELY = 0.8;

/** Prints a table; returns what was measured. */
export async function reportSoak({ streams, minutes }: SoakOptions): Promise<unknown> {
  const program = await bundleProcess(new URL("./soak-process.ts", import.meta.url));
  const port = await freePort();
  const [serverCommand, serverArgs] = pinned(SERVER_CORE, process.execPath, [
    "--expose-gc",
    SERVER,
    String(port),
  ]);
  const server = spawn(serverCommand, serverArgs, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await once(server, "message");
  try {
    const plan: SoakPlan = {
      host: "127.0.0.1",
      port,
      path: "/websocket/offer",
      protocol: "json",
      streams,
      seconds: minutes * 60,
      warmUpSeconds: 5,
      isClosedLoop: false,
      isVerified: true,
      serverPid: server.pid ?? 0,
      windows: Math.max(2, minutes * WINDOWS_PER_MINUTE),
      windowSeconds: 60 / WINDOWS_PER_MINUTE - 1,
    };
    const windows = await soak(program, plan, server);
    console.log(
      `\n${streams} streams, ${windows.length - 1} windows of ${plan.windowSeconds} s\n${table(windows)}`,
    );
    const verdicts = judged(windows);
    console.log(`\n${alignColumns([["", "asked", "got", ""], ...verdicts], 1, [2, 3])}`);
    return { windows, verdicts };
  } finally {
    server.kill("SIGKILL");
  }
}

type Measured = SoakWindow & ServerState;

async function soak(program: string, plan: SoakPlan, server: ChildProcess): Promise<Measured[]> {
  const [command, args] = pinned(LOAD_CORE, process.execPath, [program, JSON.stringify(plan)]);
  const load = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const windows: Measured[] = [];
  for await (const line of createInterface(load.stdout)) {
    const asked = once(server, "message");
    server.send("state");
    const [state] = (await asked) as [ServerState];
    windows.push({ ...(JSON.parse(line) as SoakWindow), ...state });
    if (process.stderr.isTTY) process.stderr.write(`\rsoak: window ${windows.length} of ${plan.windows} `);
  }
  if (windows.length !== plan.windows + 1) throw new Error("The load ended before its time.");
  return windows;
}

/** The last line is of the end: nothing is sent any more, and what was under way has come back. */
function table(windows: readonly Measured[]): string {
  const head = [
    "window",
    "frames",
    "p50 ms",
    "p99 ms",
    "generator late p99",
    "wrong",
    "lost",
    "heap MiB",
    "RSS MiB",
    "queued ms",
  ];
  const rows = windows.map((window, i) => [
    i === windows.length - 1 ? "end" : String(i + 1),
    String(window.frames),
    window.p50.toFixed(2),
    window.p99.toFixed(2),
    window.lateP99.toFixed(2),
    String(window.wrong),
    String(i === windows.length - 1 ? window.outstanding + window.cut : window.cut),
    (window.heapBytes / MIB).toFixed(2),
    (window.rss / MIB).toFixed(1),
    window.queuedMs.toFixed(0),
  ]);
  return alignColumns([head, ...rows], 0);
}

function judged(windows: readonly Measured[]): string[][] {
  const full = windows.slice(0, -1);
  const end = windows.at(-1)!;
  // a generator that is late sees an echo that is late, whatever the server does
  const timely = full.filter(({ lateP99 }) => lateP99 <= MAX_LATE_MS);
  const isValid = timely.length >= LEAST_TIMELY * full.length;
  const p99 = Math.max(...timely.map((window) => window.p99));
  const drift = timely.length > 0 ? timely.at(-1)!.p50 - timely[0]!.p50 : 0;
  const perMinute = (slopePerWindow(full.map(({ heapBytes }) => heapBytes)) * WINDOWS_PER_MINUTE) / MIB;
  const lost = end.outstanding + end.cut + end.wrong;
  const verdict = (isGood: boolean) => (isGood ? "reached" : "MISSED");
  const timed = (isGood: boolean) => (isValid ? verdict(isGood) : "not valid: the generator was late");
  const counted = `${timely.length} of ${full.length} windows in which the generator kept its time`;
  return [
    [`p99, worst of ${counted}`, `< ${ASKED.p99Ms} ms`, `${p99.toFixed(2)} ms`, timed(p99 < ASKED.p99Ms)],
    [
      "drift, last of those to first, p50",
      `< ${ASKED.driftMs} ms`,
      `${drift.toFixed(2)} ms`,
      timed(drift < ASKED.driftMs),
    ],
    [
      "heap slope, after forced collections",
      `< ${ASKED.heapMibPerMinute} MiB/min`,
      `${perMinute.toFixed(3)} MiB/min`,
      verdict(perMinute < ASKED.heapMibPerMinute),
    ],
    ["lost or wrong", "0", String(lost), verdict(lost === 0)],
  ];
}

/** Of the straight line that fits best. */
function slopePerWindow(values: readonly number[]): number {
  const n = values.length;
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let above = 0;
  let below = 0;
  for (const [i, value] of values.entries()) {
    above += (i - middle) * (value - mean);
    below += (i - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

const SERVER = fileURLToPath(new URL("./soak-server.mjs", import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
