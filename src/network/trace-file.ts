/** Networks that a person wrote down: text with a delay on each line, CSV with a column of them, or JSON. */
import { ConfigError } from "../core/errors.ts";
import { checkProfile, checkTrace } from "./check-profile.ts";
import type { NetworkProfile, NetworkTrace } from "./profile.ts";

/** Names of the column with the delays, where a CSV has a heading. */
const COLUMNS = ["delayms", "delay_ms", "delay", "ms"];
const LOST = new Set(["lost", "null", "-", "inf", "nan"]);

/**
 * Reads a network from a file's text.
 *
 * JSON: an object as `NetworkProfile` or `NetworkTrace` has it, or an array of delays. Else one line for each message: its
 * delay in ms, or `lost`; in CSV the column `delay_ms`, or the only one. Empty lines and what follows a `#` are left out.
 * @throws ConfigError `ERR_CONFIG`, naming the line
 */
export function parseNetwork(text: string): NetworkProfile | NetworkTrace {
  const start = text.trimStart()[0];
  if (start === "{" || start === "[") return fromJson(text);
  const delaysMs: (number | null)[] = [];
  let column: number | undefined;
  text.split(/\r?\n/).forEach((whole, i) => {
    const line = (whole.split("#", 1)[0] ?? "").trim();
    if (line === "") return;
    const cells = line.split(/[,;\t]/).map((cell) =>
      cell
        .trim()
        .toLowerCase()
        .replace(/^"(.*)"$/, "$1"),
    );
    if (column === undefined) {
      const named = cells.findIndex((cell) => COLUMNS.includes(cell));
      column = Math.max(0, named);
      if (named >= 0) return;
      if (cells.length > 1) throw unreadable(i + 1, line, "a heading with a column delay_ms");
    }
    delaysMs.push(delayOf(cells[column], i + 1, line));
  });
  return checkTrace({ delaysMs });
}

function fromJson(text: string): NetworkProfile | NetworkTrace {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError("ERR_CONFIG", `A network's file begins as JSON but is none: ${reason}.`, {
      hint: "Mend it, or write one delay in ms on each line.",
      cause,
    });
  }
  if (Array.isArray(given))
    return checkTrace({ delaysMs: given.map((delay) => (delay === "lost" ? null : delay)) });
  const isTrace = typeof given === "object" && given !== null && "delaysMs" in given;
  return isTrace ? checkTrace(given) : checkProfile(given);
}

function delayOf(cell: string | undefined, number: number, line: string): number | null {
  if (cell !== undefined && LOST.has(cell)) return null;
  const delayMs = cell === undefined || cell === "" ? Number.NaN : Number(cell);
  if (Number.isFinite(delayMs) && delayMs >= 0) return delayMs;
  throw unreadable(number, line, 'a delay in ms, or "lost"');
}

function unreadable(number: number, line: string, expected: string): ConfigError {
  const shown = JSON.stringify(line.length > 60 ? `${line.slice(0, 57)}...` : line);
  return new ConfigError(
    "ERR_CONFIG",
    `Line ${number} of a network's file is ${shown}; expected ${expected}.`,
    {
      hint: "docs/network.md shows the three forms of such a file.",
    },
  );
}
