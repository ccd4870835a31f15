/** What a session is asked for: chosen on the page, kept in its address, so that a link leads to the same. */
import type { PlaygroundInfo } from "../server/playground-info.ts";

/** Everything that can be chosen. */
export interface Settings {
  /** Of a handler, as the server lists it. */
  readonly handler: string;
  readonly protocol: Protocol;
  readonly encoding: Encoding;
  /** Hz on the wire, both ways. */
  readonly sampleRate: number;
  readonly frameMs: number;
  /** For servers that ask for one; never part of the address. */
  readonly token: string;
}

export type Protocol = "binary" | "fastrtc";
export type Encoding = "mulaw" | "alaw" | "pcm16";

export const PROTOCOLS: readonly Protocol[] = ["binary", "fastrtc"];
export const ENCODINGS: readonly Encoding[] = ["mulaw", "alaw", "pcm16"];
export const SAMPLE_RATES: readonly number[] = [8000, 16000, 24000, 48000];
export const FRAME_DURATIONS_MS: readonly number[] = [5, 10, 20, 30, 40, 60, 80, 100, 120];

/** The settings, and whoever wants to know of changes. */
export class SettingsStore {
  readonly #listeners = new Set<(now: Settings, before: Settings) => void>();
  #now: Settings;

  constructor(first: Settings) {
    this.#now = first;
  }

  get now(): Settings {
    return this.#now;
  }

  /** Changes some of them, and tells where that makes a difference. */
  set(changed: Partial<Settings>): void {
    const before = this.#now;
    this.#now = { ...before, ...changed };
    const keys = Object.keys(changed) as (keyof Settings)[];
    if (keys.every((key) => before[key] === this.#now[key])) return;
    for (const listener of this.#listeners) listener(this.#now, before);
  }

  /** Calls `listener` after each change. */
  onChange(listener: (now: Settings, before: Settings) => void): void {
    this.#listeners.add(listener);
  }
}

/** What the server would do by itself, with what the address says over it; what it cannot do is left out. */
export function settingsFrom(info: PlaygroundInfo, address: string): Settings {
  const asked = new URLSearchParams(address.replace(/^#/, ""));
  const paths = info.handlers.map(({ path }) => path);
  return {
    handler: oneOf(paths, asked.get("handler")) ?? paths[0] ?? "",
    protocol: oneOf(PROTOCOLS, asked.get("protocol")) ?? "binary",
    encoding: oneOf(ENCODINGS, asked.get("encoding")) ?? "mulaw",
    sampleRate: oneOf(SAMPLE_RATES, Number(asked.get("rate"))) ?? nearest(SAMPLE_RATES, info.sampleRate),
    frameMs:
      oneOf(FRAME_DURATIONS_MS, Number(asked.get("frame"))) ?? nearest(FRAME_DURATIONS_MS, info.frameMs),
    token: "",
  };
}

/** The address's part that leads to these settings. */
export function addressOf({ handler, protocol, encoding, sampleRate, frameMs }: Settings): string {
  const said = new URLSearchParams({ protocol, encoding, rate: String(sampleRate), frame: String(frameMs) });
  if (handler !== "") said.set("handler", handler);
  return `#${said}`;
}

function oneOf<T>(known: readonly T[], asked: unknown): T | undefined {
  return known.find((value) => value === asked);
}

function nearest(known: readonly number[], wanted: number): number {
  return known.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}
