/** The engine's reports as lines on stderr. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import type { Logger } from "../core/logger.ts";
import type { Terminal } from "./terminal.ts";

/** This package's own code, from the build as from the sources. */
const ownFolder = fileURLToPath(new URL("../", import.meta.url));
/** Facts that the message says already, or that a line for a person can do without. */
const SAID = new Set(["session", "method"]);

/**
 * Shows warnings and errors, a line each: an error fact with the place it was thrown at (VOXWIRE_DEBUG=1: its stack trace),
 * other facts as Node prints values, since what a handler throws may be anything.
 */
export function terminalLogger(terminal: Terminal): Logger {
  const show = (kind: string) => (message: string, facts?: object) => {
    const entries = Object.entries(facts ?? {});
    const errors = entries.flatMap(([, value]) => (value instanceof Error ? [value] : []));
    const others = entries.filter(([name, value]) => !(value instanceof Error) && !SAID.has(name));
    const reasons = errors.map((error) => ` ${error.name}: ${error.message}${placeOf(error)}`);
    const rest = others.map(
      ([name, value]) => ` ${name}: ${inspect(value, { depth: 1, breakLength: Infinity })}`,
    );
    terminal.note(`${kind}: ${message}${reasons.join("")}${rest.join(",")}`);
    if (terminal.isDebug) for (const { stack } of errors) terminal.note(stack ?? "");
  };
  return { info: () => {}, warn: show("warning"), error: show("error") };
}

/**
 * ` (file:line:column)` of the topmost frame outside this package, which for a handler's error is the handler's: also where
 * it gave `send` what is not audio. Nothing where there is none.
 */
function placeOf({ stack }: Error): string {
  for (const [, place = ""] of (stack ?? "").matchAll(
    /^\s+at (?:.*\()?((?:file:\/\/)?\/.*?:\d+:\d+)\)?$/gm,
  )) {
    const [, url = "", position = ""] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? [];
    const path = url.startsWith("file://") ? fileURLToPath(url) : url;
    if (path.startsWith(ownFolder)) continue;
    const short = relative(process.cwd(), path);
    return ` (${short.startsWith("..") ? path : short}${position})`;
  }
  return "";
}
