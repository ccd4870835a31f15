/** One run of a load against a fresh server. */
import type { Load } from "./load.ts";
import type { LoadPlan, LoadResult } from "./load-plan.ts";
import { type ServerKind, startServer } from "./server-process.ts";

/** What a run may say of its plan; the rest is usual. */
export type Trial = Pick<LoadPlan, "protocol" | "streams" | "seconds"> & Partial<LoadPlan>;

/** Time in which the engine compiles what is hot. */
const WARM_UP_SECONDS = 2;

/** Starts the server, runs the load, ends the server. */
export async function measured(load: Load, kind: ServerKind, trial: Trial): Promise<LoadResult> {
  const server = await startServer(kind);
  try {
    return await load({
      isClosedLoop: false,
      isVerified: kind.isExact,
      warmUpSeconds: WARM_UP_SECONDS,
      ...trial,
      host: server.host,
      port: server.port,
      path: kind.path(trial.protocol),
      serverPid: server.pid,
    });
  } finally {
    await server.stop();
  }
}
