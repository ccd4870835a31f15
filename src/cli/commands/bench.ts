/** `voxwire bench network`: codecs and frame lengths side by side. */
import { writeFile } from "node:fs/promises";
import { Argument, Command, Option } from "commander";
import type { Network } from "../../network/network.ts";
import { readNumber } from "../arguments.ts";
import { benchNetwork, NETWORK_BENCH_NOTES, networkPlot, networkTable } from "../bench/network-bench.ts";
import type { CliContext } from "../context.ts";
import { checkPlace } from "../file-arguments.ts";
import { Interrupted, Interruption } from "../interruption.ts";
import { addNetworkOptions, type NetworkFlags, networkOf } from "../network-options.ts";
import { startProgress } from "../progress.ts";

interface BenchFlags extends NetworkFlags {
  seconds: number;
  plot?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  voxwire bench network                                 every codec at 10 to 100 ms, a minute in all
  voxwire bench network --network wifi --seconds 10     with a bad way back
  voxwire bench network --plot chunks.svg`;

/** The command, to be added to the program. */
export function benchCommand(context: CliContext): Command {
  const command = new Command("bench")
    .description("what codecs and frame lengths cost: bytes, packets, processor time, delay")
    .addArgument(new Argument("<suite>", "what to measure").choices(["network"]))
    .addOption(
      new Option("--seconds <s>", "length of each call")
        .argParser(readNumber("--seconds", 0.2, 3600, "seconds"))
        .default(2),
    )
    .option("--plot <file>", "write a plot as SVG");
  return addNetworkOptions(command, "a bad network on the way back")
    .option("--json", "print the figures as JSON")
    .addHelpText("after", EXAMPLES)
    .action((_suite: string, flags: BenchFlags) => runBench(flags, context));
}

async function runBench(flags: BenchFlags, { terminal }: CliContext): Promise<void> {
  if (flags.plot !== undefined) await checkPlace(flags.plot);
  const isBad = (await networkOf(flags, "down")) !== undefined;
  const interruption = new Interruption();
  const progress = startProgress(terminal, "calling");
  const open = { openNetwork: async () => (await networkOf(flags, "down")) as Network };
  try {
    const figures = await benchNetwork({
      seconds: flags.seconds,
      ...(isBad && open),
      signal: interruption.signal,
      onCall: (name, index, count) => progress.update(index / count, name),
    });
    progress.stop();
    const over = flags.network ?? "loopback";
    if (flags.plot !== undefined)
      await writeFile(flags.plot, networkPlot(figures, `frame lengths over ${over}`));
    if (flags.json === true) {
      terminal.printJson({ network: over, seconds: flags.seconds, calls: figures });
      return;
    }
    for (const line of networkTable(figures)) terminal.print(line);
    terminal.print();
    for (const line of NETWORK_BENCH_NOTES) terminal.print(line);
    if (flags.plot !== undefined) terminal.print(`Written: ${flags.plot}`);
  } catch (error) {
    if (interruption.signal.aborted) throw new Interrupted();
    throw error;
  } finally {
    progress.stop();
    interruption.dispose();
  }
}
