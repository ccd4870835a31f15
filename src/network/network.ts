/** A network in a box: seeded, repeatable, between a client and a server or in front of either. */
import type { SocketFactory } from "../client/client-socket.ts";
import { checkInteger, checkOneOf, show } from "../core/check.ts";
import type { Clock } from "../core/clock.ts";
import { ConfigError } from "../core/errors.ts";
import { expectOptions, type NamesOf } from "../core/option-names.ts";
import { checkProfile, checkTrace } from "./check-profile.ts";
import { type LinkStats, NetworkLink, type NetworkLinks } from "./link.ts";
import { socketsBehind } from "./network-socket.ts";
import { type NetworkPath, openPath } from "./path.ts";
import { NETWORK_NAMES, type NetworkProfile, type NetworkTrace, profileOf } from "./profile.ts";

/** Which way a network is in: from the client to the server, back, or both. */
export type NetworkWay = "up" | "down" | "both";

/** Options of `createNetwork`. */
export interface NetworkOptions {
  /** The same one gives the same fates, message by message. A whole number; default 1. */
  seed?: number;
  /** Default both. */
  way?: NetworkWay;
}

const NETWORK_OPTIONS: NamesOf<NetworkOptions> = { seed: 1, way: 1 };

/** A network that connections go through. */
export interface Network {
  /** The way or ways that it is in. */
  readonly way: NetworkWay;
  /** The links of one more connection. The n-th connection of a network meets the same fates in every run. */
  open(clock: Clock): NetworkLinks;
  /** Sockets of `factory` behind this network; `connect` does this with its option `network`. */
  overSockets(factory: SocketFactory, clock: Clock): SocketFactory;
  /** Counts of both ways, over all connections. */
  readonly stats: { readonly up: LinkStats; readonly down: LinkStats };
}

/**
 * Makes a network for the option `network` of `connect` and `serve`.
 * @param network a name (`NETWORK_NAMES`, and `iid7` or `loss12` for any percentage), or a network as data
 * @throws ConfigError `ERR_CONFIG`
 */
export function createNetwork(
  network: string | NetworkProfile | NetworkTrace,
  options: NetworkOptions = {},
): Network {
  return new ModelNetwork(shapeOf(network), options);
}

/**
 * One way of a network without a connection: when each message arrives, in virtual time, for tests and simulations.
 * @throws ConfigError `ERR_CONFIG`
 */
export function createNetworkPath(network: string | NetworkProfile | NetworkTrace, seed = 1): NetworkPath {
  return openPath(shapeOf(network), checkSeed(seed));
}

class ModelNetwork implements Network {
  readonly way: NetworkWay;
  readonly #shape: NetworkProfile | NetworkTrace;
  readonly #seed: number;
  readonly #links: { readonly up: NetworkLink[]; readonly down: NetworkLink[] } = { up: [], down: [] };
  #connections = 0;

  constructor(shape: NetworkProfile | NetworkTrace, given: NetworkOptions) {
    const options = expectOptions("createNetwork()", given, NETWORK_OPTIONS);
    this.#shape = shape;
    this.#seed = checkSeed(options.seed ?? 1);
    this.way = checkOneOf("way", options.way ?? "both", ["up", "down", "both"]);
  }

  open(clock: Clock): NetworkLinks {
    const first = this.#seed * 65_536 + 2 * this.#connections++;
    const link = (isIn: boolean, seed: number) =>
      isIn ? new NetworkLink(openPath(this.#shape, seed), clock) : undefined;
    const links = { up: link(this.way !== "down", first), down: link(this.way !== "up", first + 1) };
    keep(this.#links.up, links.up);
    keep(this.#links.down, links.down);
    return links;
  }

  overSockets(factory: SocketFactory, clock: Clock): SocketFactory {
    return socketsBehind(factory, (its) => this.open(its), clock);
  }

  get stats(): { readonly up: LinkStats; readonly down: LinkStats } {
    return { up: sumOf(this.#links.up), down: sumOf(this.#links.down) };
  }
}

/** Of so many connections the counts are kept: a network is for trying, and must not grow for ever all the same. */
const MAX_COUNTED = 1000;

function keep(links: NetworkLink[], link: NetworkLink | undefined): void {
  if (link === undefined) return;
  links.push(link);
  if (links.length > MAX_COUNTED) links.shift();
}

function sumOf(links: readonly NetworkLink[]): LinkStats {
  const sum = { media: 0, lost: 0, duplicated: 0, reordered: 0, others: 0, meanDelayMs: 0, maxDelayMs: 0 };
  let delayMs = 0;
  for (const { stats } of links) {
    sum.media += stats.media;
    sum.lost += stats.lost;
    sum.duplicated += stats.duplicated;
    sum.reordered += stats.reordered;
    sum.others += stats.others;
    sum.maxDelayMs = Math.max(sum.maxDelayMs, stats.maxDelayMs);
    delayMs += stats.meanDelayMs * (stats.media + stats.others - stats.lost);
  }
  const came = sum.media + sum.others - sum.lost;
  sum.meanDelayMs = came === 0 ? 0 : delayMs / came;
  return sum;
}

function shapeOf(network: unknown): NetworkProfile | NetworkTrace {
  if (typeof network !== "string") {
    const isTrace = typeof network === "object" && network !== null && "delaysMs" in network;
    return isTrace ? checkTrace(network) : checkProfile(network);
  }
  const profile = profileOf(network);
  if (profile !== undefined) return profile;
  throw new ConfigError(
    "ERR_CONFIG",
    `network is ${show(network)}; expected one of ${NETWORK_NAMES.join(", ")}.`,
    {
      hint: "iid7 or loss12 lose any percentage; or give a network as an object.",
    },
  );
}

function checkSeed(seed: unknown): number {
  return checkInteger("seed", seed, 0, 65_535);
}
