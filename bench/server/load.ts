/** Runs a load against a server: by our own generator, or by `wsload` where its program is given. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleProcess } from "../bundle-process.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";
import { LOAD_CORE, pinned } from "./pinned.ts";

const run = promisify(execFile);

export type Load = (plan: LoadPlan) => Promise<LoadResult>;

/** Our own generator. */
export async function ownLoad(): Promise<Load> {
  const program = await bundleProcess(new URL("./load-process.ts", import.meta.url));
  return async (plan) => {
    const [command, args] = pinned(LOAD_CORE, process.execPath, [program, JSON.stringify(plan)]);
    return JSON.parse((await run(command, args)).stdout) as LoadResult;
  };
}

/** What `wsload` reports, of which we read this. */
interface WsloadReport {
  measured: number;
  echoed_frames_per_s: number;
  server_cpu_us_per_frame: number;
  server_cpu_pct: number;
  latency_ms: { p50: number; p99: number; p999: number };
  lost: number;
  content_mismatch: number;
  foreign_audio: number;
  protocol_errors: number;
  generator_late_ms: { p99: number };
  server_rss_mib: number;
  server_rss0_mib: number;
}

/** `wsload`, a generator in Rust that costs a fraction of ours; it has no plain JSON with a format, and sends binary then. */
export function wsload(program: string): Load {
  return async (plan) => {
    const folder = await mkdtemp(join(tmpdir(), "voxwire-bench-"));
    const file = join(folder, "load.json");
    const isJson = plan.protocol === "json";
    const path = plan.protocol === "json-format" ? "/stream" : plan.path;
    const options = {
      url: `ws://${plan.host}:${plan.port}${path}`,
      protocol: isJson ? "json" : "own",
      n: plan.streams,
      duration: plan.seconds,
      warmup: plan.warmUpSeconds,
      pid: plan.serverPid,
      out: file,
      ...(plan.isClosedLoop && { window: 1 }),
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    if (!plan.isVerified) args.push("--no-verify");
    try {
      const [command, all] = pinned(LOAD_CORE, program, args);
      await run(command, all);
      return fromWsload(JSON.parse(await readFile(file, "utf8")) as WsloadReport);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

function fromWsload(report: WsloadReport): LoadResult {
  return {
    frames: report.measured,
    framesPerSecond: report.echoed_frames_per_s,
    cpuUsPerFrame: report.server_cpu_us_per_frame,
    cpuPercent: report.server_cpu_pct,
    latencyMs: report.latency_ms,
    lost: report.lost,
    wrong: report.content_mismatch + report.foreign_audio + report.protocol_errors,
    generatorLateMs: report.generator_late_ms.p99,
    rssKib: report.server_rss_mib * 1024,
    idleRssKib: report.server_rss0_mib * 1024,
  };
}
