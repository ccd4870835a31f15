/** `npm run bench -- network`: codecs and frame lengths, as `voxwire bench network` measures them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  benchNetwork,
  NETWORK_BENCH_NOTES,
  networkPlot,
  networkTable,
} from "../src/cli/bench/network-bench.ts";

/** Prints the table. @param plotFolder where the plot goes, where one is wanted */
export async function reportNetwork(
  seconds: number,
  plotFolder: string | undefined,
  onCall: (name: string, index: number) => void,
): Promise<unknown> {
  const figures = await benchNetwork({ seconds, signal: new AbortController().signal, onCall });
  console.log(`\n${networkTable(figures).join("\n")}\n\n${NETWORK_BENCH_NOTES.join("\n")}`);
  if (plotFolder !== undefined) {
    mkdirSync(plotFolder, { recursive: true });
    writeFileSync(join(plotFolder, "network.svg"), networkPlot(figures, "frame lengths over loopback"));
  }
  return figures;
}
