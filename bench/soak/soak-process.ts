/**
 * The load of the soak, a process of its own: the same paced streams from beginning to end, their latencies in windows. Its
 * plan is its argument (JSON); it prints a line of JSON for each window.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Latencies } from "../server/latencies.ts";
import type { LoadPlan } from "../server/load-plan.ts";
import { LoadStream } from "../server/load-stream.ts";
import { dueMsOf, sendPaced } from "../server/paced-sending.ts";

export interface SoakPlan extends LoadPlan {
  readonly windows: number;
  readonly windowSeconds: number;
}

/** What came back within one window, and in all until its end. */
export interface SoakWindow {
  readonly frames: number;
  readonly p50: number;
  readonly p99: number;
  /** How late the generator itself was. */
  readonly lateP99: number;
  readonly wrong: number;
  /** Connections that were lost. */
  readonly cut: number;
  /** Sent and not back at the end of the window: what is under way. */
  readonly outstanding: number;
}

const OPENED_AT_ONCE = 16;
const plan = JSON.parse(process.argv[2] ?? "{}") as SoakPlan;
let latencies = new Latencies();
let lateness = new Latencies();
let wrong = 0;
let cut = 0;
let startMs = 0;
let isSending = true;

const streams = Array.from(
  { length: plan.streams },
  (_, i) => new LoadStream(plan, i, { onFrame, onLost: () => void cut++ }),
);
for (let i = 0; i < streams.length; i += OPENED_AT_ONCE)
  await Promise.all(streams.slice(i, i + OPENED_AT_ONCE).map((stream) => stream.open()));
await pause(500);
startMs = performance.now() + 50;
const sending = sendPaced({
  streams,
  startMs,
  isSending: () => isSending,
  onLate: (lateMs) => lateness.add(lateMs),
});
await pause(plan.warmUpSeconds * 1000);
for (let window = 0; window < plan.windows; window++) {
  latencies = new Latencies();
  lateness = new Latencies();
  await pause(plan.windowSeconds * 1000);
  report();
  // the server is asked for its memory now, which costs it a moment
  await pause(1000);
}
isSending = false;
await sending;
await pause(2000);
report();
for (const stream of streams) stream.close();
process.exit(0);

function onFrame(stream: LoadStream, frame: number): void {
  if (frame !== stream.received) wrong++;
  latencies.add(performance.now() - startMs - dueMsOf(stream.received, stream.index, streams.length));
}

function report(): void {
  const window: SoakWindow = {
    frames: latencies.total,
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
    lateP99: lateness.quantile(0.99),
    wrong,
    cut,
    outstanding: streams.reduce((sum, { sent, received }) => sum + sent - received, 0),
  };
  console.log(JSON.stringify(window));
}
