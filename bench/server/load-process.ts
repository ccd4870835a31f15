/**
 * The load generator, a process of its own: streams of 20 ms frames at the pace of their audio, or each as fast as its
 * echo comes back. Frames fall due on a plan that no lateness moves, so a late answer counts as late from the plan on.
 * Its plan is its argument (JSON), its result the one line it prints.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Latencies } from "./latencies.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";
import { LoadStream } from "./load-stream.ts";
import { dueMsOf, sendPaced } from "./paced-sending.ts";
import { processUsage } from "./process-usage.ts";

/** Connections opened at once. */
const OPENED_AT_ONCE = 16;
const DRAIN_MS = 1000;

const plan = JSON.parse(process.argv[2] ?? "{}") as LoadPlan;
const latencies = new Latencies();
const lateness = new Latencies();
const streams: LoadStream[] = [];
let isMeasuring = false;
let isSending = true;
let frames = 0;
let wrong = 0;
let dropped = 0;
let startMs = 0;

console.log(JSON.stringify(await run()));
process.exit(0);

async function run(): Promise<LoadResult> {
  const idle = processUsage(plan.serverPid);
  await openAll();
  startMs = performance.now() + 50;
  const sending = plan.isClosedLoop
    ? sendClosed()
    : sendPaced({ streams, startMs, isSending: () => isSending, onLate });
  await pause(50 + plan.warmUpSeconds * 1000);
  const before = processUsage(plan.serverPid);
  const beganMs = performance.now();
  isMeasuring = true;
  await pause(plan.seconds * 1000);
  isMeasuring = false;
  const after = processUsage(plan.serverPid);
  const lastedMs = performance.now() - beganMs;
  const counted = frames;
  isSending = false;
  await sending;
  await drain();
  const lost = streams.reduce((sum, { sent, received }) => sum + Math.max(0, sent - received), 0);
  for (const stream of streams) stream.close();
  const cpuUs = after.cpuUs - before.cpuUs;
  return {
    frames: counted,
    framesPerSecond: (counted * 1000) / lastedMs,
    cpuUsPerFrame: cpuUs / Math.max(1, counted),
    cpuPercent: cpuUs / 10 / lastedMs,
    latencyMs: {
      p50: latencies.quantile(0.5),
      p99: latencies.quantile(0.99),
      p999: latencies.quantile(0.999),
    },
    lost: lost + dropped,
    wrong,
    generatorLateMs: plan.isClosedLoop ? 0 : lateness.quantile(0.99),
    rssKib: after.rssKib,
    idleRssKib: idle.rssKib,
  };
}

async function openAll(): Promise<void> {
  const events = { onFrame, onLost: () => void dropped++ };
  for (let i = 0; i < plan.streams; i++) streams.push(new LoadStream(plan, i, events));
  for (let i = 0; i < streams.length; i += OPENED_AT_ONCE)
    await Promise.all(streams.slice(i, i + OPENED_AT_ONCE).map((stream) => stream.open()));
  // a server answers starts in its own time; frames of before would be thrown away
  await pause(300);
}

function onLate(lateMs: number): void {
  if (isMeasuring) lateness.add(lateMs);
}

async function sendClosed(): Promise<void> {
  await pause(50);
  for (const stream of streams) stream.send(performance.now());
}

function onFrame(stream: LoadStream, frame: number): void {
  if (plan.isVerified && frame !== stream.received) wrong++;
  const nowMs = performance.now();
  if (isMeasuring) {
    frames++;
    // a resampling handler begins with what its filters held before: what comes back may be a frame ahead of what was sent
    const answered = Math.min(stream.received, stream.sent - 1);
    const dueMs = plan.isClosedLoop
      ? stream.sentMs
      : startMs + dueMsOf(answered, stream.index, streams.length);
    latencies.add(nowMs - dueMs);
  }
  if (plan.isClosedLoop && isSending) stream.send(nowMs);
}

async function drain(): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS;
  while (performance.now() < untilMs && streams.some(({ sent, received }) => received < sent))
    await pause(10);
}
