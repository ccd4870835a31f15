/** What is told of a worker. */
/** What a worker is doing, for metrics. */
export interface WorkerMetrics {
  /** Its sessions now. */
  readonly sessions: number;
  /** False while its thread is being started. */
  readonly isReady: boolean;
  /** Times its thread has died and was started again. */
  readonly restarts: number;
  /** Times its event loop stood still for a quarter of a second or more (a handler that computes), and the longest. */
  readonly stalls: number;
  readonly maxStallMs: number;
}
