/** The theme's colours for canvases, which style sheets do not reach. */

/** Colours as CSS writes them, and the spectrogram's as pixels. */
export interface Palette {
  readonly ink: string;
  readonly dim: string;
  readonly line: string;
  readonly accent: string;
  readonly surface: string;
  /** 256 steps from silence to full scale, as little-endian RGBA. */
  readonly heat: Uint32Array;
  /** The same in greys. */
  readonly grey: Uint32Array;
}

type Rgb = readonly [red: number, green: number, blue: number];

const HEAT: Readonly<Record<"light" | "dark", readonly string[]>> = {
  light: ["#faf8f3", "#f6dcc6", "#f0a377", "#d9531f", "#8c1f06", "#2a0a04"],
  dark: ["#0f0e0d", "#3a130a", "#8a2a0d", "#e2581c", "#ffa663", "#fff3df"],
};
const GREY: Readonly<Record<"light" | "dark", readonly string[]>> = {
  light: ["#faf8f3", "#dcd8cd", "#a9a396", "#6b665b", "#37342d", "#14130f"],
  dark: ["#0f0e0d", "#292723", "#57534b", "#8d877b", "#c6bfb1", "#fbf7ee"],
};

/** The colours of the theme that is shown. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const theme = style.getPropertyValue("--theme").trim() === "dark" ? "dark" : "light";
  return {
    ink: colour("ink"),
    dim: colour("ink-3"),
    line: colour("line"),
    accent: colour("accent"),
    surface: colour("sunken"),
    heat: ramp(HEAT[theme]),
    grey: ramp(GREY[theme]),
  };
}

function ramp(stops: readonly string[]): Uint32Array {
  const colours = stops.map(parse);
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (colours.length - 1);
    const from = colours[Math.floor(at)]!;
    const to = colours[Math.ceil(at)]!;
    const mix = (k: 0 | 1 | 2) => Math.round(from[k] + (to[k] - from[k]) * (at % 1));
    return ((255 << 24) | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  });
}

function parse(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
