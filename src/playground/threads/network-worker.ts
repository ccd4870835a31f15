/**
 * The client's worker, with a bad network in front of its socket: the package's own file below, given a WebSocket of
 * ours. The network is in this file's address, as `createNetwork` takes it.
 */
import { createBrowserSocketFactory, type PlatformSocketClass } from "../../client/browser-socket.ts";
import { systemClock } from "../../core/clock.ts";
import { createNetwork } from "../../network/network.ts";
import type { NetworkProfile } from "../../network/profile.ts";
import { NETWORK_CHANNEL, type NetworkReport, REPORT_MS } from "./network-report.ts";
import { socketClassOf } from "./socket-class.ts";

// what the platform gives a worker and TypeScript's types for pages lack
declare function importScripts(url: string): void;

const asked = new URLSearchParams(location.search).get("network");
if (asked !== null) {
  const network = createNetwork(asked.startsWith("{") ? (JSON.parse(asked) as NetworkProfile) : asked);
  const platform = WebSocket as unknown as PlatformSocketClass;
  const factory = network.overSockets(createBrowserSocketFactory(platform), systemClock);
  Object.assign(globalThis, { WebSocket: socketClassOf(factory) });
  const channel = new BroadcastChannel(NETWORK_CHANNEL);
  setInterval(() => {
    const { up, down } = network.stats;
    const report: NetworkReport = {
      media: up.media + down.media,
      lost: up.lost + down.lost,
      reordered: up.reordered + down.reordered,
      duplicated: up.duplicated + down.duplicated,
    };
    channel.postMessage(report);
  }, REPORT_MS);
}
importScripts("client-worker.js");
