/** Pictures in 256 colours: the commonest as they are, the others by their neighbourhoods (median cut, Heckbert 1982). */

/** A colour with how many pixels have it. */
interface Colour {
  readonly rgb: readonly [red: number, green: number, blue: number];
  readonly count: number;
}

const COLOURS = 256;
/** Of these, colours of surfaces and letters, which nobody may shift. */
const EXACT = 160;

/** A picture with a palette. */
export interface PalettePicture {
  /** Indices into `palette`, row by row from the top. */
  readonly pixels: Uint8Array;
  readonly palette: readonly (readonly [red: number, green: number, blue: number])[];
}

/** The same picture in at most 256 colours. @param rgba four bytes to a pixel; opaque */
export function inFewColours(rgba: Uint8Array): PalettePicture {
  const counts = new Map<number, number>();
  for (let i = 0; i < rgba.length; i += 4) {
    const key = keyAt(rgba, i);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const colours = Array.from(counts, ([key, count]): Colour => ({ rgb: rgbOf(key), count }));
  colours.sort((a, b) => b.count - a.count);
  const exact = colours.slice(0, EXACT).map(({ rgb }) => rgb);
  const palette = [...exact, ...boxes(colours.slice(EXACT), COLOURS - EXACT).map(meanOf)];
  const indices = new Map<number, number>();
  for (const { rgb } of colours) indices.set(keyOf(rgb), nearest(palette, rgb));
  const pixels = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = indices.get(keyAt(rgba, 4 * i))!;
  return { pixels, palette };
}

/** Cuts the box that is widest, weighed by its pixels, at its median until there are `count`. */
function boxes(colours: readonly Colour[], count: number): Colour[][] {
  const made: Colour[][] = colours.length === 0 ? [] : [[...colours]];
  while (made.length < count) {
    let [widest, most] = [-1, 0];
    for (const [i, box] of made.entries()) {
      const weight = spreadOf(box)[1] * Math.sqrt(weightOf(box));
      if (box.length > 1 && weight > most) [widest, most] = [i, weight];
    }
    if (widest < 0) break;
    const box = made[widest]!;
    const [channel] = spreadOf(box);
    box.sort((a, b) => a.rgb[channel] - b.rgb[channel]);
    const half = weightOf(box) / 2;
    let [at, passed] = [0, 0];
    while (at < box.length - 1 && passed + box[at]!.count <= half) passed += box[at++]!.count;
    made.splice(widest, 1, box.slice(0, Math.max(1, at)), box.slice(Math.max(1, at)));
  }
  return made;
}

const CHANNELS = [0, 1, 2] as const;

/** The channel in which a box is widest, and how wide. */
function spreadOf(box: readonly Colour[]): [channel: 0 | 1 | 2, width: number] {
  const widths = CHANNELS.map((channel) => {
    let [low, high] = [255, 0];
    for (const { rgb } of box) [low, high] = [Math.min(low, rgb[channel]), Math.max(high, rgb[channel])];
    return high - low;
  });
  const width = Math.max(...widths);
  return [widths.indexOf(width) as 0 | 1 | 2, width];
}

function weightOf(box: readonly Colour[]): number {
  return box.reduce((sum, { count }) => sum + count, 0);
}

function meanOf(box: readonly Colour[]): [number, number, number] {
  const weight = weightOf(box);
  const mean = (channel: 0 | 1 | 2) =>
    Math.round(box.reduce((sum, { rgb, count }) => sum + rgb[channel] * count, 0) / weight);
  return [mean(0), mean(1), mean(2)];
}

function nearest(palette: PalettePicture["palette"], [red, green, blue]: Colour["rgb"]): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [i, [r, g, b]] of palette.entries()) {
    const distance = 2 * (r - red) ** 2 + 4 * (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

function keyAt(rgba: Uint8Array, i: number): number {
  return (rgba[i]! << 16) | (rgba[i + 1]! << 8) | rgba[i + 2]!;
}

function keyOf([red, green, blue]: Colour["rgb"]): number {
  return (red << 16) | (green << 8) | blue;
}

function rgbOf(key: number): [number, number, number] {
  return [key >> 16, (key >> 8) & 255, key & 255];
}
