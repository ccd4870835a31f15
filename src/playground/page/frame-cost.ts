/** Beneath the frame's slider: what a length costs in time, and what in headers, as it moves. */
import { byId } from "./dom.ts";
import type { Palette } from "./palette.ts";
import { Plot } from "./plot.ts";
import { FRAME_DURATIONS_MS, type Settings } from "./settings.ts";
import { wireCost } from "./wire-cost.ts";

const MOST_MS = 120;
/** Where the slider's thumb has its middle at either end. */
const PAD = 8;

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
    const [top, floor] = [20, height - 16];
    const y = (share: number) => floor - share * (floor - top);
    plot.rule(floor, "");
    drawing.fillStyle = palette.line;
    drawing.fillRect(Math.round(x(settings.frameMs)), top - 4, 1, floor - top + 4);
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
    plot.note(`headers ${Math.round(overheadPercent)} %`, 0, 11, "left", palette.accent);
    plot.note(`delay ${settings.frameMs} ms`, width, 11, "right", palette.ink);
    plot.note(`${FRAME_DURATIONS_MS[0]}`, PAD, height - 3, "center");
    plot.note(`${MOST_MS} ms a frame`, width, height - 3, "right");
  }
}
