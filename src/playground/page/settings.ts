/** What a session is asked for: chosen on the page, kept in its address, so that a link leads to the same. */
import type { NetworkProfile } from "../../network/profile.ts";
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
  readonly network: NetworkChoice;
  /** What the network does where it is `custom`. */
  readonly custom: CustomNetwork;
  /** For servers that ask for one; never part of the address. */
  readonly token: string;
}

export type Protocol = "binary" | "fastrtc";
export type Encoding = "mulaw" | "alaw" | "pcm16" | "g722" | "opus";
/** `none`: the network as it is; `custom`: by its parts; else one of the package's, by its name. */
export type NetworkChoice = "none" | "wifi" | "lte" | "tcp" | "loss5" | "custom";

/** A bad network by its parts, both ways. */
export interface CustomNetwork {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
  /** How long nothing comes, every five seconds. */
  readonly stallMs: number;
}

export const PROTOCOLS: readonly Protocol[] = ["binary", "fastrtc"];
export const NETWORKS: readonly NetworkChoice[] = ["none", "wifi", "lte", "tcp", "loss5", "custom"];
export const ENCODINGS: readonly Encoding[] = ["mulaw", "alaw", "pcm16"];
export const SAMPLE_RATES: readonly number[] = [8000, 16000, 24000, 48000];
export const FRAME_DURATIONS_MS: readonly number[] = [5, 10, 20, 30, 40, 60, 80, 100, 120];

/** The parts of a network of one's own: what they are at first, and at most. */
export const CUSTOM_RANGES: Readonly<Record<keyof CustomNetwork, readonly [first: number, most: number]>> = {
  delayMs: [40, 300],
  jitterMs: [10, 100],
  lossPercent: [1, 20],
  stallMs: [0, 800],
};
const CUSTOM_KEYS = Object.keys(CUSTOM_RANGES) as (keyof CustomNetwork)[];

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
    network: oneOf(NETWORKS, asked.get("network")) ?? "none",
    custom: customFrom(asked.get("custom") ?? ""),
    token: "",
  };
}

/** The address's part that leads to these settings. */
export function addressOf(settings: Settings): string {
  const { handler, protocol, encoding, sampleRate, frameMs, network, custom } = settings;
  const said = new URLSearchParams({ protocol, encoding, rate: String(sampleRate), frame: String(frameMs) });
  if (handler !== "") said.set("handler", handler);
  if (network !== "none") said.set("network", network);
  if (network === "custom") said.set("custom", CUSTOM_KEYS.map((key) => custom[key]).join("-"));
  return `#${said}`;
}

/** The network as the package takes it; undefined where there is none. */
export function networkProfile({ network, custom }: Settings): string | NetworkProfile | undefined {
  if (network === "none") return undefined;
  if (network !== "custom") return network;
  const { delayMs, jitterMs, lossPercent, stallMs } = custom;
  return {
    delayMs,
    ...(jitterMs > 0 && { jitter: { kind: "exponential", ms: jitterMs } }),
    ...(lossPercent > 0 && { loss: { percent: lossPercent } }),
    ...(stallMs > 0 && { stalls: { everyMs: 5000, restMs: 1000, leastMs: stallMs, mostMs: stallMs } }),
    isOrdered: true,
  };
}

function customFrom(text: string): CustomNetwork {
  const asked = /^\d+(-\d+){3}$/.test(text) ? text.split("-").map(Number) : [];
  const values = CUSTOM_KEYS.map((key, i) => {
    const [first, most] = CUSTOM_RANGES[key];
    const value = asked[i];
    return value !== undefined && value <= most ? value : first;
  });
  return { delayMs: values[0]!, jitterMs: values[1]!, lossPercent: values[2]!, stallMs: values[3]! };
}

function oneOf<T>(known: readonly T[], asked: unknown): T | undefined {
  return known.find((value) => value === asked);
}

function nearest(known: readonly number[], wanted: number): number {
  return known.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}
