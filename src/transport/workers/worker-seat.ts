/** One of a server's workers: its thread, which is started anew when it dies, and the sessions that run in it. */
import { MessageChannel, Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { VoxwireError } from "../../core/errors.ts";
import type { SessionLimits } from "../../core/limits.ts";
import type { Logger } from "../../core/logger.ts";
import type { StreamSession, StreamSessionOptions } from "../../stream/stream-session.ts";
import { CLOSE_CODES } from "../protocol/close-codes.ts";
import type { PieceScratch } from "./piece-scratch.ts";
import { RemoteSession } from "./remote-session.ts";
import { fromCrossing } from "./thread-errors.ts";
import { createReadyList, MAX_SLOTS, ThreadLink } from "./thread-link.ts";
import { diedAtStart, loadsTooLong, noSlot, noWorker } from "./worker-faults.ts";
import type { FromWorker, HandlerModule, HandlerTraits, ToWorker, WorkerStart } from "./worker-messages.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/** Run from its sources, the server still starts what the build has made: loaders of TypeScript do not reach into threads. */
const ENTRY = import.meta.url.endsWith(".ts")
  ? new URL("../../../dist/transport/workers/worker-main.js", import.meta.url)
  : new URL("./worker-main.js", import.meta.url);

/** A worker that has been told to stop may take so long. */
const STOP_MS = 2000;
/** Waits before a worker is started again: none at first, then longer with each death, until one has lived for a minute. */
const FIRST_RESTART_MS = 250;
const LONGEST_RESTART_MS = 60_000;
const HEALTHY_AFTER_MS = 60_000;
/** How often a worker is asked for a sign of life. */
const WATCH_MS = 1000;

/** What all seats of a pool share. */
export interface SeatParts {
  readonly modules: readonly HandlerModule[];
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly scratch: PieceScratch;
  readonly maxHeapMb: number | undefined;
}

/** What became of a start. */
type Started = (traits: readonly HandlerTraits[] | VoxwireError) => void;

/** One worker's place. */
export class WorkerSeat {
  readonly index: number;
  readonly #parts: SeatParts;
  readonly #sessions = new Map<number, RemoteSession>();
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #worker: Worker | undefined;
  #link: ThreadLink<ToWorker, FromWorker> | undefined;
  #isReady = false;
  #isClosing = false;
  #isHurried = false;
  #restarts = 0;
  #stalls = 0;
  #maxStallMs = 0;
  #watchTimer: unknown;
  /** When the thread was last seen to look at what has come. */
  #seenMs = 0;
  #deathsInARow = 0;
  #startedMs = 0;
  #restartTimer: unknown;
  #lastError: unknown;
  #onStarted: Started | undefined;
  #onStopped: () => void = () => {};

  constructor(index: number, parts: SeatParts) {
    this.index = index;
    this.#parts = parts;
  }

  /** How many sessions it has. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Whether its handlers can be called. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether a thread runs or is being started. */
  get isAlive(): boolean {
    return this.#worker !== undefined;
  }

  get metrics(): WorkerMetrics {
    return {
      sessions: this.#sessions.size,
      isReady: this.#isReady,
      restarts: this.#restarts,
      stalls: this.#stalls,
      maxStallMs: this.#maxStallMs,
    };
  }

  /** Starts the thread; resolves with what its modules are like. @throws VoxwireError `ERR_HANDLER`, `ERR_WORKER` */
  start(): Promise<readonly HandlerTraits[]> {
    return new Promise((resolve, reject) => {
      const { clock, limits } = this.#parts;
      const { handlerTimeoutMs } = limits;
      const timer = clock.setTimer(() => this.#onStarted?.(loadsTooLong(handlerTimeoutMs)), handlerTimeoutMs);
      this.#onStarted = (result) => {
        clock.clearTimer(timer);
        this.#onStarted = undefined;
        if (result instanceof VoxwireError) reject(result);
        else resolve(result);
      };
      this.#spawn();
    });
  }

  /** Opens a session in the thread. @throws VoxwireError `ERR_WORKER`, `ERR_LIMIT_SESSIONS` */
  open(options: StreamSessionOptions, module: number): StreamSession {
    const link = this.#link;
    if (link === undefined) throw noWorker();
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    if (slot >= MAX_SLOTS) {
      this.#slots--;
      throw noSlot(MAX_SLOTS);
    }
    const session: RemoteSession = new RemoteSession({
      options,
      link,
      slot,
      module,
      scratch: this.#parts.scratch,
      onGone: () => {
        // a thread that was started since may have given the slot to another
        if (this.#sessions.get(slot) !== session) return;
        this.#sessions.delete(slot);
        this.#freeSlots.push(slot);
      },
    });
    this.#sessions.set(slot, session);
    return session;
  }

  /** The server closes: a thread that does not come back gets less time, and one that dies is not replaced. */
  hurry(): void {
    this.#isHurried = true;
    this.#parts.clock.clearTimer(this.#restartTimer);
  }

  /** Ends the thread; its sessions have ended. */
  async stop(): Promise<void> {
    const { clock } = this.#parts;
    this.#isClosing = true;
    clock.clearTimer(this.#restartTimer);
    clock.clearTimer(this.#watchTimer);
    const worker = this.#worker;
    if (worker === undefined) return;
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    this.#link?.post({ kind: "stop" });
    const timer = clock.setTimer(() => void worker.terminate(), STOP_MS);
    await stopped;
    clock.clearTimer(timer);
  }

  #spawn(): void {
    const { clock, limits, maxHeapMb, modules } = this.#parts;
    const { port1, port2 } = new MessageChannel();
    const toWorker = createReadyList();
    const fromWorker = createReadyList();
    const start: WorkerStart = {
      link: { port: port2, outbound: fromWorker, inbound: toWorker },
      modules,
      limits,
    };
    this.#startedMs = clock.now();
    this.#lastError = undefined;
    const worker = new Worker(ENTRY, {
      workerData: start,
      transferList: [port2],
      name: `voxwire-${this.index}`,
      ...(maxHeapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
    });
    this.#worker = worker;
    this.#link = new ThreadLink(
      { port: port1, outbound: toWorker, inbound: fromWorker },
      {
        onControl: (message) => this.#onControl(message),
        onAudio: (slot) => this.#sessions.get(slot)?.onAudio(),
      },
    );
    worker.on("error", (error) => {
      this.#lastError = error;
    });
    worker.on("exit", (code) => this.#onExit(code));
  }

  #onControl(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#isReady = true;
        this.#seenMs = this.#parts.clock.now();
        this.#watch();
        this.#onStarted?.(message.traits);
        break;
      case "stall":
        this.#stalls++;
        this.#maxStallMs = Math.max(this.#maxStallMs, message.maxStallMs);
        break;
      case "failed":
        this.#onFailed(fromCrossing(message.error));
        break;
      case "line":
        this.#parts.logger[message.level](message.message, message.facts);
        break;
      default:
        this.#sessions.get(message.slot)?.onReply(message, message.at);
    }
  }

  /** Ends a thread that does not come back: an endless loop stops nobody else. */
  #watch(): void {
    const { clock, limits, logger } = this.#parts;
    this.#watchTimer = clock.setTimer(() => {
      const nowMs = clock.now();
      if (this.#link?.probe() === true) this.#seenMs = nowMs;
      else if (
        nowMs - this.#seenMs >
        (this.#isHurried ? limits.shutdownTimeoutMs : limits.handlerTimeoutMs)
      ) {
        const heldMs = Math.round(nowMs - this.#seenMs);
        logger.error(`Worker ${this.index} has not come back for ${heldMs} ms; its thread is ended.`);
        void this.#worker?.terminate();
        return;
      }
      this.#watch();
    }, WATCH_MS);
  }

  #onFailed(error: Error): void {
    this.#lastError = error;
    if (error instanceof VoxwireError) this.#onStarted?.(error);
    void this.#worker?.terminate();
  }

  #onExit(exitCode: number): void {
    const { clock, logger } = this.#parts;
    clock.clearTimer(this.#watchTimer);
    // what it has said before it died
    this.#link?.pull();
    this.#link?.close();
    this.#link = undefined;
    this.#worker = undefined;
    this.#isReady = false;
    const error = this.#lastError;
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    this.#freeSlots.length = this.#slots = 0;
    if (this.#isClosing) {
      for (const session of sessions) lose(session, error);
      this.#onStopped();
      return;
    }
    if (this.#onStarted !== undefined) {
      this.#onStarted(diedAtStart(exitCode, error));
      return;
    }
    const hasLived = clock.now() - this.#startedMs >= HEALTHY_AFTER_MS;
    this.#deathsInARow = hasLived ? 1 : this.#deathsInARow + 1;
    const delayMs =
      this.#deathsInARow === 1
        ? 0
        : Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (this.#deathsInARow - 2));
    logger.error(
      `Worker ${this.index} has died with ${sessions.length} sessions; it is started again in ${delayMs} ms.`,
      { worker: this.index, exitCode, error },
    );
    if (!this.#isHurried) {
      this.#restartTimer = clock.setTimer(() => {
        this.#restarts++;
        this.#spawn();
      }, delayMs);
    }
    for (const session of sessions) lose(session, error);
  }
}

function lose(session: RemoteSession, error: unknown): void {
  const message = "The worker that ran this session's handler has died.";
  const hint = "Start a new session; the server's log has the reason.";
  session.lose(
    { kind: "worker-died", message, ...(error !== undefined && { error }) },
    "ERR_WORKER",
    hint,
    CLOSE_CODES.handlerFailed,
  );
}
