/** Everything a client hears: from payloads to frames, and on to the iterator or the listeners. */
import type { AudioDecoder } from "../codec/audio/audio-codec.ts";
import type { VoxwireError } from "../core/errors.ts";
import type { AudioFrame, SampleArray } from "../core/types.ts";
import type { ClientDsp } from "../dsp/client-dsp.ts";
import type { JitterStats } from "../stream/jitter/jitter-stats.ts";
import type { DirectionFormat } from "../transport/protocol/fastrtc-client.ts";
import { PayloadReader } from "../transport/protocol/fastrtc-client-media.ts";
import type { ClientEvents } from "./client-events.ts";
import type { ClientStats } from "./client-stats.ts";
import type { ClockedAudio, ClockedPlayback } from "./clocked-audio.ts";
import type { Emitter } from "./emitter.ts";
import type { CreateSink, FrameSink } from "./frame-sink.ts";
import { IncomingAudio } from "./incoming-audio.ts";
import type { ClientSettings } from "./options.ts";
import type { CreateQueue, ReceiveQueue } from "./receive-queue.ts";
import type { RoundTrip } from "./round-trip.ts";
import { streamCodecOf, wholeDsp } from "./wire-codecs.ts";

/** What received audio is made of. */
export interface ReceivedAudioParts<S extends SampleArray> {
  dsp: ClientDsp;
  settings: ClientSettings;
  roundTrip: RoundTrip | undefined;
  emitter: Emitter<ClientEvents<S>>;
  createSink: CreateSink<S> | undefined;
  /** There where `settings.jitter` is. */
  clocked: ClockedPlayback | undefined;
  /** There where `createSink` is not. */
  createQueue: CreateQueue | undefined;
  /** What came before one of the server's marks has been played or dropped. */
  onMark(name: string): void;
  /** Something does not work as asked for, and the session goes on. */
  onProblem(error: VoxwireError): void;
}

/** One client's way in. */
export class ReceivedAudio<S extends SampleArray> {
  readonly #parts: ReceivedAudioParts<S>;
  /** What iterators take from; absent where a sink plays. */
  readonly #queue: ReceiveQueue<S> | undefined;
  /** Plays frames in place of the queue. */
  readonly #sink: FrameSink<S> | undefined;
  #reader: PayloadReader;
  #incoming: IncomingAudio | undefined;
  #clocked: ClockedAudio | undefined;
  #hasIterator = false;
  /** Of a clock that has ended. */
  #lastJitter: JitterStats | undefined;
  #framesReceived = 0;
  #receivedMs = 0;
  #nextSequence: number | undefined;
  #mutedUntilMs = 0;

  constructor(parts: ReceivedAudioParts<S>) {
    this.#parts = parts;
    this.#reader = new PayloadReader(parts.dsp, parts.settings.legacyOutput.encoding);
    const { createSink, createQueue, onMark, settings } = parts;
    this.#sink = createSink?.({ onMark });
    if (createSink === undefined) this.#queue = createQueue?.(settings.maxReceiveQueueMs, { onMark });
  }

  /** Reads payloads in the encoding that holds now. */
  get reader(): PayloadReader {
    return this.#reader;
  }

  /** The number of the frame that would come next; undefined where the server does not count. */
  get nextSequence(): number | undefined {
    return this.#framesReceived === 0 ? 0 : this.#nextSequence;
  }

  get stats(): Pick<
    ClientStats,
    "framesReceived" | "receivedMs" | "receiveDroppedFrames" | "receiveQueuedMs" | "playedMs" | "jitter"
  > {
    return {
      framesReceived: this.#framesReceived,
      receivedMs: this.#receivedMs,
      receiveDroppedFrames: this.#player?.droppedFrames ?? 0,
      receiveQueuedMs: this.#player?.queuedMs ?? 0,
      playedMs: this.#playedMs,
      jitter: this.#clocked?.stats ?? this.#lastJitter,
    };
  }

