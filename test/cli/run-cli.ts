/** Runs the built `voxwire` as a person does, and the program in this process where no process is needed. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCli } from "../../src/cli/program.ts";
import { Terminal } from "../../src/cli/terminal.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const main = join(repository, "dist/cli/main.js");

export const SPEECH = join(repository, "assets/speech.wav");

/** What a command left. */
export interface Outcome {
  /** null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
  /** Resolves with the match as soon as the output (both streams) holds it; rejects when the command ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `voxwire ...args` on this Node, without a terminal. */
export function startVoxwire(args: readonly string[], cwd = repository, environment: object = {}): Running {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    changed();
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    changed();
  });
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    done,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(`${stdout}\n${stderr}`);
          if (match === null) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        void done.then(({ code }) =>
          reject(new Error(`ended with ${code} before ${pattern}: ${stdout}${stderr}`)),
        );
        look();
      }),
  };
}

/** Runs `voxwire ...args` to its end. */
export function voxwire(args: readonly string[], cwd?: string): Promise<Outcome> {
  return startVoxwire(args, cwd).done;
}

/** Runs the program in this process: for what needs no server and no signals. */
export async function voxwireHere(...args: string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const terminal = new Terminal({
    env: {},
    platform: "linux",
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  const code = await runCli(args, terminal);
  return { code, stdout, stderr };
}

/** Hands a new folder to `use` and removes it again. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(repository, "build", "cli-test-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
