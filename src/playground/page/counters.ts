/** The list of what is counted, each with its unit and a name that says what it means. */
import type { VoiceStats } from "../../browser.ts";
import type { NetworkReport } from "../threads/network-report.ts";
import { byId, make } from "./dom.ts";

type Count = readonly [
  name: string,
  textOf: (stats: VoiceStats, network: NetworkReport | undefined) => string,
];

const whole = (value: number) => Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");

const COUNTS: readonly Count[] = [
  ["Frames sent", ({ framesSent }) => whole(framesSent)],
  ["Frames received", ({ framesReceived }) => whole(framesReceived)],
  ["Lost on the way", (_, network) => whole(network?.lost ?? 0)],
  ["Came too late", ({ playout }) => whole(playout?.underruns ?? 0)],
  ["Silence meanwhile", ({ playout }) => `${whole(playout?.silentMs ?? 0)} ms`],
  ["Left out since", ({ playout }) => `${whole(playout?.skippedMs ?? 0)} ms`],
  ["Reconnected", ({ reconnects }) => whole(reconnects)],
  ["Lost before sending", ({ captureLostMs }) => `${whole(captureLostMs)} ms`],
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
    for (const [i, [, textOf]] of COUNTS.entries()) {
      const text = textOf(stats, network);
      if (this.#values[i]!.textContent !== text) this.#values[i]!.textContent = text;
    }
  }
}
