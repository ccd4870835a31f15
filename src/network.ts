/** `voxwire/network`: a network in a box, seeded and repeatable, for tests, trials and demonstrations; everywhere. */
export type { LinkStats, NetworkLink, NetworkLinks } from "./network/link.ts";
export {
  createNetwork,
  createNetworkPath,
  type Network,
  type NetworkOptions,
  type NetworkWay,
} from "./network/network.ts";
export { NEVER, type NetworkPath } from "./network/path.ts";
export { NETWORK_NAMES, type NetworkProfile, type NetworkTrace } from "./network/profile.ts";
export { parseNetwork } from "./network/trace-file.ts";
