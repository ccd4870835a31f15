/**
 * The clients of the soak test, in a process of their own: each sends a frame every 20 ms for so many seconds, or, where
 * the machine cannot keep that pace, later; none is more than a second of audio ahead of its echo. It tells
 * "open", "warm" when all is quiet for a look at memory, and what came of it, and is told "go" after the first two, "close" at last.
 */
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { FRAME_MS, type LoadPlan, type LoadProtocol } from "../../bench/server/load-plan.ts";
import { LoadStream } from "../../bench/server/load-stream.ts";

/** What the clients are asked to do. */
export interface SoakPlan {
  readonly port: number;
  readonly streams: number;
  readonly seconds: number;
  /** When "warm" is told. */
  readonly warmSeconds: number;
}

/** What came of it. */
export interface SoakResult {
  /** Frames that each stream has sent, and had back. */
  readonly rounds: number;
  /** Frames that were not the stream's own, or not in turn. */
  readonly wrong: number;
  /** Connections lost. */
  readonly lost: number;
}

const PROTOCOLS: readonly LoadProtocol[] = ["json", "json-format", "binary"];
const OPENED_AT_ONCE = 50;
const MOST_UNANSWERED = 1000 / FRAME_MS;
/** Frames sent in one turn: what has come back is read between two of these. */
const SENT_AT_ONCE = 64;

const plan = JSON.parse(process.argv[2] ?? "{}") as SoakPlan;
let wrong = 0;
let lost = 0;
const streams = Array.from(
  { length: plan.streams },
  (_, i) => new LoadStream(planOf(i), i, { onFrame, onLost }),
);

for (let i = 0; i < streams.length; i += OPENED_AT_ONCE)
  await Promise.all(streams.slice(i, i + OPENED_AT_ONCE).map((stream) => stream.open()));
await tell("open");
await told("go");
const rounds = await send();
await untilQuiet();
await tell({ rounds, wrong, lost } satisfies SoakResult);
await told("close");
for (const stream of streams) stream.close();
process.disconnect();

function planOf(index: number): LoadPlan {
  const { port, seconds } = plan;
  const protocol = PROTOCOLS[index % PROTOCOLS.length]!;
  const path = protocol === "binary" ? "/stream" : "/websocket/offer";
  return {
    ...{ host: "127.0.0.1", port, path, protocol, streams: plan.streams, seconds, warmUpSeconds: 0 },
    ...{ isClosedLoop: false, isVerified: true, serverPid: process.ppid },
  };
}

function onFrame(stream: LoadStream, frame: number): void {
  if (frame !== stream.received) wrong++;
}

function onLost(): void {
  lost++;
}

/** Sends round after round until the time is over. */
async function send(): Promise<number> {
  let beganMs = performance.now();
  let isWarm = false;
  for (let round = 0; ; round++) {
    const nowMs = performance.now();
    if (nowMs - beganMs >= plan.seconds * 1000 || lost > 0) return round;
    if (!isWarm && nowMs - beganMs >= plan.warmSeconds * 1000) {
      isWarm = true;
      await untilQuiet();
      await tell("warm");
      await told("go");
      // nobody catches up with the time that the look took
      beganMs += performance.now() - nowMs;
    }
    const earlyMs = beganMs + round * FRAME_MS - performance.now();
    if (earlyMs > 0) await pause(earlyMs);
    while (lost === 0 && streams.some(({ sent, received }) => sent - received >= MOST_UNANSWERED))
      await pause(5);
    for (let i = 0; i < streams.length; i++) {
      streams[i]!.send(0);
      if (i % SENT_AT_ONCE === SENT_AT_ONCE - 1) await turn();
    }
  }
}

/** All that was sent is back. */
async function untilQuiet(): Promise<void> {
  while (lost === 0 && streams.some(({ sent, received }) => received < sent)) await pause(5);
}

function tell(message: SoakResult | "open" | "warm"): Promise<void> {
  return new Promise((resolve, reject) =>
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error))),
  );
}

function told(word: "go" | "close"): Promise<void> {
  return new Promise((resolve) => {
    const listener = (message: unknown) => {
      if (message !== word) return;
      process.off("message", listener);
      resolve();
    };
    process.on("message", listener);
  });
}
