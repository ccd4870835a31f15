/** Paced streams in peace and beside an attack, on one server; and what the server's memory comes to meanwhile. */
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Load } from "../server/load.ts";
import type { LoadResult } from "../server/load-plan.ts";
import { LOAD_CORE, pinned } from "../server/pinned.ts";
import { processUsage } from "../server/process-usage.ts";
import { type StartedServer, startServer, voxwire } from "../server/server-process.ts";
import type { AttackPlan, AttackResult } from "./attack-process.ts";

const run = promisify(execFile);
/** V8's young generation grows to this over a server's life, whatever it does; here it has its size from the start. */
const YOUNG_GENERATION = "--min-semi-space-size=16";
const OURS = voxwire("voxwire", undefined, [YOUNG_GENERATION]);
/** The streams that are attacked beside. */
export const STREAMS = 100;
const LOOK_AT_MEMORY_MS = 200;
/** An attack has begun after this. */
const BEGINNING_MS = 200;

/** What is run. */
export interface Trial {
  readonly attack: Omit<AttackPlan, "host" | "port">;
  /** How often peace and attack take turns. */
  readonly rounds: number;
  readonly peaceSeconds: number;
  readonly attackedSeconds: number;
}

/** What one fault did. */
export interface FaultResult {
  readonly name: string;
  readonly attacks: readonly AttackResult[];
  readonly rounds: readonly { readonly peace: LoadResult; readonly attacked: LoadResult }[];
  /** The most that the server's process took from the first attack on, over what it took in the peace before. */
  readonly moreKib: number;
}

/** Runs a trial against a fresh server. @param program of `attack-process.ts`, bundled */
export async function underAttack(load: Load, program: string, trial: Trial): Promise<FaultResult> {
  const server = await startServer(OURS);
  const attacks: AttackResult[] = [];
  const rounds: { peace: LoadResult; attacked: LoadResult }[] = [];
  let watch: MemoryWatch | undefined;
  try {
    for (let round = 0; round < trial.rounds; round++) {
      const peace = await measured(load, server, trial.peaceSeconds);
      watch ??= new MemoryWatch(server.pid);
      const attacking = attack(program, { ...trial.attack, host: server.host, port: server.port });
      await pause(BEGINNING_MS);
      const [attacked, result] = await Promise.all([
        measured(load, server, trial.attackedSeconds),
        attacking,
      ]);
      rounds.push({ peace, attacked });
      attacks.push(result);
    }
    const moreKib = (watch?.mostKib ?? 0) - rounds[0]!.peace.rssKib;
    return { name: trial.attack.name, attacks, rounds, moreKib };
  } finally {
    watch?.stop();
    await server.stop();
  }
}

/** The most that a process has in memory. */
class MemoryWatch {
  mostKib = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      this.mostKib = Math.max(this.mostKib, processUsage(pid).rssKib);
    }, LOOK_AT_MEMORY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
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
