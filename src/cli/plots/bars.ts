/** Bars of any height out of characters: the glyphs that both plots share. */

/** Glyphs from empty to full. */
export const BLOCK_GLYPHS = " ▁▂▃▄▅▆▇█";
export const ASCII_GLYPHS = " .:|";

/** Glyphs of a horizontal bar's last cell, from empty to full. */
const BLOCK_ENDS = " ▏▎▍▌▋▊▉█";
const ASCII_ENDS = " -=";

/** The glyph for a cell that is filled by `fraction` (below 0: empty, above 1: full). */
export function glyphOf(fraction: number, glyphs: string): string {
  const last = glyphs.length - 1;
  const at = Math.min(last, Math.max(0, Math.ceil(fraction * last - 1e-9)));
  return glyphs[at] ?? " ";
}

/** A horizontal bar of `cells` characters at most; `cells` may be a fraction. */
export function horizontalBar(cells: number, isUnicode: boolean): string {
  const ends = isUnicode ? BLOCK_ENDS : ASCII_ENDS;
  const whole = Math.floor(cells);
  return ((ends.at(-1) ?? "").repeat(whole) + glyphOf(cells - whole, ends)).trimEnd();
}
