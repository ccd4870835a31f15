/** Impulse response: its shape, and how far it reaches to both sides, which is what latency is made of. */
import type { Rates } from "../resample/contender.ts";
import { nameOf } from "../resample/rates.ts";
import { Chart, type Curve } from "./chart.ts";
import { type ImpulseResponse, measureImpulseResponse } from "./impulse-response.ts";
import type { Subject } from "./subject-style.ts";
import { drawLegend, inDrawingOrder, styleOf } from "./subject-style.ts";
import { Drawing } from "./svg.ts";

const WIDTH = 920;
/** Without the legend. */
const HEIGHT = 390;
/** Milliseconds to both sides where the lower rate is 8 kHz, in proportion elsewhere. */
const NEAR_MS_AT_8K = 1.2;
const FAR_MS_AT_8K = 24;

export async function drawImpulse(subjects: readonly Subject[], rates: Rates): Promise<string> {
  const lowerRate = Math.min(rates.inputRate, rates.outputRate);
  const nearMs = (NEAR_MS_AT_8K * 8000) / lowerRate;
  const farMs = (FAR_MS_AT_8K * 8000) / lowerRate;
  const title = `${nameOf(rates)} kHz: impulse response`;
  const drawing = new Drawing(WIDTH, title);
  drawing.text(20, 28, title, { size: 16, isBold: true });
  const legend = drawLegend(drawing, subjects, 20, 54, ({ line }) =>
    line.latencyMs === undefined ? "latency not seen" : `latency ${line.latencyMs.toFixed(1)} ms`,
  );
  const near = new Chart(
    drawing,
    { x: 70, y: 78 + legend, width: 300, height: 250 },
    "Near the impulse",
    { label: "ms after the impulse", from: -nearMs, to: nearMs, ticks: quarters(nearMs) },
    { label: "of the peak", from: -0.3, to: 1.1, ticks: [-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1] },
  );
  const far = new Chart(
    drawing,
    { x: 450, y: 78 + legend, width: 450, height: 250 },
    "How far the filter reaches",
    { label: "ms after the impulse", from: -farMs, to: farMs, ticks: quarters(farMs) },
    { label: "dB", from: -180, to: 5, ticks: [-180, -150, -120, -90, -60, -30, 0] },
  );
  for (const subject of inDrawingOrder(subjects)) {
    const response = await measureImpulseResponse(subject.contender, rates);
    const peak = response.values[response.middle]!;
    const style = styleOf(subject);
    near.curve(shape(response, nearMs, peak), style.colour, style);
    far.curve(reach(response, farMs, peak), style.colour, style);
  }
  return drawing.toSvg(HEIGHT + legend);
}

function shape({ gridRate, values, middle }: ImpulseResponse, ms: number, peak: number): Curve {
  const count = Math.min(400, 1 + Math.round(((2 * ms) / 1000) * gridRate));
  return Array.from({ length: count }, (_, i) => {
    const at = ((2 * i) / (count - 1) - 1) * ms;
    return [at, values[middle + Math.round((at / 1000) * gridRate)]! / peak];
  });
}

/** The largest value around each place, in dB. */
function reach({ gridRate, values, middle }: ImpulseResponse, ms: number, peak: number): Curve {
  const count = 300;
  const step = ((2 * ms) / 1000 / count) * gridRate;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.round(middle - (ms / 1000) * gridRate + i * step);
    let largest = 1e-12;
    for (let k = from; k < from + step; k++) largest = Math.max(largest, Math.abs((values[k] ?? 0) / peak));
    return [((2 * (i + 0.5)) / count - 1) * ms, 20 * Math.log10(largest)];
  });
}

/** Both ends, the middle and what lies halfway. */
function quarters(limit: number): number[] {
  return [-1, -0.5, 0, 0.5, 1].map((share) => Math.round(share * limit * 1000) / 1000);
}
