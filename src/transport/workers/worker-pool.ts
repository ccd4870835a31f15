/** The workers of one server: which of them gets a session, and how they start and stop. */

import type { Clock } from "../../core/clock.ts";
import type { SessionLimits } from "../../core/limits.ts";
import type { Logger } from "../../core/logger.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { HandlerDefaults } from "../../stream/generator-handler.ts";
import type { HandlerMaker } from "../../stream/resolve-handler.ts";
import type { StreamSession, StreamSessionOptions } from "../../stream/stream-session.ts";
import { findModule } from "./handler-module.ts";
import { PieceScratch } from "./piece-scratch.ts";
import { RemoteHandler } from "./remote-handler.ts";
import type { HandlerModule, HandlerTraits } from "./worker-messages.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";
import type { WorkerOptions } from "./worker-options.ts";
import { WorkerSeat } from "./worker-seat.ts";

/** Ids that are remembered with their worker; beyond it the one not seen for longest is forgotten. */
const MAX_PINS = 10_000;

/** What the workers of a pool are run with. */
export interface WorkerPoolParts {
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dsp: Dsp;
}

/** One per server. */
export class WorkerPool {
  readonly #modules: HandlerModule[] = [];
  readonly #options: WorkerOptions;
  #seats: readonly WorkerSeat[] = [];
  #scratch: PieceScratch | undefined;
  /** Which worker an id was with: a client that comes back finds the same one. */
  readonly #pins = new Map<string, WorkerSeat>();
  #traits: readonly HandlerTraits[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Adds a module, before `start`. @returns what stands for its handlers @throws ConfigError for what is no module */
  readonly mount = (source: unknown, defaults: HandlerDefaults): HandlerMaker => {
    const index = this.#modules.push(findModule(source, defaults)) - 1;
    return () => new RemoteHandler(index, this.#traits[index]!);
  };

  /** Starts all workers. @throws VoxwireError `ERR_HANDLER`, `ERR_WORKER`, with none left running after `stop` */
  async start({ limits, clock, logger, dsp }: WorkerPoolParts): Promise<void> {
    const { count, maxHeapMb } = this.#options;
    this.#scratch = new PieceScratch(dsp);
    const parts = {
      modules: this.#modules,
      limits,
      clock,
      logger,
      scratch: this.#scratch,
      maxHeapMb,
    };
    this.#seats = Array.from({ length: count }, (_, index) => new WorkerSeat(index, parts));
    const [traits] = await Promise.all(this.#seats.map((seat) => seat.start()));
    this.#traits = traits ?? [];
  }

  /** Opens a session in a worker. @throws VoxwireError `ERR_WORKER`, `ERR_ARENA_FULL` */
  readonly createSession = (options: StreamSessionOptions): StreamSession => {
    const seat = this.#seatFor(options.id);
    const session = seat.open(options, (options.handler as unknown as RemoteHandler).module);
    this.#pin(options.id, seat);
    return session;
  };

  get metrics(): readonly WorkerMetrics[] {
    return this.#seats.map(({ metrics }) => metrics);
  }

  /** The server closes. */
  hurry(): void {
    for (const seat of this.#seats) seat.hurry();
  }

  /** Ends all workers. */
  async stop(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.stop()));
    this.#scratch?.dispose();
    this.#pins.clear();
  }

  #seatFor(id: string): WorkerSeat {
    const pinned = this.#pins.get(id);
    if (pinned?.isAlive === true) return pinned;
    return this.#seats.reduce((best, seat) => (isBetter(seat, best) ? seat : best));
  }

  #pin(id: string, seat: WorkerSeat): void {
    this.#pins.delete(id);
    this.#pins.set(id, seat);
    if (this.#pins.size > MAX_PINS) this.#pins.delete(this.#pins.keys().next().value as string);
  }
}

/** Ready before starting, starting before dead; then the one with fewer sessions. */
function isBetter(seat: WorkerSeat, best: WorkerSeat): boolean {
  if (seat.isReady !== best.isReady) return seat.isReady;
  if (seat.isAlive !== best.isAlive) return seat.isAlive;
  return seat.sessions < best.sessions;
}
