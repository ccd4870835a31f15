/** One line for each session that opens and for each that ends. */
import type { ServerEvents } from "../transport/session-registry.ts";
import type { Terminal } from "./terminal.ts";

/** Listeners for a server that write to stderr, with the time of day. */
export function sessionLog(terminal: Terminal): ServerEvents {
  return {
    onSession: ({ id, remoteAddress, format: { input, output } }) => {
      const rates =
        input.sample_rate === output.sample_rate
          ? `${input.sample_rate} Hz`
          : `${input.sample_rate} Hz in, ${output.sample_rate} Hz out`;
      terminal.note(`${timeOfDay()} opened ${shown(id)} from ${remoteAddress}: ${input.encoding}, ${rates}`);
    },
    onEnd: ({ id, stats }, reason) => {
      const dropped = stats.framesDropped > 0 ? `, ${stats.framesDropped} dropped` : "";
      const media = `${seconds(stats.receivedMs)} in, ${seconds(stats.sentMs)} out${dropped}`;
      terminal.note(`${timeOfDay()} ended  ${shown(id)} (${reason.kind}): ${media}`);
    },
  };
}

/** Ids come from clients: no escape sequences into the terminal, no lines of any length. */
function shown(id: string): string {
  const safe = id.replaceAll(/[^\x20-\x7e]/g, "?");
  return safe.length > 40 ? `${safe.slice(0, 37)}...` : safe;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function timeOfDay(): string {
  return new Date().toTimeString().slice(0, 8);
}
