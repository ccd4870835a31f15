/** The loop's time and its parts: one bar, each part as long as it takes. */
import { byId, make } from "./dom.ts";
import type { LoopParts } from "./measures.ts";

/** What the devices add, where the browser says. */
export interface DeviceDelays {
  /** Undefined where it is not known. */
  readonly inputMs: number | undefined;
  readonly outputMs: number | undefined;
}

const PARTS: readonly (readonly [key: keyof LoopParts, name: string])[] = [
  ["captureMs", "Frame and encode"],
  ["networkMs", "Network"],
  ["serverMs", "Server"],
  ["playoutMs", "Playout"],
];
/** Parts that are shorter have no room for words. */
const LEAST_MS = 0.05;

/** The panel with the bar. */
export class LoopBar {
  readonly #total = byId("loop-total", HTMLElement);
  readonly #unit = byId("loop-unit", HTMLElement);
  readonly #note = byId("loop-note", HTMLElement);
  readonly #bar = byId("loop-bar", HTMLElement);
  readonly #legend = byId("loop-legend", HTMLElement);
  readonly #segments = new Map<keyof LoopParts, { bar: HTMLElement; value: HTMLElement }>();

  constructor() {
    for (const [key, name] of PARTS) {
      const bar = make("i", "");
      bar.dataset.part = key;
      const value = make("b", "figure", "–");
      const swatch = make("i", "swatch");
      swatch.dataset.part = key;
      this.#bar.append(bar);
      this.#legend.append(make("li", "", swatch, make("span", "", name), value));
      this.#segments.set(key, { bar, value });
    }
  }

  /** Shows a loop, or with undefined that there is none; `isAdded` where it is the sum of its parts, not measured as one. */
  show(parts: LoopParts | undefined, devices: DeviceDelays, isAdded: boolean): void {
    const totalMs = parts === undefined ? 0 : PARTS.reduce((sum, [key]) => sum + parts[key], 0);
    this.#total.textContent = parts === undefined ? "–" : totalMs.toFixed(0);
    this.#unit.hidden = parts === undefined;
    for (const [key, { bar, value }] of this.#segments) {
      const ms = parts?.[key] ?? 0;
      bar.style.flexGrow = String(ms < LEAST_MS ? 0 : ms);
      value.textContent = parts === undefined ? "–" : `${ms.toFixed(1)} ms`;
    }
    this.#bar.dataset.empty = String(parts === undefined);
    const known = [
      devices.inputMs === undefined ? "" : `microphone ${devices.inputMs.toFixed(0)} ms`,
      devices.outputMs === undefined ? "" : `speaker ${devices.outputMs.toFixed(0)} ms`,
    ].filter((text) => text !== "");
    const sentences = [
      isAdded ? "Frames were lost: the sum of its parts, round trips by marks." : "",
      known.length === 0 ? "" : `The browser adds for the devices: ${known.join(", ")}.`,
    ];
    this.#note.textContent = sentences.filter((sentence) => sentence !== "").join(" ");
  }
}
