/** The page's one clock for pictures: as often as the screen is painted, less often where motion is not wanted. */

/** What a person who wants no motion gets: a picture now and then. */
const CALM_MS = 500;
/** After a pause (a hidden tab) no more than this is drawn at once. */
const MOST_MS = 1000;

/** Calls `draw` with the ms since the last time, for as long as the page lives. */
export function startDrawing(draw: (elapsedMs: number) => void): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let drawnMs = performance.now();
  const step = (nowMs: number) => {
    requestAnimationFrame(step);
    const elapsedMs = nowMs - drawnMs;
    if (elapsedMs <= 0 || (calm.matches && elapsedMs < CALM_MS)) return;
    drawnMs = nowMs;
    draw(Math.min(elapsedMs, MOST_MS));
  };
  requestAnimationFrame(step);
}
