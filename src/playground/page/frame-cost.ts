/** Beneath the frame's slider: what a length costs in time, and what in headers, as it moves. */
import { byId } from "./dom.ts";
import type { Palette } from "./palette.ts";
import { Plot } from "./plot.ts";
import { FRAME_DURATIONS_MS, type Settings } from "./settings.ts";
import { wireCost } from "./wire-cost.ts";

const MOST_MS = 120;
const PAD = 6;

/** The figure with its words. */
export class FrameCost {
  readonly #plot: Plot;
  readonly #text = byId("cost-text", HTMLElement);
  #settings: Settings | undefined;

  constructor(palette: Palette) {
    this.#plot = new Plot(byId("cost", HTMLCanvasElement), palette);
  }

  /** In other colours. */
  repaint(palette: Palette): void {
    this.#plot.palette = palette;
    if (this.#settings !== undefined) this.show(this.#settings);
  }

  /** Shows what these settings cost. */
  show(settings: Settings): void {
    this.#settings = settings;
    const { lineKbps, overheadPercent } = wireCost(settings);
    this.#text.textContent =
      `Fills in ${settings.frameMs} ms, before anything is sent. ${Math.round(lineKbps)} kbit/s on the line, ` +
      `${Math.round(overheadPercent)} % of it headers.`;
    const plot = this.#plot;
    const { drawing, palette, width, height } = plot;
    plot.begin();
    const x = (frameMs: number) =>
      PAD + (FRAME_DURATIONS_MS.indexOf(frameMs) / (FRAME_DURATIONS_MS.length - 1)) * (width - 2 * PAD);
    const y = (share: number) => height - 4 - share * (height - 18);
    plot.rule(height - 4, "");
    drawing.fillStyle = palette.line;
    drawing.fillRect(x(settings.frameMs), 12, 1, height - 16);
    const draw = (colour: string, shareOf: (frameMs: number) => number) => {
      drawing.beginPath();
      for (const frameMs of FRAME_DURATIONS_MS) drawing.lineTo(x(frameMs), y(shareOf(frameMs)));
      drawing.strokeStyle = colour;
      drawing.lineWidth = 1.5;
      drawing.stroke();
      drawing.beginPath();
      drawing.arc(x(settings.frameMs), y(shareOf(settings.frameMs)), 3.5, 0, 7);
      drawing.fillStyle = colour;
      drawing.fill();
    };
    draw(palette.ink, (frameMs) => frameMs / MOST_MS);
    draw(palette.accent, (frameMs) => wireCost({ ...settings, frameMs }).overheadPercent / 100);
    plot.note("headers", PAD, 10, "left", palette.accent);
    plot.note("delay", width - PAD, 10, "right", palette.ink);
  }
}
