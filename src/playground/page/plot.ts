/** A small canvas for figures: as sharp as the screen, in the theme's colours, with a grid. */
import type { Palette } from "./palette.ts";

const FONT = "11px ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace";

/** One canvas. */
export class Plot {
  readonly drawing: CanvasRenderingContext2D;
  readonly #canvas: HTMLCanvasElement;
  palette: Palette;

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.#canvas = canvas;
    this.drawing = canvas.getContext("2d")!;
    this.palette = palette;
  }

  /** CSS pixels. */
  get width(): number {
    return this.#canvas.clientWidth;
  }

  get height(): number {
    return this.#canvas.clientHeight;
  }

  /** Empties it; drawing is in CSS pixels from here on. */
  begin(): void {
    const { width, height } = this;
    const ratio = devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * ratio)) this.#canvas.width = Math.round(width * ratio);
    if (this.#canvas.height !== Math.round(height * ratio)) this.#canvas.height = Math.round(height * ratio);
    this.drawing.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawing.clearRect(0, 0, width, height);
    this.drawing.font = FONT;
  }

  /** A line across with its value at the left. */
  rule(y: number, text: string): void {
    const { drawing, palette } = this;
    drawing.fillStyle = palette.line;
    drawing.fillRect(0, Math.round(y), this.width, 1);
    if (text === "") return;
    drawing.fillStyle = palette.dim;
    drawing.textAlign = "left";
    drawing.fillText(text, 0, Math.round(y) - 4);
  }

  /** Words, in the quiet colour unless another is given. */
  note(text: string, x: number, y: number, align: CanvasTextAlign = "left", colour = this.palette.dim): void {
    this.drawing.fillStyle = colour;
    this.drawing.textAlign = align;
    this.drawing.fillText(text, x, y);
  }
}

/** The least of 1, 2, 5, 10, 20, ... that is not below `value`. */
export function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value - 1e-9) ?? 10 * power;
}
