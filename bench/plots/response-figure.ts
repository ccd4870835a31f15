/** Frequency response: the edge of the pass band, and all that comes through above it. */
import type { Rates } from "../resample/contender.ts";
import { nameOf } from "../resample/rates.ts";
import { Chart } from "./chart.ts";
import { gainCurve, measureImpulseResponse } from "./impulse-response.ts";
import type { Subject } from "./subject-style.ts";
import { drawLegend, inDrawingOrder, styleOf } from "./subject-style.ts";
import { Drawing } from "./svg.ts";

const WIDTH = 920;
/** Without the legend. */
const HEIGHT = 390;

export async function drawResponse(subjects: readonly Subject[], rates: Rates): Promise<string> {
  const { inputRate, outputRate } = rates;
  const nyquist = Math.min(inputRate, outputRate) / 2;
  const highest = Math.max(inputRate, outputRate) / 2;
  const isDown = inputRate > outputRate;
  const title = `${nameOf(rates)} kHz: frequency response`;
  const drawing = new Drawing(WIDTH, title);
  drawing.text(20, 28, title, { size: 16, isBold: true });
  const legend = drawLegend(drawing, subjects, 20, 54, ({ line }) => {
    const at = (share: number) => `${((share * nyquist) / 1000).toFixed(2)} kHz`;
    return `kept to ${at(line.edge01)}, ${line.rejectionFrom11Db.toFixed(0)} dB down`;
  });
  const kilohertz = { label: "kHz" };
  const pass = new Chart(
    drawing,
    { x: 70, y: 78 + legend, width: 300, height: 250 },
    "How much of the band is kept",
    {
      ...kilohertz,
      from: (0.7 * nyquist) / 1000,
      to: (1.1 * nyquist) / 1000,
      ticks: ticks(0.7, 1.1, 0.1, nyquist),
    },
    { label: "dB", from: -6, to: 0.5, ticks: [-6, -5, -4, -3, -2, -1, 0] },
  );
  const stop = new Chart(
    drawing,
    { x: 450, y: 78 + legend, width: 450, height: 250 },
    isDown ? "What folds back into the band (lower is better)" : "Images above the band (lower is better)",
    { ...kilohertz, from: 0, to: highest / 1000, ticks: wholeTicks(highest / 1000) },
    { label: "dB", from: -180, to: 5, ticks: [-180, -150, -120, -90, -60, -30, 0] },
  );
  pass.mark(nyquist / 1000, "Nyquist");
  stop.mark((1.1 * nyquist) / 1000, "1.1 Nyquist");
  for (const subject of inDrawingOrder(subjects)) {
    const response = await measureImpulseResponse(subject.contender, rates);
    const style = styleOf(subject);
    const near = gainCurve(response, rates, 1.12 * nyquist, 500);
    pass.curve(near.filter(([hz]) => hz > 0.69 * nyquist).map(inKilohertz), style.colour, style);
    stop.curve(gainCurve(response, rates, highest, 300).map(inKilohertz), style.colour, style);
  }
  return drawing.toSvg(HEIGHT + legend);
}

function inKilohertz([hz, db]: readonly [number, number]): [number, number] {
  return [hz / 1000, db];
}

function ticks(from: number, to: number, step: number, nyquist: number): number[] {
  const count = Math.round((to - from) / step) + 1;
  return Array.from({ length: count }, (_, i) => Math.round((from + i * step) * nyquist) / 1000);
}

function wholeTicks(highest: number): number[] {
  const step = highest > 12 ? 4 : 2;
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, i) => i * step);
}
