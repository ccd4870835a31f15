/** Results as a table for the terminal. */
import type { GroupResult } from "./run.ts";

const HEAD = ["case", "", "min ns", "median ns", "x ours (min)", "(median)", "expected"];

/** One line a case, a blank one between groups. */
export function formatTable(results: readonly GroupResult[]): string {
  const rows: string[][] = [HEAD];
  for (const { key, timings } of results) {
    timings.forEach((timing, i) => {
      const { expectedRatio, ratioOfMinima, ratioOfMedians } = timing;
      const verdict =
        expectedRatio === undefined
          ? ""
          : `>= ${expectedRatio} ${ratioOfMinima >= expectedRatio ? "reached" : "MISSED"}`;
      rows.push([
        i === 0 ? key : "",
        `${timing.name}${timing.where === "fresh process" ? " *" : ""}`,
        nanoseconds(timing.minNs),
        nanoseconds(timing.medianNs),
        ratioOfMinima.toFixed(2),
        ratioOfMedians.toFixed(2),
        verdict,
      ]);
    });
  }
  return alignColumns(rows, 2, [6]);
}

/** Rows of cells as lines: the first `textColumns` columns to the left, and those of `alsoText`; the others to the right. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  textColumns: number,
  alsoText: readonly number[] = [],
): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = (column: number) => column < textColumns || alsoText.includes(column);
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function nanoseconds(ns: number): string {
  return ns >= 1000 ? Math.round(ns).toLocaleString("en-US") : ns.toFixed(1);
}
