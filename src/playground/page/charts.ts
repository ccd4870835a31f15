/** The three figures: how long echoes take, each of them over time, and what waits in front of the speaker. */
import { percentile, type TimeSeries } from "./measures.ts";
import { niceAbove, type Plot } from "./plot.ts";

/** How far back the ones over time reach. */
export const CHART_MS = 30_000;
const BINS = 36;
const BASE = 16;

/** How many took how long. Its scale ends beyond the 99th percentile, so that one late frame does not squeeze the rest. */
export function drawHistogram(plot: Plot, sorted: Float64Array): void {
  plot.begin();
  const { drawing, palette, width, height } = plot;
  const floor = height - BASE;
  const mostMs = niceAbove(Math.max(10, percentile(sorted, 0.99) * 1.25 || 0));
  const counts = new Uint32Array(BINS);
  for (const value of sorted) {
    const bin = Math.min(BINS - 1, Math.floor((value / mostMs) * BINS));
    counts[bin] = counts[bin]! + 1;
  }
  const highest = Math.max(1, ...counts);
  plot.rule(14, sorted.length === 0 ? "" : `${highest} ${highest === 1 ? "echo" : "echoes"}`);
  const step = width / BINS;
  drawing.fillStyle = palette.accent;
  for (const [i, count] of counts.entries()) {
    const tall = count === 0 ? 0 : Math.max(1.5, (count / highest) * (floor - 14));
    drawing.fillRect(i * step + 0.5, floor - tall, step - 1, tall);
  }
  plot.rule(floor, "");
  if (sorted.length === 0) plot.note("no echoes yet", width / 2, floor / 2, "center");
  else mark(plot, percentile(sorted, 0.5), mostMs);
  plot.note("0", 0, height - 3);
  plot.note(`${mostMs / 2}`, width / 2, height - 3, "center");
  plot.note(`${mostMs} ms`, width, height - 3, "right");
}

/** The median, through the columns. */
function mark(plot: Plot, valueMs: number, mostMs: number): void {
  const { drawing, palette, width, height } = plot;
  const x = Math.round((valueMs / mostMs) * width);
  drawing.fillStyle = palette.ink;
  drawing.fillRect(x, 14, 1, height - BASE - 14);
  plot.note("p50", x + 4, 26, "left", palette.ink);
}

/** Each echo as a dot at its time, and how uneven they are as a line. */
export function drawTravels(plot: Plot, series: TimeSeries, jitter: TimeSeries, nowMs: number): void {
  plot.begin();
  const { drawing, palette, width, height } = plot;
  const sorted = series.sortedSince(nowMs - CHART_MS);
  const mostMs = niceAbove(Math.max(10, percentile(sorted, 1) || 0));
  const scale = frame(plot, mostMs);
  drawing.fillStyle = palette.accent;
  for (let i = series.length - 1; i >= 0; i--) {
    const x = width * (1 - (nowMs - series.timeAt(i)) / CHART_MS);
    if (x < 0) break;
    drawing.fillRect(x - 1, height - BASE - series.valueAt(i) * scale - 1, 2, 2);
  }
  line(plot, jitter, scale, nowMs);
  drawing.strokeStyle = palette.ink;
  drawing.lineWidth = 1.25;
  drawing.stroke();
}

/** What waits to be played as an area, and how much was to wait as a line. */
export function drawQueue(plot: Plot, waiting: TimeSeries, margin: TimeSeries, nowMs: number): void {
  plot.begin();
  const { drawing, palette, width, height } = plot;
  const floor = height - BASE;
  const most = (series: TimeSeries) => percentile(series.sortedSince(nowMs - CHART_MS), 1) || 0;
  const scale = frame(plot, niceAbove(Math.max(50, most(waiting), most(margin))));
  const first = line(plot, waiting, scale, nowMs);
  drawing.lineWidth = 1.5;
  drawing.strokeStyle = palette.accent;
  drawing.stroke();
  drawing.lineTo(first, floor);
  drawing.lineTo(width, floor);
  drawing.globalAlpha = 0.16;
  drawing.fillStyle = palette.accent;
  drawing.fill();
  drawing.globalAlpha = 1;
  line(plot, margin, scale, nowMs);
  drawing.strokeStyle = palette.ink;
  drawing.lineWidth = 1;
  drawing.setLineDash([4, 3]);
  drawing.stroke();
  drawing.setLineDash([]);
}

/** A path through the values, newest first; returns where it ends. */
function line({ drawing, width, height }: Plot, series: TimeSeries, scale: number, nowMs: number): number {
  drawing.beginPath();
  let last = width;
  for (let i = series.length - 1; i >= 0; i--) {
    const x = width * (1 - (nowMs - series.timeAt(i)) / CHART_MS);
    drawing.lineTo(x, height - BASE - series.valueAt(i) * scale);
    last = x;
    if (x < 0) break;
  }
  return last;
}

/** Grid and time axis; returns pixels to a ms. */
function frame(plot: Plot, mostMs: number): number {
  const floor = plot.height - BASE;
  const top = 14;
  plot.rule(top, `${mostMs} ms`);
  plot.rule((top + floor) / 2, `${mostMs / 2}`);
  plot.rule(floor, "");
  plot.note(`−${CHART_MS / 1000} s`, 0, plot.height - 3);
  plot.note("now", plot.width, plot.height - 3, "right");
  return (floor - top) / mostMs;
}
