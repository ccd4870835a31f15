/** How many paced streams a server holds on its core: doubled until it fails, then bisected. */
import type { Load } from "./load.ts";
import { isValid } from "./load-plan.ts";
import type { ServerKind } from "./server-process.ts";
import { measured } from "./trial.ts";

export interface MostStreams {
  readonly streams: number;
  /** What kept it from more: the server, or a generator that was late itself. */
  readonly limit: "server" | "generator";
}

const FIRST = 100;
const MOST = 20_000;
/** To within a twentieth. */
const PRECISION = 1.05;
const SECONDS = 5;

/** The most streams whose 99th percentile stays below `p99Ms`, with nothing lost and nothing wrong. */
export async function findMostStreams(
  load: Load,
  kind: ServerKind,
  p99Ms: number,
  onTry: (streams: number) => void,
): Promise<MostStreams> {
  let limit: MostStreams["limit"] = "server";
  const holds = async (streams: number): Promise<boolean> => {
    onTry(streams);
    const result = await measured(load, kind, { protocol: "json", streams, seconds: SECONDS });
    const isHeld = result.latencyMs.p99 < p99Ms && result.lost === 0 && result.wrong === 0;
    if (isHeld) return true;
    // a generator that is late sees an echo that is late, whatever the server does
    limit = isValid(result) ? "server" : "generator";
    return false;
  };
  let held = 0;
  let tooMany = FIRST;
  while (tooMany <= MOST && (await holds(tooMany))) {
    held = tooMany;
    tooMany *= 2;
  }
  while (tooMany - held > 5 && tooMany / Math.max(1, held) > PRECISION) {
    const middle = Math.round((held + tooMany) / 2);
    if (await holds(middle)) held = middle;
    else tooMany = middle;
  }
  return { streams: held, limit };
}
