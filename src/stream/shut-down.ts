/** The last call into a handler. */
import type { SampleArray } from "../core/types.ts";
import type { EndReason, StreamHandler } from "./handler.ts";
import { enterHandler } from "./handler-calls.ts";
import type { StreamSessionOptions } from "./stream-session.ts";
import { isThenable } from "./thenable.ts";
import { withTimeout } from "./with-timeout.ts";

/** Calls `shutdown`, and waits for it as long as it may take. What it throws is logged; never rejects. */
export async function shutDown(
  handler: StreamHandler<SampleArray>,
  reason: EndReason,
  { id, clock, limits, logger }: StreamSessionOptions,
): Promise<void> {
  const { shutdownTimeoutMs } = limits;
  try {
    if (handler.shutdown === undefined) return;
    enterHandler(id, "shutdown");
    const pending = handler.shutdown(reason);
    if (isThenable(pending) && !(await withTimeout(pending, shutdownTimeoutMs, clock)))
      logger.error(`The handler's shutdown() did not finish within ${shutdownTimeoutMs} ms; left behind.`, {
        session: id,
      });
  } catch (error) {
    logger.error("The handler failed in shutdown().", { session: id, error });
  }
}
