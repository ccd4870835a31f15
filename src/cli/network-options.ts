/** `--network` and `--network-seed`: a bad network for trying, by its name or from a file. */
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { createNetwork, type Network, type NetworkWay } from "../network/network.ts";
import { NETWORK_NAMES, profileOf } from "../network/profile.ts";
import { parseNetwork } from "../network/trace-file.ts";
import { readInteger } from "./arguments.ts";
import { rounded } from "./figures.ts";
import { UsageError } from "./usage-error.ts";

/** The options as they were given. */
export interface NetworkFlags {
  readonly network?: string;
  readonly networkSeed?: number;
}

/** Adds the two options to a command. */
export function addNetworkOptions(command: Command, what: string): Command {
  return command
    .addOption(
      new Option(
        "--network <name|file>",
        `${what}: ${NETWORK_NAMES.join(", ")}, or a file (docs/network.md)`,
      ),
    )
    .addOption(
      new Option("--network-seed <n>", "another run of the same network (default: 1)").argParser(
        readInteger("--network-seed", 0, 65_535),
      ),
    );
}

/** The network that was asked for, or undefined. @throws UsageError for a name or file that is none */
export async function networkOf(flags: NetworkFlags, way: NetworkWay = "both"): Promise<Network | undefined> {
  const { network: name, networkSeed } = flags;
  if (name === undefined) {
    if (networkSeed === undefined) return undefined;
    throw new UsageError(
      "--network-seed stands without --network.",
      `Write --network ${NETWORK_NAMES[1]} as well.`,
    );
  }
  const options = { way, ...(networkSeed !== undefined && { seed: networkSeed }) };
  if (profileOf(name) !== undefined) return createNetwork(name, options);
  const text = await readText(name);
  try {
    return createNetwork(parseNetwork(text), options);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new UsageError(`--network ${name}: ${cause.message}`, cause.hint, cause);
  }
}

/** What a network did, as `--json` prints it. */
export function networkFigures(network: Network, { network: name, networkSeed = 1 }: NetworkFlags): object {
  const { up, down } = network.stats;
  const of = (stats: typeof up) => ({
    ...stats,
    meanDelayMs: rounded(stats.meanDelayMs),
    maxDelayMs: rounded(stats.maxDelayMs),
  });
  return { name, seed: networkSeed, way: network.way, up: of(up), down: of(down) };
}

/** The same in words, one line for each way. */
export function describeNetwork(network: Network): string[] {
  const { up, down } = network.stats;
  return (
    [
      ["up", up],
      ["down", down],
    ] as const
  )
    .filter(([, { media, others }]) => media + others > 0)
    .map(([way, { media, lost, reordered, duplicated, meanDelayMs, maxDelayMs }]) => {
      const odd = [
        lost > 0 && `${lost} lost`,
        reordered > 0 && `${reordered} out of order`,
        duplicated > 0 && `${duplicated} twice`,
      ];
      const what = odd.filter((text) => text !== false).join(", ");
      return `${way}: ${media} frames, ${what === "" ? "none lost" : what}; delay ${meanDelayMs.toFixed(0)} ms on average, ${maxDelayMs.toFixed(0)} at most`;
    });
}

async function readText(name: string): Promise<string> {
  try {
    return await readFile(name, "utf8");
  } catch (cause) {
    const meant = nearest(name, NETWORK_NAMES);
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const what = isMissing ? "is neither a network nor a file" : `cannot be read: ${String(cause)}`;
    throw new UsageError(
      `--network ${JSON.stringify(name)} ${what}.`,
      meant === undefined ? `Networks are ${NETWORK_NAMES.join(", ")}.` : `Did you mean ${meant}?`,
      cause,
    );
  }
}
