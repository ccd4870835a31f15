/**
 * A session's way out in time: what the handler gave is converted, queued, paced into wire frames and handed to the
 * transport. A frame that is due into an empty queue leaves in the same turn, without a copy or a timer.
 */
import type { Clock } from "../core/clock.ts";
import type { SampleArray } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import { conversionScratch } from "./conversion-scratch.ts";
import { OutputPath } from "./output-path.ts";
import { Pacer } from "./pacer.ts";
import { SampleQueue } from "./sample-queue.ts";
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
  readonly pacer: Pacer;
  /** Frames sent. */
  frames = 0;
  readonly #sink: SessionSink;
  readonly #sampleRate: number;
  readonly #frameSamples: number;
  readonly #leadSamples: number;
  readonly #msPerSample: number;
  /** Of the next frame: samples sent so far. */
  #timestamp = 0;
  #isDisposed = false;
  /** More than the lead was queued, and whoever waits for that to pass has not been told yet. */
  #isOverLead = false;
  /** Made with the first audio that has to wait: most sessions answer at once and never need it. */
  #queue: SampleQueue | undefined;
  /** Made where something has to be converted. */
  #path: OutputPath | undefined;
  #marks: { name: string; afterSamples: number }[] | undefined;
  // --- beyond this line nothing is touched while frames leave at once ---
  isArmed = false;
  slot = 0;
  next: WheelItem | null = null;
  dueMs = 0;
  /** The worst lateness of a frame against the pacer's plan. */
  maxLateMs = 0;
  readonly #options: SessionOutputOptions;
  readonly #wheel: TimerWheel;
  /** A frame's worth of what waited, on its way out. */
  #frame: Int16Array | undefined;
  #lastPushMs = 0;
  #nowMs = 0;
  /** What the client has dropped unheard, and what had been sent when it was last told to. */
  #droppedMs = 0;
  #clearedAtMs = 0;
  #clearsPending = 0;
  /** How far the client is behind the clock since it was sent the audio of a gap at once; until the output falls silent. */
  #behindMs = 0;
  #behindAnchorMs = 0;

  constructor(options: SessionOutputOptions) {
    const { clock, dsp, sampleRate, handlerRate, frameSamples, leadMs, sink } = options;
    this.#options = options;
    this.#sink = sink;
    this.#sampleRate = sampleRate;
    this.#frameSamples = frameSamples;
    this.#leadSamples = Math.floor((leadMs * sampleRate) / 1000);
    this.#msPerSample = 1000 / sampleRate;
    this.#wheel = wheelOf(clock);
    this.pacer = new Pacer(leadMs);
    // taken now: memory that is full must show when a session is made, and not in the middle of a call
    conversionScratch(dsp);
    if (sampleRate !== handlerRate) this.#path = this.#createPath();
  }

  /** Audio that waits for its time. */
  get queuedMs(): number {
    return this.#queuedSamples() * this.#msPerSample;
  }

  /** Audio sent so far. */
  get sentMs(): number {
    return this.#timestamp * this.#msPerSample;
  }

  /** Whether less than the lead is queued. */
  get wantsMore(): boolean {
    return this.#queue === undefined || this.#queue.length <= this.#leadSamples;
  }

  /** How much of what was sent has been heard: what leads the clock is still to be. */
  playedMs(nowMs: number): number {
    return Math.max(0, this.sentMs - this.#droppedMs - this.#aheadMs(nowMs));
  }

  /** Nothing waits, not even inside a resampler. */
  get isEmpty(): boolean {
    return this.#queuedSamples() === 0 && !this.#holdsRest();
  }

  /** Takes a handler's audio; returns whether less than the lead is queued. Throws for what is not audio. */
  push(samples: SampleArray, sampleRate: number, nowMs: number): boolean {
    if (this.#isDisposed) return false;
    if (sampleRate === this.#sampleRate && samples instanceof Int16Array && !this.#holdsRest())
      this.#take(samples, nowMs);
    else this.#convert(samples, sampleRate, nowMs);
    // it has left at once, as in an echo it does
    if (!this.#isOverLead && this.isEmpty) return true;
    this.#lastPushMs = nowMs;
    if (!this.wantsMore) this.#isOverLead = true;
    if (!this.isEmpty) this.#arm();
    // what waits was let go by this very call: those who wait for that are told in a turn of their own
    else if (this.#isOverLead) this.#wheel.add(this, nowMs);
    if (this.queuedMs > this.#options.maxOutputMs) this.#options.onFlood();
    return this.wantsMore;
  }

  /** Sends a mark once the audio before it has left. */
  mark(name: string): void {
    if (this.isEmpty) {
      this.#sink.sendMark(name);
      return;
    }
    this.#marks ??= [];
    const afterSamples = this.#timestamp + this.#queuedSamples() + (this.#path?.pendingSamples ?? 0);
    if (this.#marks.length < MAX_MARKS) this.#marks.push({ name, afterSamples });
    else this.#sink.sendLog(`Mark dropped: ${MAX_MARKS} wait already.`);
  }

  /** Drops what waits; marks that waited are sent, since what they waited for will not be heard. */
  clear(): void {
    if (this.#isDisposed) return;
    this.#path?.clear();
    this.#queue?.clear();
    this.#isOverLead = false;
    this.#clearsPending++;
    this.#clearedAtMs = this.sentMs;
    if (this.#sink.canClear) this.#droppedMs += this.#aheadMs(this.#options.clock.now());
    this.pacer.reset();
    this.#sink.sendClear();
    this.#sendMarks(Number.POSITIVE_INFINITY);
  }

  /** Whether a `clear` has been sent that has not been carried out, as far as is known. */
  get isClearing(): boolean {
    return this.#clearsPending > 0;
  }

  /** A `clear` has been carried out. @param playedMs in all, as the client says @returns the position: the client's word, else the clock's */
  cleared(playedMs: number | undefined, nowMs: number): number {
    const isAnswer = this.#clearsPending > 0;
    if (isAnswer) this.#clearsPending--;
    if (playedMs === undefined || this.#clearsPending > 0) {
      // what has been sent since is no part of what was cleared
      const heardMs = this.playedMs(nowMs);
      return isAnswer ? Math.min(heardMs, this.#clearedAtMs) : heardMs;
    }
    // one that the client cleared by itself has no point of reference but now
    const sentMs = isAnswer ? this.#clearedAtMs : this.sentMs - this.#aheadMs(nowMs);
    // the client's word, which may be any number: no more than was sent can have been heard
    const heardMs = Math.min(playedMs, isAnswer ? this.#clearedAtMs : this.sentMs);
    this.#droppedMs = Math.max(0, sentMs - heardMs);
    return heardMs;
  }

  /** The client is back: it has not heard `lostMs`, and begins to hear the `replayedMs` after that. It answers one clear at most. */
  resumed(lostMs: number, replayedMs: number): void {
    this.#droppedMs += lostMs;
    this.#clearsPending = Math.min(this.#clearsPending, 1);
    const { anchorMs, heardMs } = this.pacer;
    this.#behindAnchorMs = anchorMs;
    // nothing has been sent since a clear: then nothing of it is replayed either
    const isSilent = replayedMs === 0 || anchorMs === Number.NEGATIVE_INFINITY;
    this.#behindMs = isSilent ? 0 : Math.max(0, this.#options.clock.now() + replayedMs - heardMs);
  }

  /** Hands on what the resampler holds: no more will come. */
  finish(nowMs: number): void {
    if (this.#isDisposed) return;
    this.#nowMs = nowMs;
    this.#path?.flush();
    if (!this.isEmpty) this.#arm();
  }

  /** Sends what is due. */
  onDue(nowMs: number): void {
    if (this.#isDisposed) return;
    const lateMs = nowMs - this.dueMs;
    if (lateMs > this.maxLateMs) this.maxLateMs = lateMs;
    this.#sendWhole(nowMs);
    if (!this.isEmpty && this.#queuedSamples() < this.#frameSamples && nowMs >= this.#restDueMs())
      this.#sendRest(nowMs);
    if (this.isEmpty) this.#sendMarks(Number.POSITIVE_INFINITY);
    else this.#arm();
    if (this.#isOverLead ? this.wantsMore : this.isEmpty) {
      this.#isOverLead = false;
      this.#options.onDrained();
    }
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#wheel.remove(this);
    this.#path?.dispose();
    this.#queue?.clear();
    this.#marks = undefined;
  }

  #queuedSamples(): number {
    return this.#queue === undefined ? 0 : this.#queue.length;
  }

  #holdsRest(): boolean {
    return this.#path !== undefined && this.#path.holdsRest;
  }

  /** What has been sent and not yet been heard, by the clock. */
  #aheadMs(nowMs: number): number {
    const { anchorMs, heardMs } = this.pacer;
    if (this.#behindAnchorMs !== anchorMs) this.#behindMs = 0;
    return Math.max(0, heardMs + this.#behindMs - nowMs);
  }

  #convert(samples: SampleArray, sampleRate: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#path ??= this.#createPath();
    this.#path.push(samples, sampleRate);
  }

  #createPath(): OutputPath {
    const { dsp, sampleRate, handlerRate } = this.#options;
    return new OutputPath(dsp, sampleRate, handlerRate, (samples) => this.#take(samples, this.#nowMs));
  }

  #take(samples: Int16Array, nowMs: number): void {
    if (samples.length === this.#frameSamples && this.#queuedSamples() === 0 && this.pacer.mayLeave(nowMs)) {
      this.#send(samples);
      return;
    }
    this.#queue ??= new SampleQueue();
    this.#queue.push(samples);
    this.#sendWhole(nowMs);
  }

  #sendWhole(nowMs: number): void {
    const queue = this.#queue;
    if (queue === undefined) return;
    while (queue.length >= this.#frameSamples && this.pacer.mayLeave(nowMs)) {
      this.#frame ??= new Int16Array(this.#frameSamples);
      queue.take(this.#frame, this.#frameSamples);
      this.#send(this.#frame);
    }
  }

  /** The end of a talk spurt: less than a frame, and nothing followed it in time. */
  #sendRest(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#path?.flush();
    this.#sendWhole(nowMs);
    const queue = this.#queue;
    if (queue === undefined || queue.length === 0 || queue.length >= this.#frameSamples) return;
    this.pacer.mayLeave(nowMs);
    this.#frame ??= new Int16Array(this.#frameSamples);
    const n = queue.length;
    queue.take(this.#frame, n);
    this.#send(this.#frame.subarray(0, n));
  }

  /** Halfway through the lead: soon enough to be heard without a gap, late enough for the next piece to join. */
  #restDueMs(): number {
    const pauseMs = this.#holdsRest() ? RESAMPLER_REST_MS : this.#frameSamples * this.#msPerSample;
    return Math.max(this.pacer.heardMs - this.#options.leadMs / 2, this.#lastPushMs + pauseMs);
  }

  #arm(): void {
    const isWhole = this.#queuedSamples() >= this.#frameSamples;
    this.#wheel.add(this, isWhole ? this.pacer.dueMs : this.#restDueMs());
  }

  #send(samples: Int16Array): void {
    const n = samples.length;
    const timestamp = this.#timestamp;
    this.#timestamp = timestamp + n;
    this.pacer.sent(n * this.#msPerSample);
    this.#sink.sendAudio(samples, this.frames++, timestamp);
    if (this.#marks !== undefined) this.#sendMarks(this.#timestamp);
  }

  #sendMarks(sentSamples: number): void {
    const marks = this.#marks;
    if (marks === undefined) return;
    while (marks.length > 0 && marks[0]!.afterSamples <= sentSamples)
      this.#sink.sendMark(marks.shift()!.name);
    if (marks.length === 0) this.#marks = undefined;
  }
}
