/** Checks of what a person wrote as a network: every number in its range, no key that means nothing. */
import { checkNumber, checkOneOf, show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { NetworkProfile, NetworkTrace } from "./profile.ts";

const MAX_MS = 3_600_000;

type Range = readonly [least: number, most: number];
type Shape = Readonly<Record<string, Range>>;

const MS: Range = [0, MAX_MS];
const PERCENT: Range = [0, 100];

/** The parts that are objects of numbers; optional numbers are in `OPTIONAL`. */
const PARTS: Readonly<Record<string, Shape>> = {
  loss: { percent: PERCENT, burst: [1, 1000] },
  stalls: { everyMs: [1, MAX_MS], restMs: MS, leastMs: MS, mostMs: MS, lost: [0, 1000] },
  resends: { percent: PERCENT, quickPercent: PERCENT, quickMs: MS, slowLeastMs: MS, slowMostMs: MS },
  detour: { everyMs: [1, MAX_MS], extraMs: MS },
  rate: { kbps: [0.1, 1e7], queueMs: MS },
};
const OPTIONAL = new Set(["loss.burst", "stalls.lost", "jitter.memoryMs"]);
const KEYS = ["delayMs", "jitter", "gridMs", "duplicatePercent", "isOrdered", ...Object.keys(PARTS)];

/** The profile as it is, where it is one. @throws ConfigError `ERR_CONFIG` */
export function checkProfile(given: unknown): NetworkProfile {
  const profile = objectOf("network", given);
  noOther("network", profile, KEYS);
  checkNumber("network.delayMs", profile.delayMs, ...MS);
  if (profile.gridMs !== undefined) checkNumber("network.gridMs", profile.gridMs, 1, MAX_MS);
  if (profile.duplicatePercent !== undefined)
    checkNumber("network.duplicatePercent", profile.duplicatePercent, ...PERCENT);
  checkFlag("network.isOrdered", profile.isOrdered);
  if (profile.jitter !== undefined) checkJitter(profile.jitter);
  for (const [name, shape] of Object.entries(PARTS)) {
    if (profile[name] !== undefined) checkPart(name, objectOf(`network.${name}`, profile[name]), shape);
  }
  return profile as unknown as NetworkProfile;
}

/** The trace as it is, where it is one. @throws ConfigError `ERR_CONFIG` */
export function checkTrace(given: unknown): NetworkTrace {
  const trace = objectOf("network", given);
  noOther("network", trace, ["delaysMs", "isOrdered"]);
  checkFlag("network.isOrdered", trace.isOrdered);
  const { delaysMs } = trace;
  if (!Array.isArray(delaysMs) || delaysMs.length === 0) {
    throw new ConfigError("ERR_CONFIG", `network.delaysMs is ${show(delaysMs)}; expected delays in ms.`, {
      hint: "Write one delay for each message, null for one that is lost.",
    });
  }
  for (const [i, delay] of delaysMs.entries()) {
    if (delay !== null) checkNumber(`network.delaysMs[${i}]`, delay, ...MS);
  }
  if (delaysMs.some((delay) => delay !== null)) return trace as unknown as NetworkTrace;
  throw new ConfigError("ERR_CONFIG", "network.delaysMs loses every message; expected one that comes.", {
    hint: "null is a message that never comes.",
  });
}

function checkJitter(given: unknown): void {
  const jitter = objectOf("network.jitter", given);
  noOther("network.jitter", jitter, ["kind", "ms", "memoryMs"]);
  checkOneOf("network.jitter.kind", jitter.kind, ["uniform", "exponential", "correlated"]);
  checkNumber("network.jitter.ms", jitter.ms, ...MS);
  if (jitter.memoryMs !== undefined) checkNumber("network.jitter.memoryMs", jitter.memoryMs, 1, MAX_MS);
}

function checkPart(name: string, part: Record<string, unknown>, shape: Shape): void {
  noOther(`network.${name}`, part, Object.keys(shape));
  for (const [key, range] of Object.entries(shape)) {
    if (part[key] !== undefined || !OPTIONAL.has(`${name}.${key}`))
      checkNumber(`network.${name}.${key}`, part[key], ...range);
  }
}

function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new ConfigError("ERR_CONFIG", `${name} is ${show(value)}; expected true or false.`, {
    hint: `Leave ${name} out where order does not matter.`,
  });
}

function objectOf(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ConfigError("ERR_CONFIG", `${name} is ${show(value)}; expected an object.`, {
    hint: "docs/network.md lists what a network has.",
  });
}

function noOther(name: string, given: Record<string, unknown>, known: readonly string[]): void {
  const other = Object.keys(given).find((key) => !known.includes(key));
  if (other === undefined) return;
  throw new ConfigError("ERR_CONFIG", `${name} has ${show(other)}; expected ${known.join(", ")}.`, {
    hint: "docs/network.md lists what a network has.",
  });
}
