/** What `demo --network` reports: as JSON, and as text. */
import { isJitterRate, JITTER_RATES } from "../../stream/jitter/jitter-settings.ts";
import { count, milliseconds, rounded } from "../figures.ts";
import { describeNetwork, type NetworkFlags, networkFigures } from "../network-options.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import type { HeardEcho, NetworkDemo } from "./network-demo.ts";

/** Both recordings are kept in memory. */
const MAX_SECONDS = 600;

/** Whether a demo over a network can be had. @throws UsageError */
export function checkNetworkDemo(sampleRate: number, durationMs: number): void {
  if (!isJitterRate(sampleRate)) {
    throw new UsageError(
      `--network needs a wire of ${JITTER_RATES.join(", ")} Hz; this one has ${sampleRate}.`,
      "Write --rate 24000.",
    );
  }
  if (durationMs > MAX_SECONDS * 1000) {
    throw new UsageError(
      `--network takes ${MAX_SECONDS} seconds at most.`,
      `Write --seconds ${MAX_SECONDS}.`,
    );
  }
}

/** For `--json`. */
export function networkDemoFigures(demo: NetworkDemo, flags: NetworkFlags): object {
  const of = (heard: HeardEcho) => ({
    file: heard.file,
    distance: rounded(heard.distance),
    meanLagMs: rounded(heard.meanLagMs),
    maxLagMs: rounded(heard.maxLagMs),
    silentMs: rounded(heard.call.silentMs),
    jitter: heard.call.jitter ?? null,
    network: networkFigures(heard.call.network, flags),
  });
  return { before: of(demo.before), after: of(demo.after), plot: demo.plot };
}

/** For a person. */
export function printNetworkDemo(
  terminal: Terminal,
  { before, after, plot }: NetworkDemo,
  sampleRate: number,
): void {
  const line = (name: string, text: string) => terminal.print(`  ${name.padEnd(12)}${text}`);
  for (const text of describeNetwork(after.call.network)) line("network", text);
  const lag = ({ meanLagMs, maxLagMs }: HeardEcho) =>
    `${milliseconds(meanLagMs)} late on average, ${milliseconds(maxLagMs)} at most`;
  line(
    "before",
    `distance ${before.distance.toFixed(3)}; ${lag(before)}; ${milliseconds(before.call.silentMs)} of silence in speech`,
  );
  const { concealedSamples = 0, concealmentEvents = 0 } = after.call.jitter ?? {};
  const madeUp = milliseconds((concealedSamples * 1000) / sampleRate);
  line(
    "after",
    `distance ${after.distance.toFixed(3)}; ${lag(after)}; ${madeUp} made up in ${count(concealmentEvents)} holes`,
  );
  line("written", `${before.file}, ${after.file}, ${plot}`);
  terminal.print();
  terminal.print(
    "Before: played as it comes. After: through the jitter buffer, lost frames made up. Distance: the mean",
  );
  terminal.print(
    "difference in loudness over 18 Bark bands, 0 for the same sound, 1 for silence in its place.",
  );
}
