/**
 * The session engine: carries frames to the handler and its audio back, in order, bounded in time, and contains whatever
 * the handler does.
 *
 * Frames go through the receive pump to the handler, what it emits through the emit pump to the output. A synchronous
 * handler is answered in the turn its frame arrived in: no promise, no timer, no copy but the one over the handler border.
 */
import { checkInteger } from "../core/check.ts";
import type { Clock } from "../core/clock.ts";
import type { SampleArray } from "../core/types.ts";
import { containedAbort } from "./contained-signal.ts";
import { EmitPump } from "./emit-pump.ts";
import { ExtraInput } from "./extra-input.ts";
import { outputJson } from "./extra-output.ts";
import type { EndReason, StreamHandler } from "./handler.ts";
import { enterHandler } from "./handler-calls.ts";
import { HandlerEvents } from "./handler-events.ts";
import { type HandlerFault, handlerFloods, handlerHangs, handlerThrew } from "./handler-faults.ts";
import { ReceivePump } from "./receive-pump.ts";
import { SESSION_STATS, SessionCounters } from "./session-counters.ts";
import type { SessionEvents, SessionGap } from "./session-events.ts";
import type { Session, SessionStats } from "./session-handle.ts";
import { SessionInput } from "./session-input.ts";
import { SessionOutput } from "./session-output.ts";
import { shutDown } from "./shut-down.ts";
import { statsView } from "./stats-view.ts";
import type { EngineSession, StreamSessionOptions } from "./stream-session.ts";
import { isThenable } from "./thenable.ts";
import { Waiters } from "./waiters.ts";
import { Watchdog } from "./watchdog.ts";
import { withTimeout } from "./with-timeout.ts";

/** Characters of a mark's name: what every protocol takes back. */
const MAX_MARK_LENGTH = 256;

const NOT_STARTED = Promise.resolve();

/** A session for one client. Throws `ERR_ARENA_FULL` where there is no memory left, with nothing taken. */
export function createStreamSession(options: StreamSessionOptions): EngineSession {
  return new SessionEngine(options);
}

class SessionEngine implements EngineSession, Session {
  endReason: EndReason | undefined;
  #isDraining = false;
  #isReady = false;
  /** Inside `receive`: the time is that of its audio, read once for both directions. */
  #isInTurn = false;
  readonly #clock: Clock;
  readonly #input: SessionInput;
  readonly #output: SessionOutput;
  readonly #msPerWireSample: number;
  readonly id: string;
  readonly outputRate: number;
  readonly params: Readonly<Record<string, string>>;
  readonly inputRate: number;
  readonly counters: SessionCounters;
  readonly #options: StreamSessionOptions;
  readonly #handler: StreamHandler<SampleArray>;
  readonly #receive: ReceivePump;
  readonly #emit: EmitPump;
  readonly #watch: Watchdog;
  readonly #events: HandlerEvents;
  readonly #extraInput = new ExtraInput();
  /** Both made when somebody asks for them. */
  #abort: AbortController | undefined;
  #stats: Readonly<SessionStats> | undefined;
  #started = NOT_STARTED;
  #ended: Promise<void> | undefined;
  readonly #drainWaiters = new Waiters();
  readonly #emptyWaiters = new Waiters();

