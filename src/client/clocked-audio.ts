/** A client's received audio where a clock plays it: through a jitter buffer, marks in their places. */
import type { AudioDecoder } from "../codec/audio/audio-codec.ts";
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import type { Clock } from "../core/clock.ts";
import { VoxwireError } from "../core/errors.ts";
import type { Dsp } from "../dsp/dsp.ts";
import {
  isJitterRate,
  JITTER_RATES,
  type JitterSettings,
  payloadsCanWait,
} from "../stream/jitter/jitter-settings.ts";
import type { JitterStats } from "../stream/jitter/jitter-stats.ts";
import type { PacedPlayout, PacedPlayoutOptions } from "../stream/jitter/paced-playout.ts";
import type { DirectionFormat } from "../transport/protocol/fastrtc-client.ts";

/** Makes playouts. */
export type CreatePlayout = (options: PacedPlayoutOptions) => PacedPlayout;

/** What clocked audio is made of. */
export interface ClockedAudioOptions {
  createPlayout: CreatePlayout;
  dsp: Dsp;
  clock: Clock;
  settings: JitterSettings;
  format: DirectionFormat;
  /** There where payloads wait undecoded; its own from here on. */
  decoder: AudioDecoder | undefined;
  /** Takes each frame; valid during the call. */
  onFrame(samples: Int16Array): void;
  /** All that came before this mark has been handed to `onFrame`, or dropped. */
  onMark(name: string): void;
}

interface WaitingMark {
  readonly name: string;
  /** Received audio before it, in ms. */
  readonly afterMs: number;
}

/** Marks that may wait; beyond it the oldest is told too early. */
const MAX_MARKS = 1000;
/** Positions are sums of durations: rounding must not hold a mark back. */
const TOLERANCE_MS = 0.01;

/** How a platform plays by a clock; a page that plays by its own loads none. */
export interface ClockedPlayback {
  hasRate(sampleRate: number): boolean;
  /** Whether payloads wait undecoded. */
  canHold(codec: StreamCodec | undefined, frameMs: number): boolean;
  /** What a session is told whose server sends another rate. */
  wrongRate(sampleRate: number): VoxwireError;
  create(options: Omit<ClockedAudioOptions, "createPlayout">): ClockedAudio;
}

/** Playback through the jitter buffers that `createPlayout` makes. */
export function clockedPlayback(createPlayout: CreatePlayout): ClockedPlayback {
  return {
    hasRate: isJitterRate,
    canHold: payloadsCanWait,
    wrongRate,
    create: (options) => new ClockedAudio({ createPlayout, ...options }),
  };
}

/** One session's received audio. */
export class ClockedAudio {
  readonly #options: ClockedAudioOptions;
  readonly #playout: PacedPlayout;
  readonly #marks: WaitingMark[] = [];
  #receivedMs = 0;

  /** @param options `format.sampleRate` is one that `isJitterRate` says yes to */
  constructor(options: ClockedAudioOptions) {
    const { createPlayout, dsp, clock, settings, format, decoder } = options;
    const { sampleRate, frameMs } = format;
    this.#options = options;
    this.#playout = createPlayout({
      dsp,
      clock,
      sampleRate,
      frameMs,
      settings,
      decoder,
      onFrame: (samples) => this.#onFrame(samples),
    });
  }

  get stats(): JitterStats {
    return this.#playout.stats;
  }

  /** Audio that waits, in ms. */
  get bufferedMs(): number {
    return this.#playout.bufferedMs;
  }

  /** Takes a message's samples, or its payload. @param sequence, timestamp -1 where the server does not count */
  push(samples: Int16Array, sequence: number, timestamp: number, payload: Uint8Array | undefined): void {
    this.#receivedMs += (samples.length * 1000) / this.#options.format.sampleRate;
    this.#playout.push(samples, sequence, timestamp, payload);
  }

  /** Takes a mark to its place behind what has come. */
  mark(name: string): void {
    this.#marks.push({ name, afterMs: this.#receivedMs });
    if (this.#marks.length > MAX_MARKS) this.#options.onMark(this.#marks.shift()!.name);
    this.#releaseMarks();
  }

  /** Drops what waits; returns how much, in ms. Marks among it are told. */
  clear(): number {
    const droppedMs = this.#playout.clear();
    for (const { name } of this.#marks.splice(0)) this.#options.onMark(name);
    return droppedMs;
  }

  /** The round trip has been measured: half of it is delay that the listener has as well. */
  measured(roundTripMs: number): void {
    const { settings, format } = this.#options;
    if (settings.networkMs === undefined)
      this.#playout.networkMs = Math.min(2000, roundTripMs / 2 + format.frameMs);
  }

  /** Hands on what waits: no more comes. */
  end(): void {
    this.#playout.end();
    for (const { name } of this.#marks.splice(0)) this.#options.onMark(name);
  }

  #onFrame(samples: Int16Array): void {
    this.#options.onFrame(samples);
    if (this.#marks.length > 0) this.#releaseMarks();
  }

  /** What has come and does not wait has been played, or stands for something that was. */
  #releaseMarks(): void {
    const playedMs = this.#receivedMs - this.bufferedMs + TOLERANCE_MS;
    while (this.#marks.length > 0 && this.#marks[0]!.afterMs <= playedMs) {
      this.#options.onMark(this.#marks.shift()!.name);
    }
  }
}

function wrongRate(sampleRate: number): VoxwireError {
  return new VoxwireError(
    "ERR_RATE",
    `The server sends ${sampleRate} Hz, at which there is no jitter buffer.`,
    {
      hint: `Ask for one of ${JITTER_RATES.join(", ")} Hz in format.output; audio is handed on as it comes.`,
    },
  );
}
