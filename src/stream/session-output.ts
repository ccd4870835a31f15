/**
 * A session's way out in time: what the handler gave is converted, queued, paced into wire frames and handed to the
 * transport. A frame that is due into an empty queue leaves in the same turn, without a copy or a timer.
 */
import type { Clock } from "../core/clock.ts";
import type { SampleArray } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import { OutputPath } from "./output-path.ts";
import { Pacer } from "./pacer.ts";
import { SampleQueue } from "./sample-queue.ts";
import type { SessionStats } from "./session-handle.ts";
import type { SessionSink } from "./session-sink.ts";
import { type TimerWheel, type WheelItem, wheelOf } from "./timer-wheel.ts";

/**
 * How long a resampler keeps its rest when nothing follows: as long as the pacer takes an output for not yet silent. A
 * stream in real time comes with jitter; a resampler flushed and begun anew between two of its pieces would click.
 */
const RESAMPLER_REST_MS = 60;
/** Marks that may wait for the audio before them. */
const MAX_MARKS = 256;

/** What the way out is made of. */
export interface SessionOutputOptions {
  dsp: Dsp;
  clock: Clock;
  sink: SessionSink;
  stats: SessionStats;
  /** Hz on the wire. */
  sampleRate: number;
  /** Hz of what the handler sends, unless it says otherwise. */
  handlerRate: number;
  /** Samples of a wire frame. */
  frameSamples: number;
  leadMs: number;
  maxOutputMs: number;
  /** Less than the lead is queued again. */
  onDrained(): void;
  /** More than `maxOutputMs` is queued. */
  onFlood(): void;
}

/** Paces one session's output. */
export class SessionOutput implements WheelItem {
  dueMs = 0;
  isArmed = false;
  slot = 0;
  next: WheelItem | null = null;
  readonly pacer: Pacer;
  readonly #options: SessionOutputOptions;
  readonly #wheel: TimerWheel;
  readonly #path: OutputPath;
  readonly #queue = new SampleQueue();
  readonly #frame: Int16Array;
  readonly #msPerSample: number;
  #marks: { name: string; afterSamples: number }[] = [];
  #queuedSamples = 0;
  #sequence = 0;
  #timestamp = 0;
  #lastPushMs = 0;
  /** More than the lead was queued, and whoever waits for that to pass has not been told yet. */
  #isOverLead = false;
  #nowMs = 0;
  /** What the client has dropped unheard, and what had been sent when it was last told to. */
  #droppedMs = 0;
  #clearedAtMs = 0;
  #clearsPending = 0;
  #isDisposed = false;

  constructor(options: SessionOutputOptions) {
    this.#options = options;
    this.#wheel = wheelOf(options.clock);
    this.pacer = new Pacer(options.leadMs);
    this.#frame = new Int16Array(options.frameSamples);
    this.#msPerSample = 1000 / options.sampleRate;
    const { dsp, sampleRate, handlerRate } = options;
    this.#path = new OutputPath(dsp, sampleRate, handlerRate, (samples) => this.#take(samples));
  }

  /** Audio that waits for its time. */
  get queuedMs(): number {
    return this.#queue.length * this.#msPerSample;
  }

