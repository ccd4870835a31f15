/**
 * `--frame-ms auto`: the frame length that costs least on the way that was measured.
 *
 * Costs are points of the E-model's R (ITU-T G.107). Delay: a frame to fill, a frame in the other end's buffer, half the
 * round trip and its jitter, by the model's Id. Loss: its Ie, for which a frame twice as long is twice as hard to make up.
 * Headers: a price for their bytes, so that on a short and clean way 20 ms win over 10.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { ConnectOptions } from "../../client/options.ts";
import { connect } from "../../client.ts";
import { milliseconds } from "../figures.ts";

/** What a way was found to be. */
export interface MeasuredWay {
  /** Of marks, median. */
  readonly roundTripMs: number;
  /** Their 95th percentile above the median. */
  readonly jitterMs: number;
  /** Of what came back; undefined where nothing did, or nobody counts. */
  readonly lossPercent: number | undefined;
}

/** What was chosen, and why. */
export interface FrameChoice {
  readonly frameMs: number;
  /** Undefined: the server is an original FastRTC one, or a telephone; nothing could be measured. */
  readonly way: MeasuredWay | undefined;
  /** Points of R by frame length in ms. */
  readonly costs: Readonly<Record<number, number>>;
}

const CHOICES_MS: readonly number[] = [10, 20, 40, 60];
const USUAL_MS = 20;
const PROBES = 50;
const PROBE_GAP_MS = 20;
/** Fewer than this say nothing of loss. */
const LEAST_PACKETS = 10;
/** Headers of a message: the protocol's, WebSocket's, TCP's and IP's. */
const HEADER_BYTES = 72;
const POINTS_PER_KBPS = 0.04;
/** Loss of 20 ms frames, singly and concealed, that takes half of what quality there is. */
const HALF_PERCENT = 30;
const MOST_POINTS = 95;

/** Opens a session of a second, sends silence and marks, and chooses. @throws what `connect` throws */
export async function chooseFrame(url: string, options: ConnectOptions): Promise<FrameChoice> {
  const way = await measureWay(url, options);
  if (way === undefined) return { frameMs: USUAL_MS, way, costs: {} };
  const costs = Object.fromEntries(CHOICES_MS.map((frameMs) => [frameMs, costOf(frameMs, way)]));
  const frameMs = CHOICES_MS.reduce((best, next) => (costs[next]! < costs[best]! ? next : best));
  return { frameMs, way, costs };
}

/** What a frame length costs on a way, in points of R. */
export function costOf(frameMs: number, { roundTripMs, jitterMs, lossPercent = 0 }: MeasuredWay): number {
  const delayMs = roundTripMs / 2 + jitterMs + 2 * frameMs;
  const ofDelay = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - 177.3);
  const halfPercent = (HALF_PERCENT * USUAL_MS) / frameMs;
  const ofLoss = (MOST_POINTS * lossPercent) / (lossPercent + halfPercent);
  return ofDelay + ofLoss + (POINTS_PER_KBPS * HEADER_BYTES * 8) / frameMs;
}

/** In words, for a person. */
export function describeChoice({ frameMs, way, costs }: FrameChoice): string {
  if (way === undefined) return `${frameMs} ms: this server cannot be measured`;
  const loss = way.lossPercent === undefined ? "loss not known" : `${way.lossPercent.toFixed(1)} % lost`;
  const others = Object.entries(costs).map(([length, cost]) => `${length} ms ${cost.toFixed(1)}`);
  return (
    `${frameMs} ms, by a round trip of ${milliseconds(way.roundTripMs)}, ${milliseconds(way.jitterMs)} of jitter, ${loss}; ` +
    `points of R: ${others.join(", ")}`
  );
}

async function measureWay(url: string, options: ConnectOptions): Promise<MeasuredWay | undefined> {
  const client = await connect(url, { ...options, jitter: true, on: { audio: () => {} } });
  try {
    const { session } = client;
    if (session.isLegacy) return undefined;
    const silence = new Int16Array(Math.round((session.input.sampleRate * session.input.frameMs) / 1000));
    const trips: number[] = [];
    const marks: Promise<unknown>[] = [];
    for (let i = 0; i < PROBES; i++) {
      client.send(silence);
      const startMs = performance.now();
      const mark = client
        .mark(`way ${i}`)
        .then((isBack) => isBack && trips.push(performance.now() - startMs));
      marks.push(mark);
      await wait(PROBE_GAP_MS);
    }
    await Promise.all(marks);
    await wait(PROBE_GAP_MS);
    if (trips.length === 0) return undefined;
    trips.sort((a, b) => a - b);
    const at = (share: number) => trips[Math.min(trips.length - 1, Math.floor(trips.length * share))]!;
    const { jitter } = client.stats;
    const came = jitter?.packetsReceived ?? 0;
    const lost = jitter?.packetsLost ?? 0;
    return {
      roundTripMs: at(0.5),
      jitterMs: at(0.95) - at(0.5),
      lossPercent: came + lost < LEAST_PACKETS ? undefined : (100 * lost) / (came + lost),
    };
  } finally {
    await client.close();
  }
}
