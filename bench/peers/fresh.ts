/** Which peers a fresh process times. Imports nothing of ours. */
import type { Peers } from "../suite.ts";
import { createG711Peers } from "./g711.ts";
import { createMessagePeers } from "./message.ts";

/** The peers in plain JavaScript, by suite. */
export const FRESH_PEERS: Readonly<Record<string, () => Peers>> = {
  g711: createG711Peers,
  message: createMessagePeers,
};
