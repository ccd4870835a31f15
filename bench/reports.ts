/** Parts of the benchmark that measure and print in a way of their own. */
import type { ReportOptions } from "./report-options.ts";

/** Prints its tables and returns what goes to the JSON file. Throws where ours is wrong. */
type Report = (options: ReportOptions) => Promise<unknown>;

/** Reports by name; each module is loaded only where it is needed. */
export const REPORTS: Readonly<Record<string, Report>> = {
  resample: async ({ effort, plotFolder, onRound }) =>
    plotFolder === undefined
      ? (await import("./resample/report.ts")).reportResampler(effort, onRound)
      : (await import("./plots/figures.ts")).plotResampler(plotFolder),
  convert: async ({ effort, minutes }) =>
    (await import("./convert.ts")).reportConversion(minutes, effort.rounds),
  server: async ({ effort, server, onRound }) =>
    (await import("./server/report.ts")).reportServer({ ...server, rounds: effort.rounds, onRound }),
  soak: async ({ minutes, server }) => {
    const { isQuick, streams } = server;
    const [first = isQuick ? 100 : 1000] = streams;
    const { reportSoak } = await import("./soak/report.ts");
    return reportSoak({ streams: first, minutes: isQuick ? 1 : Math.min(minutes, 10) });
  },
  faults: async ({ server }) =>
    (await import("./faults/report.ts")).reportFaults(server.isQuick, server.fault),
  workers: async ({ server }) => (await import("./server/workers.ts")).reportWorkers(server.isQuick),
  jitter: async ({ minutes }) => (await import("./voice/jitter-report.ts")).reportJitter(minutes),
  network: async ({ server, plotFolder, onRound }) =>
    (await import("./network.ts")).reportNetwork(server.isQuick ? 0.3 : 2, plotFolder, onRound),
  loop: async ({ server }) => (await import("./loop/report.ts")).reportLoop(server.isQuick ? 5 : 20),
  quality: async () => (await import("./quality.ts")).reportQuality(),
};
