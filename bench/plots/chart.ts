/** A rectangle with axes, curves inside it. */
import type { Colour, Drawing, LineStyle } from "./svg.ts";

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly label: string;
  readonly format?: (value: number) => string;
}

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Curve = readonly (readonly [x: number, y: number])[];

export class Chart {
  readonly #drawing: Drawing;
  readonly #frame: Frame;
  readonly #x: Axis;
  readonly #y: Axis;

  constructor(drawing: Drawing, frame: Frame, title: string, x: Axis, y: Axis) {
    this.#drawing = drawing;
    this.#frame = frame;
    this.#x = x;
    this.#y = y;
    const { x: left, y: top, width, height } = frame;
    drawing.rectangle(left, top, width, height, "shade");
    drawing.text(left, top - 10, title, { size: 13, isBold: true });
    const show = (axis: Axis, value: number) => axis.format?.(value) ?? String(value).replace("-", "\u2212");
    for (const tick of x.ticks) {
      drawing.line(this.atX(tick), top, this.atX(tick), top + height, "grid");
      drawing.text(this.atX(tick), top + height + 16, show(x, tick), {
        colour: "soft",
        size: 11,
        anchor: "middle",
      });
    }
    for (const tick of y.ticks) {
      drawing.line(left, this.atY(tick), left + width, this.atY(tick), "grid");
      drawing.text(left - 6, this.atY(tick) + 4, show(y, tick), { colour: "soft", size: 11, anchor: "end" });
    }
    drawing.text(left + width / 2, top + height + 34, x.label, {
      colour: "soft",
      size: 11.5,
      anchor: "middle",
    });
    drawing.text(left - 40, top + height / 2, y.label, {
      colour: "soft",
      size: 11.5,
      anchor: "middle",
      turned: true,
    });
  }

  /** The drawing's coordinates of a value. */
  atX(value: number): number {
    return this.#frame.x + ((value - this.#x.from) / (this.#x.to - this.#x.from)) * this.#frame.width;
  }

  atY(value: number): number {
    return this.#frame.y + ((this.#y.to - value) / (this.#y.to - this.#y.from)) * this.#frame.height;
  }

  curve(points: Curve, colour: Colour, style: LineStyle): void {
    const { x, y, width, height } = this.#frame;
    const span = this.#y.to - this.#y.from;
    const inside = (value: number) =>
      Math.max(this.#y.from - span / 20, Math.min(this.#y.to + span / 20, value));
    this.#drawing.clipped(x, y, width, height, () => {
      this.#drawing.path(
        points.map(([px, py]) => [this.atX(px), this.atY(inside(py))]),
        colour,
        style,
      );
    });
  }

  /** A line from top to bottom with a word beside its upper end, where falling curves leave room. */
  mark(value: number, word: string): void {
    const { y, height } = this.#frame;
    this.#drawing.line(this.atX(value), y, this.atX(value), y + height, "soft", { dashes: "2 3" });
    this.#drawing.text(this.atX(value) + 5, y + 24, word, { colour: "soft", size: 11 });
  }
}
