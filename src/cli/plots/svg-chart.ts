/** Charts as SVG files: waveforms and lines over one axis, readable on light and dark pages. */

/** A waveform: peaks, 0 to 1, evenly over the axis. */
export interface WaveformPanel {
  readonly kind: "waveform";
  readonly title: string;
  readonly peaks: ArrayLike<number>;
  /** The peak that fills the panel. */
  readonly fullScale: number;
}

/** Lines over numbers. */
export interface LinesPanel {
  readonly kind: "lines";
  readonly title: string;
  /** At most five. */
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

/** What a chart is made of. */
export interface SvgChart {
  readonly title: string;
  /** The unit, such as `s`. */
  readonly xUnit: string;
  readonly xMax: number;
  readonly panels: readonly (WaveformPanel | LinesPanel)[];
}

const WIDTH = 900;
const LEFT = 56;
const RIGHT = 16;
const PANEL = { waveform: 84, lines: 190 } as const;
const HEAD = 26;
const FOOT = 34;
/** Colours that can be told apart, on white and on black. */
const COLOURS = ["#d1495b", "#2a7fb8", "#3d9a50", "#b07d18", "#8a5cc4"] as const;
const STEPS = [1, 2, 5];

/** The file's text. */
export function drawSvg(chart: SvgChart): string {
  const parts: string[] = [];
  let top = HEAD + 8;
  for (const panel of chart.panels) {
    parts.push(text(LEFT, top + 14, panel.title, "start", "bold"));
    const box = { top: top + 22, height: PANEL[panel.kind] };
    parts.push(panel.kind === "waveform" ? waveform(panel, box) : lines(panel, chart.xMax, box));
    top = box.top + box.height + 12;
  }
  const height = top + FOOT;
  for (const x of ticks(chart.xMax, 10)) {
    const at = LEFT + (x / chart.xMax) * (WIDTH - LEFT - RIGHT);
    parts.push(`<path class="g" d="M${fix(at)} ${HEAD + 30}V${fix(top)}"/>`);
    parts.push(text(at, top + 16, `${label(x)} ${chart.xUnit}`, "middle"));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui,'DejaVu Sans',sans-serif" font-size="12">`,
    `<title>${escaped(chart.title)}</title>`,
    "<style>text{fill:#222}.p{fill:#fff}.g{stroke:#8884;fill:none}@media(prefers-color-scheme:dark){text{fill:#ddd}.p{fill:#161616}}</style>",
    `<rect class="p" width="${WIDTH}" height="${height}"/>`,
    text(LEFT, 20, chart.title, "start", "bold"),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

interface Box {
  readonly top: number;
  readonly height: number;
}

function waveform({ peaks, fullScale }: WaveformPanel, { top, height }: Box): string {
  const middle = top + height / 2;
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, peaks.length);
  const upper: string[] = [];
  const lower: string[] = [];
  for (let i = 0; i < peaks.length; i++) {
    const y = (Math.min(1, peaks[i]! / (fullScale || 1)) * height) / 2;
    upper.push(`${fix(LEFT + i * step)} ${fix(middle - y)}`);
    lower.push(`${fix(LEFT + i * step)} ${fix(middle + y)}`);
  }
  return `<path fill="${COLOURS[1]}" d="M${[...upper, ...lower.reverse()].join("L")}Z"/>`;
}

function lines({ lines: all }: LinesPanel, xMax: number, { top, height }: Box): string {
  const yMax = Math.max(1e-9, ...all.flatMap(({ points }) => points.map(([, y]) => y)));
  const yTicks = ticks(yMax, 4);
  const yTop = Math.max(yMax, yTicks.at(-1) ?? 0);
  const toX = (x: number) => LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT);
  const toY = (y: number) => top + height - (y / yTop) * height;
  const parts = yTicks.flatMap((y) => [
    `<path class="g" d="M${LEFT} ${fix(toY(y))}H${WIDTH - RIGHT}"/>`,
    text(LEFT - 6, toY(y) + 4, label(y), "end"),
  ]);
  all.forEach(({ name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const path = points.map(([x, y]) => `${fix(toX(x))} ${fix(toY(y))}`).join("L");
    if (points.length > 0)
      parts.push(`<path fill="none" stroke="${colour}" stroke-width="1.8" d="M${path}"/>`);
    parts.push(
      `<path stroke="${colour}" stroke-width="3" d="M${WIDTH - RIGHT - 180} ${top + 12 + i * 17}h18"/>`,
      text(WIDTH - RIGHT - 156, top + 16 + i * 17, name, "start"),
    );
  });
  return parts.join("\n");
}

/** Round numbers from 0 on, some `wanted` of them. */
function ticks(max: number, wanted: number): number[] {
  const least = max / wanted;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = (STEPS.find((candidate) => candidate * power >= least) ?? 10) * power;
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, i) => i * step);
}

function text(x: number, y: number, content: string, anchor: string, weight = "normal"): string {
  return `<text x="${fix(x)}" y="${fix(y)}" text-anchor="${anchor}" font-weight="${weight}">${escaped(content)}</text>`;
}

function label(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function fix(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
