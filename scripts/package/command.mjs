// Runs a program to its end; what fails here throws with what the program said.
import { spawnSync } from "node:child_process";

const DEADLINE_MS = 300_000;

/** Runs `program`, without input; returns what it printed, or throws with the command, the reason and both outputs. */
export function command(program, args, options = {}) {
  const result = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DEADLINE_MS,
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (result.status === 0) return result.stdout;
  const reason =
    result.error?.message ?? (result.signal === null ? `exit code ${result.status}` : result.signal);
  const said = `${result.stdout ?? ""}\n${result.stderr ?? ""}`.trim();
  throw new Error(`${[program, ...args].join(" ")}: ${reason}\n${said}`);
}

/** Runs npm with settings that keep it quiet and use what is in its cache first. */
export function npm(args, cwd) {
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  return command("npm", [...args, ...quiet], { cwd });
}