  /** How much of what was sent has been heard: what leads the clock is still to be. */
  playedMs(nowMs: number): number {
    return Math.max(0, this.#options.stats.sentMs - this.#droppedMs - this.#aheadMs(nowMs));
  }

  /** Nothing waits, not even inside a resampler. */
  get isEmpty(): boolean {
    return this.#queue.length === 0 && !this.#path.holdsRest;
  }

  /** Takes a handler's audio; returns whether less than the lead is queued. Throws for what is not audio. */
  push(samples: SampleArray, sampleRate: number, nowMs: number): boolean {
    if (this.#isDisposed) return false;
    this.#nowMs = nowMs;
    this.#lastPushMs = nowMs;
    this.#path.push(samples, sampleRate);
    const queuedMs = this.queuedMs;
    if (queuedMs > this.#options.leadMs) this.#isOverLead = true;
    if (!this.isEmpty) this.#arm();
    // what waits was let go by this very call: those who wait for that are told in a turn of their own
    else if (this.#isOverLead) this.#wheel.add(this, nowMs);
    this.#options.stats.outputQueuedMs = queuedMs;
    if (queuedMs > this.#options.maxOutputMs) this.#options.onFlood();
    return queuedMs <= this.#options.leadMs;
  }

  /** Sends a mark once the audio before it has left. */
  mark(name: string): void {
    if (this.isEmpty) this.#options.sink.sendMark(name);
    else if (this.#marks.length < MAX_MARKS)
      this.#marks.push({ name, afterSamples: this.#queuedSamples + this.#path.pendingSamples });
    else this.#options.sink.sendLog(`Mark dropped: ${MAX_MARKS} wait already.`);
  }

  /** Drops what waits; marks that waited are sent, since what they waited for will not be heard. */
  clear(): void {
    if (this.#isDisposed) return;
    this.#path.clear();
    this.#queue.clear();
    const { clock, sink, stats } = this.#options;
    stats.outputQueuedMs = 0;
    this.#isOverLead = false;
    this.#clearsPending++;
    this.#clearedAtMs = stats.sentMs;
    if (sink.canClear) this.#droppedMs += this.#aheadMs(clock.now());
    this.pacer.reset();
    sink.sendClear();
    this.#sendMarks(Number.POSITIVE_INFINITY);
  }

  /** A `clear` has been carried out. @param playedMs in all, as the client says @returns the position: the client's word, else the clock's */
  cleared(playedMs: number | undefined, nowMs: number): number {
    const isAnswer = this.#clearsPending > 0;
    if (isAnswer) this.#clearsPending--;
    if (playedMs === undefined || this.#clearsPending > 0) return this.playedMs(nowMs);
    // one that the client cleared by itself has no point of reference but now
    const sentMs = isAnswer ? this.#clearedAtMs : this.#options.stats.sentMs - this.#aheadMs(nowMs);
    this.#droppedMs = Math.max(0, sentMs - playedMs);
    return playedMs;
  }

  /** The client is back, and has not heard `lostMs`. Where it has not answered a clear, it is told again. */
  resumed(lostMs: number): void {
    this.#droppedMs += lostMs;
    if (this.#clearsPending === 0) return;
    this.#clearsPending = 1;
    this.#options.sink.sendClear();
  }

  /** Hands on what the resampler holds: no more will come. */
  finish(nowMs: number): void {
    if (this.#isDisposed) return;
    this.#nowMs = nowMs;
    this.#path.flush();
    if (!this.isEmpty) this.#arm();
  }

  /** Sends what is due. */
  onDue(nowMs: number): void {
    if (this.#isDisposed) return;
    this.#nowMs = nowMs;
    const lateMs = nowMs - this.dueMs;
    if (lateMs > this.#options.stats.maxLateMs) this.#options.stats.maxLateMs = lateMs;
    this.#sendWhole();
    if (!this.isEmpty && this.#queue.length < this.#frame.length && nowMs >= this.#restDueMs())
      this.#sendRest();
    if (this.isEmpty) this.#sendMarks(Number.POSITIVE_INFINITY);
    else this.#arm();
    this.#options.stats.outputQueuedMs = this.queuedMs;
    if (this.#isOverLead ? this.queuedMs <= this.#options.leadMs : this.isEmpty) {
      this.#isOverLead = false;
      this.#options.onDrained();
    }
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#wheel.remove(this);
    this.#path.dispose();
    this.#queue.clear();
    this.#marks = [];
  }

  /** What has been sent and not yet been heard, by the clock. */
  #aheadMs(nowMs: number): number {
    return Math.max(0, this.pacer.heardMs - nowMs);
  }

  #take(samples: Int16Array): void {
    this.#queuedSamples += samples.length;
    if (
      this.#queue.length === 0 &&
      samples.length === this.#frame.length &&
      this.pacer.mayLeave(this.#nowMs)
    ) {
      this.#send(samples);
      return;
    }
    this.#queue.push(samples);
    this.#sendWhole();
  }

  #sendWhole(): void {
    const frame = this.#frame;
    while (this.#queue.length >= frame.length && this.pacer.mayLeave(this.#nowMs)) {
      this.#queue.take(frame, frame.length);
      this.#send(frame);
    }
  }

  /** The end of a talk spurt: less than a frame, and nothing followed it in time. */
  #sendRest(): void {
    this.#path.flush();
    this.#sendWhole();
    const n = this.#queue.length;
    if (n === 0 || n >= this.#frame.length) return;
    this.pacer.mayLeave(this.#nowMs);
    this.#queue.take(this.#frame, n);
    this.#send(this.#frame.subarray(0, n));
  }

  /** Halfway through the lead: soon enough to be heard without a gap, late enough for the next piece to join. */
  #restDueMs(): number {
    const pauseMs = this.#path.holdsRest ? RESAMPLER_REST_MS : this.#frame.length * this.#msPerSample;
    return Math.max(this.pacer.heardMs - this.#options.leadMs / 2, this.#lastPushMs + pauseMs);
  }

  #arm(): void {
    const isWhole = this.#queue.length >= this.#frame.length;
    this.#wheel.add(this, isWhole ? this.pacer.dueMs : this.#restDueMs());
  }

  #send(samples: Int16Array): void {
    const { sink, stats } = this.#options;
    const durationMs = samples.length * this.#msPerSample;
    this.pacer.sent(durationMs);
    sink.sendAudio(samples, this.#sequence++, this.#timestamp);
    this.#timestamp += samples.length;
    stats.framesSent++;
    stats.sentMs += durationMs;
    if (this.#marks.length > 0) this.#sendMarks(this.#queuedSamples - this.#queue.length);
  }

  #sendMarks(sentSamples: number): void {
    while (this.#marks.length > 0 && this.#marks[0]!.afterSamples <= sentSamples) {
      this.#options.sink.sendMark(this.#marks.shift()!.name);
    }
  }
}
