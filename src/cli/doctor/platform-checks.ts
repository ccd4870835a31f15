/** Checks of Node and the machine. */
import { freemem } from "node:os";
import { loadDsp } from "../../dsp/dsp.ts";
import { milliseconds } from "../figures.ts";
import { type CheckResult, fail, ok, warn } from "./check.ts";

const MIN_NODE_MAJOR = 20;
const MIN_FREE_MIB = 128;
/** Timers that are watched, and how long each is set for. */
const TIMERS = 40;
const TIMER_MS = 5;
/** A frame is 20 ms: timers this late are heard by nobody, later ones eat the lead that hides them. */
const GOOD_LATENESS_MS = 10;
const POOR_LATENESS_MS = 40;

/** Whether this Node is new enough. @param version such as `"20.11.1"` */
export async function checkNode(version: string = process.versions.node): Promise<CheckResult> {
  const major = Number(version.split(".", 1)[0]);
  if (major >= MIN_NODE_MAJOR) return ok("Node", version);
  return fail(
    "Node",
    `${version}, older than ${MIN_NODE_MAJOR}`,
    "Install Node 22 or 24 from https://nodejs.org.",
  );
}

/** Whether the kernels compile. */
export async function checkSimd(): Promise<CheckResult> {
  const name = "WebAssembly SIMD";
  try {
    await loadDsp({ backend: "wasm" });
    return ok(name, "the audio kernels compile and run");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return warn(
      name,
      why,
      "Plain TypeScript does the same, slower. Is Node run with --jitless, or on an old processor?",
    );
  }
}

/** Whether threads can share memory. */
export async function checkSharedMemory(): Promise<CheckResult> {
  const name = "SharedArrayBuffer";
  if (typeof SharedArrayBuffer === "function") {
    return ok(
      name,
      "there; a page needs the headers COOP: same-origin and COEP: require-corp to have it too",
    );
  }
  return warn(
    name,
    "not there",
    "Start Node without flags that disable it; audio between threads is copied meanwhile.",
  );
}

/** How late timers are. */
export async function checkTimers(): Promise<CheckResult> {
  const name = "timers";
  const latenesses: number[] = [];
  for (let i = 0; i < TIMERS; i++) {
    const startedMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, TIMER_MS));
    latenesses.push(performance.now() - startedMs - TIMER_MS);
  }
  return judgeTimers(
    latenesses.sort((a, b) => a - b),
    name,
  );
}

/** @param latenesses sorted, in ms */
export function judgeTimers(latenesses: readonly number[], name: string): CheckResult {
  const p50 = latenesses[Math.floor(latenesses.length / 2)] ?? 0;
  const p95 = latenesses[Math.floor(latenesses.length * 0.95)] ?? 0;
  const max = latenesses.at(-1) ?? 0;
  const seen = `late by p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, max ${milliseconds(max)}`;
  if (p95 <= GOOD_LATENESS_MS) return ok(name, seen);
  const fix = "Something keeps the processor busy: stop it, or give voxwire a core of its own.";
  return p95 <= POOR_LATENESS_MS ? warn(name, seen, fix) : warn(name, `${seen}: audio will stutter`, fix);
}

/** Whether there is memory to work with. */
export async function checkMemory(): Promise<CheckResult> {
  const limit = process.constrainedMemory?.() ?? 0;
  // 0 or an absurdly large number: no limit is set
  const isLimited = limit > 0 && limit < 2 ** 50;
  const available = isLimited ? Math.min(freemem(), limit - process.memoryUsage.rss()) : freemem();
  const mib = Math.floor(available / 2 ** 20);
  if (mib >= MIN_FREE_MIB) return ok("memory", `${mib} MiB free`);
  return warn("memory", `${mib} MiB free`, `Close something: ${MIN_FREE_MIB} MiB are wanted.`);
}
