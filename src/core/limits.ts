/** Bounds of every queue and wait, with their defaults. All can be set; none can be switched off. */
import { checkNumber } from "./check.ts";

/** Bounds of one session. */
export interface SessionLimits {
  /** Audio that may wait for a busy handler; beyond it the oldest frame is dropped and counted. Default 500 ms. */
  maxInputMs: number;
  /** Audio that may wait to be sent; beyond it the handler has flooded and its session ends. Default 300,000 ms. */
  maxOutputMs: number;
  /** How far output may run ahead of the clock and of the input. Default 60 ms. */
  leadMs: number;
  /** How long `startUp` and one `receive` may take. Default 30,000 ms. */
  handlerTimeoutMs: number;
  /** How long `shutdown` may take before it is left behind. Default 5,000 ms. */
  shutdownTimeoutMs: number;
  /**
   * How long a server that closes waits for queued audio to leave; a handler's own `session.close()` waits for as long as
   * that audio lasts and for so long beyond. Default 5,000 ms.
   */
  drainTimeoutMs: number;
}

/** What holds where nothing is said. */
export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  maxInputMs: 500,
  maxOutputMs: 300_000,
  leadMs: 60,
  handlerTimeoutMs: 30_000,
  shutdownTimeoutMs: 5_000,
  drainTimeoutMs: 5_000,
};

/** The defaults with what `partial` sets, checked. */
export function sessionLimits(partial: Partial<SessionLimits> = {}): SessionLimits {
  const limits = { ...DEFAULT_SESSION_LIMITS, ...partial };
  checkNumber("maxInputMs", limits.maxInputMs, 20, 60_000);
  checkNumber("maxOutputMs", limits.maxOutputMs, 100, 3_600_000);
  checkNumber("leadMs", limits.leadMs, 0, 2_000);
  checkNumber("handlerTimeoutMs", limits.handlerTimeoutMs, 10, 3_600_000);
  checkNumber("shutdownTimeoutMs", limits.shutdownTimeoutMs, 10, 600_000);
  checkNumber("drainTimeoutMs", limits.drainTimeoutMs, 0, 600_000);
  return limits;
}
