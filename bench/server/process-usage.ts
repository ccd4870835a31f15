/** CPU time and memory of another process: to the nanosecond on Linux, as `ps` has it elsewhere. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

export interface ProcessUsage {
  /** User and system time of all its threads so far. */
  readonly cpuUs: number;
  /** Resident memory. */
  readonly rssKib: number;
}

/** What a process has used until now. Throws where it has ended. */
export function processUsage(pid: number): ProcessUsage {
  return existsSync(`/proc/${pid}/task`) ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): ProcessUsage {
  let cpuNs = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      cpuNs += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ", 1)[0]);
    } catch (error) {
      // a thread may end between the two readings
      if (
        (error as NodeJS.ErrnoException).code !== "ENOENT" &&
        (error as NodeJS.ErrnoException).code !== "ESRCH"
      )
        throw error;
    }
  }
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return { cpuUs: cpuNs / 1000, rssKib: Number(rss?.[1] ?? 0) };
}

function fromPs(pid: number): ProcessUsage {
  const [rss = "0", time = "0"] = execFileSync("ps", ["-o", "rss=,time=", "-p", String(pid)], {
    encoding: "utf8",
  })
    .trim()
    .split(/\s+/);
  const seconds = time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuUs: seconds * 1e6, rssKib: Number(rss) };
}