  constructor(options: StreamSessionOptions) {
    const { dsp, clock, limits, handler, wireInput, wireOutput } = options;
    this.#options = options;
    this.#clock = clock;
    this.#handler = handler as StreamHandler<SampleArray>;
    this.id = options.id;
    this.params = options.params;
    this.#events = new HandlerEvents(this.#handler, this, (method, error) => this.#fail(method, error));
    this.inputRate = handler.inputRate ?? wireInput.sampleRate;
    this.outputRate = handler.outputRate ?? wireOutput.sampleRate;
    this.#msPerWireSample = 1000 / wireInput.sampleRate;
    this.#input = new SessionInput({
      dsp,
      handler,
      wireRate: wireInput.sampleRate,
      sampleRate: this.inputRate,
      frameSamples: samplesOf(handler.frameMs ?? wireInput.frameMs, this.inputRate),
      maxInputMs: limits.maxInputMs,
    });
    try {
      this.#output = new SessionOutput({
        dsp,
        clock,
        sink: options.sink,
        sampleRate: wireOutput.sampleRate,
        handlerRate: this.outputRate,
        frameSamples: samplesOf(wireOutput.frameMs, wireOutput.sampleRate),
        leadMs: limits.leadMs,
        maxOutputMs: limits.maxOutputMs,
        onDrained: () => this.#onDrained(),
        onFlood: () => this.#endWith(handlerFloods(limits)),
      });
    } catch (error) {
      this.#input.dispose();
      throw error;
    }
    this.#emit = new EmitPump(this.#handler, this, clock, (error) => this.#fail("emit", error));
    this.#watch = new Watchdog(clock, limits.handlerTimeoutMs, (method) =>
      this.#endWith(handlerHangs(method, limits)),
    );
    this.#receive = new ReceivePump({
      handler: this.#handler,
      session: this,
      input: this.#input,
      watch: this.#watch,
      emit: this.#emit,
      onError: (error) => this.#fail("receive", error),
    });
    this.#input.deliverTo(this.#receive);
    this.counters = new SessionCounters(this.#input, this.#receive, this.#output);
  }

  // --- the transport's side ---

  get session(): Session {
    return this;
  }

  get stats(): Readonly<SessionStats> {
    this.#stats ??= statsView<SessionStats>(this.counters, SESSION_STATS);
    return this.#stats;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = containedAbort((error) =>
        this.#options.logger.error("The handler failed in a listener on session.signal.", {
          session: this.id,
          error,
        }),
      );
      if (this.#ended !== undefined) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  open(): Promise<void> {
    // a client may leave before its session is opened; shutdown has run then
    if (this.endReason !== undefined) return this.#started;
    this.#started = this.#startUp();
    return this.#started;
  }

  receive(samples: Int16Array): void {
    if (this.endReason !== undefined || this.#isDraining) return;
    this.#output.pacer.received(this.#clock.now(), samples.length * this.#msPerWireSample);
    this.#isInTurn = true;
    this.#input.push(samples);
    this.#isInTurn = false;
  }

  skip(samples: number): void {
    if (this.endReason === undefined) this.#input.skip(samples);
  }

  markReturned(name: string): void {
    if (this.endReason !== undefined) return;
    this.#events.mark(name);
  }

  cleared(reportedMs: number | undefined, interrupts = false): void {
    if (this.endReason !== undefined) return;
    // where a clear of the handler's is on its way, what is queued has come after it and is meant to be heard
    if (interrupts && !this.#output.isClearing) this.clear();
    this.#events.cleared(this.#output.cleared(reportedMs, this.#now()));
  }

  dtmf(digit: string): void {
    if (this.endReason !== undefined) return;
    this.#events.dtmf(digit);
  }

  lost(): void {
    if (this.endReason !== undefined) return;
    this.#events.lost();
  }

  resumed(gap: SessionGap): void {
    if (this.endReason !== undefined) return;
    this.counters.resumes++;
    this.counters.lostInputMs += gap.lostInputMs;
    this.counters.lostOutputMs += gap.lostOutputMs;
    this.#output.resumed(gap.lostOutputMs, gap.replayedMs);
    this.#events.resumed(gap);
  }

  drain(): Promise<void> {
    return this.#drain(false);
  }

  end(reason: EndReason): Promise<void> {
    if (this.#ended === undefined) {
      this.endReason ??= reason;
      this.#receive.stop();
      this.#ended = this.#end();
      // last: it calls the handler's listeners at once, and they may find their way back here
      this.#abort?.abort();
    }
    return this.#ended;
  }

  // --- the handler's side ---

  send(samples: SampleArray, sampleRate = this.outputRate): boolean {
    if (this.endReason !== undefined) return false;
    return this.#output.push(samples, sampleRate, this.#now());
  }

  drained(): Promise<void> {
    // in a turn of its own: `for (;;) { send(…); await drained(); }` must not spin this one when the session has ended
    if (this.endReason !== undefined)
      return new Promise((resolve) => this.#options.clock.setImmediate(resolve));
    if (this.#output.wantsMore) return Promise.resolve();
    return this.#drainWaiters.wait();
  }

  clear(): void {
    if (this.endReason !== undefined) return;
    this.#emit.discard();
    this.#output.clear();
    this.#drainWaiters.release();
    // not now: a handler that clears its session before its own queue would be asked for what it is about to drop
    this.#emit.refillLater();
  }

  mark(name: string): void {
    if (this.endReason !== undefined) return;
    const text = String(name);
    checkInteger("name.length", text.length, 1, MAX_MARK_LENGTH);
    this.#output.mark(text);
  }

  get playedMs(): number {
    return this.#output.playedMs(this.#now());
  }

  get input(): readonly unknown[] {
    return this.#extraInput.values;
  }

  setInput(...values: unknown[]): void {
    if (this.endReason !== undefined) return;
    this.#extraInput.set(values);
    this.#events.input(this.input);
  }

  waitForInput(): Promise<readonly unknown[]> {
    if (this.endReason !== undefined) return Promise.resolve(this.input);
    this.#options.sink.sendInputRequest();
    return this.#extraInput.next();
  }

  output(value: unknown): void {
    if (this.endReason === undefined) this.#options.sink.sendOutput(outputJson(value));
  }

  on<K extends keyof SessionEvents>(event: K, listener: SessionEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  log(message: string): void {
    if (this.endReason === undefined) this.#options.sink.sendLog(String(message));
  }

  warn(message: string): void {
    if (this.endReason === undefined) this.#options.sink.sendWarning(String(message));
  }

  close(reason?: string): void {
    if (this.endReason !== undefined || this.#isDraining) return;
    // at once and in the handler's own stack: `session.close(error)` is written easily, and the way out takes only text
    const message = String(reason ?? "The handler closed the session.");
    void this.#drain(true).then(() => this.#finish({ kind: "closed", message }, 1000, message));
  }

  wake(): void {
    if (this.endReason === undefined && this.#isReady) this.#emit.wake();
  }

  /** For the emit pump: whether it may ask for more. */
  get wantsMore(): boolean {
    return this.endReason === undefined && !this.#isDraining && this.#isReady && this.#output.wantsMore;
  }

  // --- between ---

  async #startUp(): Promise<void> {
    try {
      if (this.#handler.startUp !== undefined) {
        enterHandler(this.id, "startUp");
        const pending = this.#handler.startUp(this);
        if (isThenable(pending)) {
          this.#watch.enter("startUp");
          await pending;
          this.#watch.leave();
        }
      }
    } catch (error) {
      this.#watch.leave();
      this.#fail("startUp", error);
      return;
    }
    if (this.endReason !== undefined) return;
    this.#isReady = true;
    this.#receive.start();
    this.#emit.pull();
  }

  #onDrained(): void {
    this.#drainWaiters.release();
    this.#emit.refill();
    if (this.#output.isEmpty) this.#emptyWaiters.release();
  }

  /** @param playsOut whether what is queued may take as long as it lasts; else `drainTimeoutMs` bounds the whole */
  async #drain(playsOut: boolean): Promise<void> {
    if (this.endReason !== undefined) return;
    this.#isDraining = true;
    this.#emit.stop();
    // what an emit that closes its session returns in this turn still counts
    await null;
    if (this.endReason !== undefined) return;
    const { clock, limits } = this.#options;
    this.#output.finish(clock.now());
    if (this.#output.isEmpty) return;
    const timeoutMs = limits.drainTimeoutMs + (playsOut ? this.#output.queuedMs : 0);
    await withTimeout(this.#emptyWaiters.wait(), timeoutMs, clock);
  }

  #now(): number {
    return this.#isInTurn ? this.#output.pacer.lastInputMs : this.#clock.now();
  }

  #fail(method: string, error: unknown): void {
    this.#endWith(handlerThrew(method, error));
  }

  #endWith({ reason, code, hint, facts }: HandlerFault): void {
    if (this.endReason !== undefined) return;
    const { logger, sink } = this.#options;
    logger.error(`${reason.message} Session ${this.id} ends.`, { session: this.id, ...facts });
    sink.sendError(code, reason.message, hint);
    this.#finish(reason, 1011, reason.message);
  }

  #finish(reason: EndReason, closeCode: number, text: string): void {
    if (this.endReason !== undefined) return;
    this.endReason = reason;
    this.#receive.stop();
    this.#options.sink.close(closeCode, text);
    void this.end(reason);
  }

  async #end(): Promise<void> {
    const { clock, limits } = this.#options;
    this.#isReady = false;
    this.#emit.stop();
    this.#watch.stop();
    this.#drainWaiters.release();
    this.#emptyWaiters.release();
    this.#extraInput.release();
    this.#events.clear();
    // the memory goes back in a turn of its own: this one may still be inside it
    await null;
    this.#input.dispose();
    this.#output.dispose();
    // startUp and shutdown never overlap; a startUp that hangs is left behind, one that has had its time at once
    if (this.endReason?.kind !== "handler-timeout")
      await withTimeout(this.#started, limits.handlerTimeoutMs, clock);
    await shutDown(this.#handler, this.endReason as EndReason, this.#options);
  }
}

function samplesOf(frameMs: number, sampleRate: number): number {
  return Math.max(1, Math.round((frameMs * sampleRate) / 1000));
}
