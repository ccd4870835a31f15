/** What the simulated network says to the page while it is in use. */

/** The BroadcastChannel that reports go through. */
export const NETWORK_CHANNEL = "voxwire-playground-network";
/** How often. */
export const REPORT_MS = 250;

/** Counts of audio messages, both ways together, since the call began. */
export interface NetworkReport {
  readonly media: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
}
