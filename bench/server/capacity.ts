/** How many paced streams a server holds on its core: doubled until it fails, then bisected. */
import type { Load } from "./load.ts";
import { FRAME_MS, isValid, type LoadResult } from "./load-plan.ts";
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

/** Whether so many streams are held. */
export type Criterion = (result: LoadResult, streams: number) => boolean;

/** The 99th percentile stays below `p99Ms`, with nothing lost and nothing wrong. */
export function inTime(p99Ms: number): Criterion {
  return ({ latencyMs, lost, wrong }) => latencyMs.p99 < p99Ms && lost === 0 && wrong === 0;
}

/** As many frames come back as are sent, however late: for a server that is late with a single stream already. */
export const keepsUp: Criterion = ({ framesPerSecond }, streams) =>
  framesPerSecond >= (0.98 * streams * 1000) / FRAME_MS;

/** The most streams that a server holds. */
export async function findMostStreams(
  load: Load,
  kind: ServerKind,
  isHeld: Criterion,
  onTry: (streams: number) => void,
): Promise<MostStreams> {
  let limit: MostStreams["limit"] = "server";
  const holds = async (streams: number): Promise<boolean> => {
    onTry(streams);
    const trial = { protocol: "json", streams, seconds: SECONDS } as const;
    const result = await measured(load, kind, trial);
    if (isHeld(result, streams)) return true;
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