  /** What plays, or stands for playing. */
  get #player(): FrameSink<S> | ReceiveQueue<S> | undefined {
    return this.#sink ?? this.#queue;
  }

  /** Where a clock plays, what it makes up is not the server's: played is what has come and no longer waits. */
  get #playedMs(): number {
    if (this.#clocked === undefined) return this.#player?.playedMs ?? 0;
    return Math.max(0, this.#receivedMs - this.#clocked.bufferedMs - (this.#player?.queuedMs ?? 0));
  }

  /** What holds from here on. */
  useFormat(format: DirectionFormat): void {
    const { encoding, sampleRate: wireRate } = format;
    const { dsp, settings } = this.#parts;
    const codec = streamCodecOf(settings.codecs, format);
    const clocked = this.#hasClockAt(wireRate) ? this.#parts.clocked : undefined;
    const isHeld = clocked?.canHold(codec, format.frameMs) === true;
    const decoder = codec?.createDecoder(wholeDsp(dsp), wireRate);
    if (this.#reader.encoding !== encoding || codec !== undefined) {
      this.#reader.dispose();
      const samplesIn = (payload: Uint8Array): number => codec?.samplesIn?.(payload, wireRate) ?? -1;
      this.#reader = new PayloadReader(dsp, encoding, isHeld ? samplesIn : decoder);
    }
    this.#incoming?.dispose();
    this.#incoming = new IncomingAudio(dsp, wireRate, settings.sampleRate ?? wireRate, settings.sampleFormat);
    this.#useClock(format, isHeld ? decoder : undefined);
  }

  /** The round trip has been measured. */
  measured(roundTripMs: number): void {
    this.#clocked?.measured(roundTripMs);
  }

  /** Takes the samples that the reader holds. @param sequence, timestamp -1 where the server does not count */
  accept(sequence: number, timestamp: number): void {
    const incoming = this.#incoming;
    if (incoming === undefined) return;
    const { roundTrip, settings } = this.#parts;
    const { samples, payload } = this.#reader;
    const durationMs = (samples.length * 1000) / incoming.wireRate;
    this.#framesReceived++;
    if (sequence >= 0) this.#nextSequence = (sequence + 1) >>> 0;
    this.#receivedMs += durationMs;
    const roundTripMs = roundTrip?.received(durationMs, settings.clock.now()) ?? -1;
    if (roundTripMs >= 0) this.#parts.emitter.emit("roundTrip", roundTripMs);
    if (this.#mutedUntilMs > 0) {
      if (settings.clock.now() < this.#mutedUntilMs) return;
      this.#mutedUntilMs = 0;
    }
    if (this.#clocked !== undefined) this.#clocked.push(samples, sequence, timestamp, payload);
    else this.#deliver(incoming.accept(samples));
  }

  /** Takes a mark of the server's to its place behind what has come. */
  mark(name: string): void {
    if (this.#clocked !== undefined) this.#clocked.mark(name);
    else if (this.#player !== undefined) this.#player.mark(name);
    // nothing plays here, and nothing waits: what came before has been dropped
    else this.#parts.onMark(name);
  }

  /** Drops what comes, for so long at most. */
  muteFor(durationMs: number): void {
    this.#mutedUntilMs = this.#parts.settings.clock.now() + durationMs;
  }

  /** Drops what has not been consumed. */
  clear(): { playedMs: number; droppedMs: number } {
    const playedMs = this.#playedMs;
    const waitingMs = this.#clocked?.clear() ?? 0;
    return { playedMs, droppedMs: waitingMs + (this.#player?.clear() ?? 0) };
  }

  /** See `Client`'s iterator. */
  iterate(): AsyncIterator<AudioFrame<S>, undefined> {
    this.#hasIterator = true;
    let queue = this.#queue;
    return {
      next: () => queue?.next() ?? Promise.resolve({ value: undefined, done: true }),
      return: () => {
        queue?.consumed();
        queue = undefined;
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  /** No more comes. */
  end(error: unknown): void {
    this.#endClock();
    this.#deliver(this.#incoming?.flush());
    this.#incoming?.dispose();
    this.#incoming = undefined;
    this.#reader.dispose();
    this.#sink?.end();
    this.#queue?.end(error);
  }

  #hasClockAt(sampleRate: number): boolean {
    const { clocked, settings } = this.#parts;
    return settings.jitter !== undefined && clocked?.hasRate(sampleRate) === true;
  }

  #useClock(format: DirectionFormat, decoder: AudioDecoder | undefined): void {
    const { clocked, dsp, settings, onProblem } = this.#parts;
    this.#endClock();
    if (settings.jitter === undefined || clocked === undefined) return;
    if (!this.#hasClockAt(format.sampleRate)) {
      onProblem(clocked.wrongRate(format.sampleRate));
      return;
    }
    this.#clocked = clocked.create({
      dsp: wholeDsp(dsp),
      clock: settings.clock,
      settings: settings.jitter,
      format,
      decoder,
      onFrame: (samples) => this.#deliver(this.#incoming?.accept(samples)),
      onMark: (name) => this.#player?.mark(name),
    });
  }

  #endClock(): void {
    this.#clocked?.end();
    this.#lastJitter = this.#clocked?.stats ?? this.#lastJitter;
    this.#clocked = undefined;
  }

  #deliver(made: AudioFrame<SampleArray> | undefined): void {
    if (made === undefined) return;
    // `IncomingAudio` makes what `sampleFormat` says, and `connect` gives the client its type by the same option.
    const frame = made as AudioFrame<S>;
    const { emitter } = this.#parts;
    const hasListener = emitter.count("audio") > 0;
    if (this.#sink !== undefined) this.#sink.push(frame);
    else if (this.#hasIterator || !hasListener) this.#queue?.push(frame);
    if (hasListener) emitter.emit("audio", frame);
    if (hasListener && !this.#hasIterator) this.#queue?.passed(frame);
  }
}
