/** The feeding end of a speaker, in the client's worker: received frames -> the context's rate -> the playout's link. */
import type { Clock } from "../../core/clock.ts";
import type { AudioFrame } from "../../core/types.ts";
import type { ClientDsp, ClientResampler } from "../../dsp/client-dsp.ts";
import type { FrameSink } from "../frame-sink.ts";
import type { ReceiveQueueListener } from "../receive-queue.ts";
import { PlayedPositions } from "./played-positions.ts";
import { PlayoutControl } from "./playout-control.ts";
import { CONTROL, STATUS } from "./playout-fields.ts";
import type { LinkProducer } from "./sample-link.ts";

/** What a sink is made of. */
export interface SpeakerSinkParts {
  dsp: ClientDsp;
  clock: Clock;
  link: LinkProducer;
  /** Hz of the context. */
  sampleRate: number;
  /** Audio that waits beyond a frame before it is played, so that small delays are not heard. */
  marginMs: number;
  /** Audio that may wait before some is skipped. */
  mostMs: number;
  listener: ReceiveQueueListener;
}

/** What a playout counts. Durations in ms. */
export interface PlayoutStats {
  readonly waitingMs: number;
  /** The least that waited in the latest half second: what was to spare. */
  readonly spareMs: number;
  readonly marginMs: number;
  readonly underruns: number;
  /** Silence for want of audio in the middle of speech. */
  readonly silentMs: number;
  /** Audio left out because too much waited. */
  readonly skippedMs: number;
  /** How much faster than they came samples are played, in parts per million. */
  readonly driftPpm: number;
  readonly isPlaying: boolean;
}

/** Above margin and a frame, what quiet stretches are shortened for. */
const MUCH_MS = 8;
const MARK_POLL_MS = 10;
/** Beyond it the oldest is told too early. */
const MAX_MARKS = 1000;

/** One client's speaker. */
export class SpeakerSink implements FrameSink<Float32Array> {
  readonly #parts: SpeakerSinkParts;
  readonly #control: PlayoutControl;
  readonly #positions = new PlayedPositions();
  readonly #marks: { name: string; position: number }[] = [];
  #resampler: ClientResampler | undefined;
  #written = 0;
  #position = 0;
  #receivedMs = 0;
  #clearedMs = 0;
  #leastPlayedMs = 0;
  #frameMs = 20;
  #droppedFrames = 0;
  #driftPpm = 0;
  #windows = 0;
  #starts = 0;
  #heldMs = 0;
  #frame = 0;
  #markTimer: unknown;

  constructor(parts: SpeakerSinkParts) {
    this.#parts = parts;
    this.#control = new PlayoutControl(parts.marginMs);
    this.#tell();
  }

  get queuedMs(): number {
    return this.#ms(this.#written - this.#playedTo());
  }

