/** A worker's own side: loads the handlers' modules, and runs the sessions that it is given. */
import { systemClock } from "../../core/clock.ts";
import type { Logger } from "../../core/logger.ts";
import { type Dsp, loadDspSync } from "../../dsp/node-dsp.ts";
import { createStreamSession } from "../../stream/create-session.ts";
import { handlerThrew } from "../../stream/handler-faults.ts";
import type { HandlerMaker } from "../../stream/resolve-handler.ts";
import { StallMonitor } from "../../stream/stall-monitor.ts";
import type { EngineSession } from "../../stream/stream-session.ts";
import { crossingReason } from "./crossing-reason.ts";
import { loadModule } from "./handler-module.ts";
import { HostedSession } from "./hosted-session.ts";
import { PieceScratch } from "./piece-scratch.ts";
import { toCrossing } from "./thread-errors.ts";
import { ThreadLink } from "./thread-link.ts";
import type { FromWorker, HandlerTraits, OpenCall, ToWorker, WorkerStart } from "./worker-messages.ts";
import { WorkerSink } from "./worker-sink.ts";

/** Runs one worker. */
export class WorkerHost {
  readonly #start: WorkerStart;
  readonly #dsp: Dsp = loadDspSync();
  readonly #scratch = new PieceScratch(this.#dsp);
  readonly #link: ThreadLink<FromWorker, ToWorker>;
  readonly #sessions = new Map<number, HostedSession>();
  readonly #onStop: () => void;
  #makers: readonly HandlerMaker[] = [];
  /** What has come while the modules load. */
  #early: ToWorker[] | undefined = [];

  /** @param onStop the server has closed */
  constructor(start: WorkerStart, onStop: () => void) {
    this.#start = start;
    this.#onStop = onStop;
    const monitor: StallMonitor = new StallMonitor(
      systemClock,
      {
        ...this.#logger,
        warn: (message, facts) => {
          this.#logger.warn(message, facts);
          this.#link.post({ kind: "stall", maxStallMs: monitor.maxStallMs });
        },
      },
      "every session of this worker",
    );
    this.#link = new ThreadLink(start.link, {
      onControl: (message) => this.#onControl(message),
      onAudio: (slot) => this.#sessions.get(slot)?.onAudio(),
    });
  }

  /** Loads the modules and says so, or what is wrong. Never rejects. */
  async load(): Promise<void> {
    try {
      this.#makers = await Promise.all(this.#start.modules.map(loadModule));
      this.#link.post({ kind: "ready", traits: this.#makers.map(traitsOf) });
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const message of early) this.#onControl(message);
    } catch (error) {
      this.#link.post({ kind: "failed", error: toCrossing(error) });
    }
  }

  #onControl(message: ToWorker): void {
    if (this.#early !== undefined && message.kind !== "stop") {
      this.#early.push(message);
      return;
    }
    switch (message.kind) {
      case "open":
        this.#open(message);
        break;
      case "stop":
        this.#onStop();
        break;
      default:
        this.#sessions.get(message.slot)?.onCall(message, message.at);
    }
  }

  #open(call: OpenCall): void {
    const { slot, id, params, wireInput, wireOutput } = call;
    let session: EngineSession | undefined;
    const sink = new WorkerSink(this.#link, call, () => session?.endReason);
    try {
      session = createStreamSession({
        dsp: this.#dsp,
        clock: systemClock,
        limits: this.#start.limits,
        logger: this.#logger,
        id,
        params,
        handler: this.#makers[call.module]!(),
        wireInput,
        wireOutput,
        sink,
      });
    } catch (error) {
      const { reason, code, hint } = handlerThrew("(the handler could not be made)", error);
      this.#logger.error(reason.message, { session: id, error });
      sink.sendError(code, reason.message, hint);
      sink.post({ kind: "close", closeCode: 1011, text: reason.message, reason: crossingReason(reason) });
      sink.post({ kind: "ended", reason: crossingReason(reason) });
      return;
    }
    const onGone = (): void => void this.#sessions.delete(slot);
    const parts = { call, link: this.#link, session, sink, scratch: this.#scratch, onGone };
    const hosted = new HostedSession(parts);
    this.#sessions.set(slot, hosted);
    hosted.open();
  }

  readonly #logger: Logger = {
    info: (message, facts) => this.#line("info", message, facts),
    warn: (message, facts) => this.#line("warn", message, facts),
    error: (message, facts) => this.#line("error", message, facts),
  };

  #line(level: "info" | "warn" | "error", message: string, facts: object | undefined): void {
    const crossing = Object.entries(facts ?? {}).map(([name, value]) => [
      name,
      typeof value === "string" || typeof value === "number" ? value : toCrossing(value),
    ]);
    this.#link.post({ kind: "line", level, message, facts: facts && Object.fromEntries(crossing) });
  }
}

function traitsOf(make: HandlerMaker): HandlerTraits {
  const { inputRate, outputRate, frameMs, sampleFormat } = make();
  return { inputRate, outputRate, frameMs, sampleFormat };
}
