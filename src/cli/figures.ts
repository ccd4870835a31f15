/** Numbers as people read them. */

/** `9.90 s`, `10 min 0 s`. */
export function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Two digits that count below 10 ms, one above: `0.31 ms`, `12.4 ms`. */
export function milliseconds(ms: number): string {
  return `${ms.toFixed(Math.abs(ms) < 10 ? 2 : 1)} ms`;
}

/** `237,120`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** A number as JSON shall have it: microseconds are enough. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
