/** The list of what is counted, each with its unit and a name that says what it means. */
import type { VoiceStats } from "../../browser.ts";
import type { NetworkReport } from "../threads/network-report.ts";
import { byId, make } from "./dom.ts";

type Count = readonly [
  name: string,
  countOf: (stats: VoiceStats, network: NetworkReport | undefined) => number,
  unit: "" | "ms",
  /** Whether any at all is worth a second look. */
  isFault: boolean,
];

const whole = (value: number) => value.toLocaleString("en").replaceAll(",", "\u202f");

const COUNTS: readonly Count[] = [
  ["Frames sent", ({ framesSent }) => framesSent, "", false],
  ["Frames received", ({ framesReceived }) => framesReceived, "", false],
  ["Lost on the way", (_, network) => network?.lost ?? 0, "", true],
  ["Late or missing", ({ playout }) => playout?.underruns ?? 0, "", true],
  ["Silence instead", ({ playout }) => playout?.silentMs ?? 0, "ms", true],
  ["Skipped since", ({ playout }) => playout?.skippedMs ?? 0, "ms", false],
  ["Reconnected", ({ reconnects }) => reconnects, "", true],
  ["Lost before sending", ({ captureLostMs }) => captureLostMs, "ms", true],
];

/** The list. */
export class Counters {
  readonly #values: readonly HTMLElement[];

  constructor() {
    const root = byId("counters", HTMLElement);
    this.#values = COUNTS.map(([name]) => {
      const value = make("dd", "figure", "–");
      root.append(make("div", "", make("dt", "", name), value));
      return value;
    });
  }

  /** Shows them. */
  show(stats: VoiceStats, network: NetworkReport | undefined): void {
    for (const [i, [, countOf, unit, isFault]] of COUNTS.entries()) {
      const value = Math.round(countOf(stats, network));
      const text = unit === "" ? whole(value) : `${whole(value)} ${unit}`;
      const element = this.#values[i]!;
      if (element.textContent === text) continue;
      element.textContent = text;
      element.dataset.bad = String(isFault && value > 0);
    }
  }
}
