/** What is measured of the call, from the client's events to the figures on the page. */
import type { VoiceStats } from "../../browser.ts";
import { NETWORK_CHANNEL, type NetworkReport } from "../threads/network-report.ts";
import { CHART_MS, drawHistogram, drawQueue, drawTravels } from "./charts.ts";
import { Counters } from "./counters.ts";
import { byId } from "./dom.ts";
import { type DeviceDelays, LoopBar } from "./loop-bar.ts";
import { Jitter, type LoopParts, loopParts, percentile, TimeSeries } from "./measures.ts";
import type { Palette } from "./palette.ts";
import { Plot } from "./plot.ts";

/** Half a minute of frames of 5 ms. */
const KEPT_TRAVELS = 6000;
/** Half a minute of statistics. */
const KEPT_STATS = 320;
/** Figures that change more often cannot be read. */
const TEXT_MS = 400;
const CHARTS_MS = 90;
/** The loop is shown as what it was in about so much. */
const SMOOTH_MS = 1000;

/** The panels below the stage. */
export class Dashboard {
  readonly #loop = new LoopBar();
  readonly #counters = new Counters();
  readonly #travels = new TimeSeries(KEPT_TRAVELS);
  readonly #waiting = new TimeSeries(KEPT_STATS);
  readonly #margin = new TimeSeries(KEPT_STATS);
  readonly #loops = new TimeSeries(KEPT_STATS);
  readonly #jitters = new TimeSeries(KEPT_STATS);
  readonly #jitter = new Jitter();
  readonly #plots: Readonly<Record<"trip" | "travel" | "queue", Plot>>;
  readonly #devices: () => DeviceDelays;
  #stats: VoiceStats | undefined;
  #network: NetworkReport | undefined;
  /** What a frame takes until it has left, as it was while it could be measured. */
  #captureMs = Number.NaN;
  #drawnMs = 0;
  #toldMs = 0;
  #isStale = true;

  /**
   * @param devices asked when figures are shown
   * @param onPositionLost called, again and again, while echoes can no longer be told by their position
   */
  constructor(palette: Palette, devices: () => DeviceDelays, onPositionLost: () => void) {
    this.#devices = devices;
    this.#plots = {
      trip: new Plot(byId("trip-chart", HTMLCanvasElement), palette),
      travel: new Plot(byId("travel-chart", HTMLCanvasElement), palette),
      queue: new Plot(byId("queue-chart", HTMLCanvasElement), palette),
    };
    new BroadcastChannel(NETWORK_CHANNEL).onmessage = ({ data }: MessageEvent<NetworkReport>) => {
      this.#network = data;
      if (this.isPositionLost) onPositionLost();
    };
    addEventListener("resize", () => {
      this.#isStale = true;
    });
  }

  /** In other colours. */
  repaint(palette: Palette): void {
    for (const plot of Object.values(this.#plots)) plot.palette = palette;
    this.#isStale = true;
  }

  /** Whether frames were lost on the way, or doubled: the n-th that comes is no longer the n-th that was sent. */
  get isPositionLost(): boolean {
    return this.#network !== undefined && this.#network.lost + this.#network.duplicated > 0;
  }

  /** A new session: what was measured of the last is no longer of use. */
  begin(): void {
    for (const series of [this.#travels, this.#jitters, this.#waiting, this.#margin, this.#loops])
      series.clear();
    this.#jitter.clear();
    this.#network = undefined;
    this.#captureMs = Number.NaN;
    this.#stats = undefined;
    this.#isStale = true;
  }

  takeStats(stats: VoiceStats, nowMs: number): void {
    this.#stats = stats;
    this.#waiting.add(nowMs, stats.playout?.waitingMs ?? 0);
    this.#margin.add(nowMs, stats.playout?.marginMs ?? 0);
    if (this.#travels.length > 1) this.#jitters.add(nowMs, this.#jitter.jitterMs);
    if (stats.loopMs !== undefined) this.#loops.add(nowMs, stats.loopMs);
    this.#isStale = true;
  }

  takeRoundTrip(durationMs: number, nowMs: number): void {
    this.#travels.add(nowMs, durationMs);
    this.#jitter.add(durationMs);
  }

  /** Draws what has changed, if it is time. */
  draw(nowMs: number, isLive: boolean): void {
    if (nowMs - this.#drawnMs < CHARTS_MS || !(isLive || this.#isStale)) return;
    this.#drawnMs = nowMs;
    this.#isStale = false;
    const sorted = this.#travels.sortedSince(nowMs - CHART_MS);
    drawHistogram(this.#plots.trip, sorted);
    drawTravels(this.#plots.travel, this.#travels, this.#jitters, nowMs);
    drawQueue(this.#plots.queue, this.#waiting, this.#margin, nowMs);
    if (nowMs - this.#toldMs < TEXT_MS) return;
    this.#toldMs = nowMs;
    this.#tell(sorted, nowMs);
  }

  #tell(sorted: Float64Array, nowMs: number): void {
    const ms = (value: number | undefined) =>
      value === undefined || Number.isNaN(value) ? "–" : `${value.toFixed(1)} ms`;
    byId("trip-p50", HTMLElement).textContent = ms(percentile(sorted, 0.5));
    byId("trip-p99", HTMLElement).textContent = ms(percentile(sorted, 0.99));
    byId("jitter-now", HTMLElement).textContent = sorted.length === 0 ? "–" : ms(this.#jitter.jitterMs);
    byId("queue-now", HTMLElement).textContent = ms(this.#stats?.playout?.waitingMs);
    byId("queue-margin", HTMLElement).textContent = ms(this.#stats?.playout?.marginMs);
    this.#loop.show(this.#loopParts(nowMs), this.#devices(), this.isPositionLost);
    if (this.#stats !== undefined) this.#counters.show(this.#stats, this.#network);
  }

  /** Undefined while nothing is heard. */
  #loopParts(nowMs: number): LoopParts | undefined {
    const since = nowMs - SMOOTH_MS;
    if (this.#stats === undefined) return undefined;
    const pingMs = this.#stats.ping.p50;
    const tripMs = percentile(this.#travels.sortedSince(since), 0.5);
    const waitingMs = percentile(this.#waiting.sortedSince(since), 0.5);
    if (Number.isNaN(tripMs)) return undefined;
    if (this.isPositionLost) {
      if (Number.isNaN(this.#captureMs)) return undefined;
      return loopParts(this.#captureMs + tripMs + waitingMs, tripMs, pingMs, waitingMs);
    }
    const loopMs = percentile(this.#loops.sortedSince(since), 0.5);
    if (Number.isNaN(loopMs)) return undefined;
    const parts = loopParts(loopMs, tripMs, pingMs, waitingMs);
    this.#captureMs = parts.captureMs;
    return parts;
  }
}
