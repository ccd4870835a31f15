/** Small SVG files that read well on a light and on a dark page: colours are classes, not values. */

/** Light and dark colour of each class. */
const COLOURS = {
  page: ["#ffffff", "#0d1117"],
  ink: ["#1f2328", "#e6edf3"],
  soft: ["#59636e", "#9198a1"],
  grid: ["#e4e8ec", "#262c34"],
  voice: ["#d9480f", "#ff922b"],
  high: ["#1864ab", "#4dabf7"],
  best: ["#2b8a3e", "#51cf66"],
  first: ["#343a40", "#dee2e6"],
  second: ["#868e96", "#868e96"],
  third: ["#a97fd0", "#b197fc"],
  shade: ["#f6f8fa", "#151b23"],
} as const;

export type Colour = keyof typeof COLOURS;

export interface TextStyle {
  readonly colour?: Colour;
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly isBold?: boolean;
  readonly turned?: boolean;
}

export interface LineStyle {
  readonly width?: number;
  /** As in `stroke-dasharray`. */
  readonly dashes?: string;
}

/** A drawing under way; every call adds to it. */
export class Drawing {
  readonly #width: number;
  readonly #title: string;
  readonly #parts: string[] = [];
  #clips = 0;

  constructor(width: number, title: string) {
    this.#width = width;
    this.#title = title;
  }

  text(x: number, y: number, content: string, style: TextStyle = {}): void {
    const { colour = "ink", size = 12, anchor = "start", isBold = false, turned = false } = style;
    const place = turned
      ? `transform="translate(${at(x)} ${at(y)}) rotate(-90)"`
      : `x="${at(x)}" y="${at(y)}"`;
    this.#parts.push(
      `<text class="f-${colour}" ${place} font-size="${size}"${anchor === "start" ? "" : ` text-anchor="${anchor}"`}` +
        `${isBold ? ' font-weight="600"' : ""}>${escapeText(content)}</text>`,
    );
  }

  line(x1: number, y1: number, x2: number, y2: number, colour: Colour, style: LineStyle = {}): void {
    this.path(
      [
        [x1, y1],
        [x2, y2],
      ],
      colour,
      style,
    );
  }

  path(points: readonly (readonly [x: number, y: number])[], colour: Colour, style: LineStyle = {}): void {
    const { width = 1, dashes } = style;
    this.#parts.push(
      `<path class="s-${colour}" stroke-width="${width}"${dashes === undefined ? "" : ` stroke-dasharray="${dashes}"`} ` +
        `d="M${points.map(([x, y]) => `${at(x)} ${at(y)}`).join("L")}"/>`,
    );
  }

  rectangle(x: number, y: number, width: number, height: number, colour: Colour): void {
    this.#parts.push(
      `<rect class="f-${colour}" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}"/>`,
    );
  }

  image(x: number, y: number, width: number, height: number, png: Buffer): void {
    this.#parts.push(
      `<image x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" preserveAspectRatio="none" ` +
        `href="data:image/png;base64,${png.toString("base64")}"/>`,
    );
  }

  /** What `draw` adds is cut off outside the rectangle. */
  clipped(x: number, y: number, width: number, height: number, draw: () => void): void {
    const id = `c${this.#clips++}`;
    this.#parts.push(
      `<clipPath id="${id}"><rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}"/></clipPath>`,
      `<g clip-path="url(#${id})">`,
    );
    draw();
    this.#parts.push("</g>");
  }

  /** All of it as a file of this height. */
  toSvg(height: number): string {
    const classes = (shade: 0 | 1) =>
      Object.entries(COLOURS)
        .map(([name, values]) => `.f-${name}{fill:${values[shade]}}.s-${name}{stroke:${values[shade]}}`)
        .join("");
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.#width} ${height}" ` +
        `width="${this.#width}" height="${height}" role="img" ` +
        `font-family="system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,'DejaVu Sans',sans-serif">`,
      `<title>${escapeText(this.#title)}</title>`,
      `<style>path{fill:none;stroke-linejoin:round}${classes(0)}` +
        `@media (prefers-color-scheme:dark){${classes(1)}}</style>`,
      `<rect class="f-page" width="${this.#width}" height="${height}" rx="6"/>`,
      ...this.#parts,
      "</svg>",
      "",
    ].join("\n");
  }
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