  get playedMs(): number {
    // a position moves over what was dropped, a little after it was
    return Math.max(this.#leastPlayedMs, this.#mediaMs() - this.#clearedMs);
  }

  /** Audio that has come. */
  get receivedMs(): number {
    return this.#receivedMs;
  }

  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  get stats(): PlayoutStats {
    const { status } = this.#parts.link;
    return {
      waitingMs: this.queuedMs,
      spareMs: this.#ms(status[STATUS.least]!),
      marginMs: this.#control.marginMs,
      underruns: status[STATUS.underruns]!,
      silentMs: this.#ms(status[STATUS.silent]!),
      skippedMs: this.#ms(status[STATUS.skipped]!),
      // the resampler's drift is of its output, which is longer where it is played more slowly
      driftPpm: -this.#driftPpm,
      isPlaying: status[STATUS.isPlaying] === 1,
    };
  }

  /** What is being played: the moment of the received audio, and the context's clock (in samples, modulo 2^32) at it. */
  get playing(): { readonly mediaMs: number; readonly frame: number } | undefined {
    const { status } = this.#parts.link;
    if (status[STATUS.isPlaying] !== 1) return undefined;
    // the resampler has not given out yet what came last
    return { mediaMs: this.#mediaMs() - this.#heldMs, frame: status[STATUS.frame]! };
  }

  push({ samples, sampleRate }: AudioFrame<Float32Array>): void {
    if (this.#resampler === undefined || this.#resampler.inputRate !== sampleRate) this.#useRate(sampleRate);
    this.#steer();
    const frameMs = (samples.length * 1000) / sampleRate;
    if (frameMs !== this.#frameMs) {
      this.#frameMs = frameMs;
      this.#tell();
    }
    this.#receivedMs += frameMs;
    const out = this.#resampler!.process(samples);
    // counted from what was played: with messages the link itself does not see what waits at the far end
    const room = this.#parts.link.capacity - (this.#written - this.#playedTo());
    const count = this.#parts.link.write(out, Math.min(out.length, room));
    if (count < out.length) this.#droppedFrames++;
    this.#written += count;
    this.#positions.add(this.#written, this.#receivedMs);
    this.#parts.link.publish(false);
  }

  mark(name: string): void {
    this.#marks.push({ name, position: this.#written });
    if (this.#marks.length > MAX_MARKS) this.#parts.listener.onMark(this.#marks.shift()!.name);
    this.#tellMarks();
  }

  clear(): number {
    this.#leastPlayedMs = this.playedMs;
    const droppedMs = this.#receivedMs - this.#clearedMs - this.#leastPlayedMs;
    this.#clearedMs += droppedMs;
    const { control } = this.#parts.link;
    control[CONTROL.clearTo] = this.#written | 0;
    control[CONTROL.clears] = control[CONTROL.clears]! + 1;
    this.#parts.link.publish();
    this.#resampler?.reset();
    this.#resampler?.setDrift(this.#driftPpm);
    for (const { name } of this.#marks.splice(0)) this.#parts.listener.onMark(name);
    return droppedMs;
  }

  end(): void {
    this.#parts.clock.clearTimer(this.#markTimer);
    this.#resampler?.dispose();
    this.#resampler = undefined;
  }

  #useRate(inputRate: number): void {
    this.#resampler?.dispose();
    this.#resampler = this.#parts.dsp.createResampler({ inputRate, outputRate: this.#parts.sampleRate });
    // from the first sample on in the filter that can drift, so that moving to it is no seam
    this.#resampler.setDrift(0);
    this.#heldMs = (this.#resampler.latencySamples * 1000) / inputRate;
    this.#driftPpm = 0;
  }

  /** The moment of the received audio that plays. */
  #mediaMs(): number {
    return this.#positions.at(this.#playedTo());
  }

  /** The worklet's position, unwrapped. */
  #playedTo(): number {
    const { status } = this.#parts.link;
    this.#position += (status[STATUS.position]! - (this.#position | 0)) | 0;
    return this.#position;
  }

  /** Follows what the worklet says. */
  #steer(): void {
    const { status } = this.#parts.link;
    const windows = Atomics.load(status, STATUS.windows);
    if (windows === this.#windows) return;
    this.#windows = windows;
    if (status[STATUS.starts] !== this.#starts) {
      this.#starts = status[STATUS.starts]!;
      this.#control.began();
    }
    const marginBefore = this.#control.marginMs;
    this.#driftPpm = this.#control.heard(this.#ms(status[STATUS.least]!), this.#offsetMs());
    this.#resampler!.setDrift(this.#driftPpm);
    if (this.#control.marginMs !== marginBefore) this.#tell();
  }

  /** How late audio was played when the latest window ended: the context's clock, less the moment in the audio. */
  #offsetMs(): number {
    const { status } = this.#parts.link;
    this.#frame += (status[STATUS.windowFrame]! - (this.#frame | 0)) | 0;
    const position = this.#position + ((status[STATUS.windowPosition]! - (this.#position | 0)) | 0);
    return this.#ms(this.#frame) - this.#positions.at(position);
  }

  #tell(): void {
    const { control } = this.#parts.link;
    const muchMs = this.#control.marginMs + this.#frameMs + MUCH_MS;
    control[CONTROL.margin] = this.#samples(this.#control.marginMs);
    control[CONTROL.much] = this.#samples(muchMs);
    control[CONTROL.most] = this.#samples(Math.max(this.#parts.mostMs, muchMs + this.#frameMs));
    this.#parts.link.publish();
  }

  /** Marks are few: a timer that looks while some wait costs nothing when none do. */
  #tellMarks(): void {
    const { clock, listener } = this.#parts;
    const playedTo = this.#playedTo();
    while (this.#marks.length > 0 && this.#marks[0]!.position <= playedTo) {
      listener.onMark(this.#marks.shift()!.name);
    }
    clock.clearTimer(this.#markTimer);
    if (this.#marks.length > 0) this.#markTimer = clock.setTimer(() => this.#tellMarks(), MARK_POLL_MS);
  }

  #ms(samples: number): number {
    return (samples * 1000) / this.#parts.sampleRate;
  }

  #samples(durationMs: number): number {
    return Math.round((durationMs * this.#parts.sampleRate) / 1000);
  }
}
