/** Records one session: what comes and what goes, each at its time by the clock. A frame costs a copy. */
import type { Clock } from "../../core/clock.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { Resampler } from "../../dsp/resampler/resampler.ts";
import type { JitterSettings } from "../../stream/jitter/jitter-settings.ts";
import type { JitterStats } from "../../stream/jitter/jitter-stats.ts";
import { PacedPlayout } from "../../stream/jitter/paced-playout.ts";
import type { RecordingOutput } from "./recording-output.ts";
import { type Track, TwoTracks } from "./two-tracks.ts";

/** How often settled audio is handed on. */
const FLUSH_MS = 500;
/** Audio older than this is settled. */
const SETTLED_MS = 1000;
/** Audio may be ahead of its time by so much: a burst after a stall. Beyond it, it is dropped and counted. */
const AHEAD_MS = 5000;
/** A track that is behind its time by less than this has not paused: the network has; or, on the way out, the process. */
const INPUT_SLACK_MS = 150;
const OUTPUT_SLACK_MS = 60;

/** What a recorder is made of. */
export interface RecorderParts {
  readonly clock: Clock;
  readonly dsp: Dsp;
  /** There where the client is heard by a clock: at `inputRate`, one that a jitter buffer has. */
  readonly jitter?: { readonly settings: JitterSettings; readonly frameMs: number } | undefined;
  /** Hz on the wire, either way; the recording has the higher of the two. */
  readonly inputRate: number;
  readonly outputRate: number;
  readonly output: RecordingOutput;
  /** How long a recording may be. */
  readonly maxMs: number;
  /** Called once where it ends before the session: too long, or the output takes no more. */
  onStopped(error: unknown): void;
}

/** One per recorded session. */
export class Recorder {
  readonly sampleRate: number;
  readonly #parts: RecorderParts;
  readonly #tracks: TwoTracks;
  readonly #resamplers: readonly [Resampler | undefined, Resampler | undefined];
  readonly #beganMs: number;
  readonly #playout: PacedPlayout | undefined;
  #lastJitter: JitterStats | undefined;
  #takenSamples = 0;
  #timer: unknown;
  #ended: Promise<void> | undefined;

  /** May throw `ERR_ARENA_FULL` with nothing taken. */
  constructor(parts: RecorderParts) {
    const { clock, dsp, inputRate, outputRate } = parts;
    this.#parts = parts;
    this.sampleRate = Math.max(inputRate, outputRate);
    this.#tracks = new TwoTracks(this.#samplesOf(AHEAD_MS + SETTLED_MS + 2 * FLUSH_MS));
    this.#resamplers = [this.#resampler(dsp, inputRate), this.#resampler(dsp, outputRate)];
    this.#beganMs = clock.now();
    try {
      this.#playout =
        parts.jitter &&
        new PacedPlayout({
          dsp,
          clock,
          sampleRate: inputRate,
          ...parts.jitter,
          onFrame: (samples) => this.#heard(samples),
        });
    } catch (error) {
      for (const resampler of this.#resamplers) resampler?.dispose();
      throw error;
    }
    this.#arm();
  }

  /** What has been written, in ms. */
  get durationMs(): number {
    return (this.#takenSamples * 1000) / this.sampleRate;
  }

  /** What found no room, of both sides together, in ms. */
  get droppedMs(): number {
    return (this.#tracks.dropped * 1000) / this.sampleRate;
  }

  /** The jitter buffer's, where there is one. */
  get jitter(): JitterStats | undefined {
    return this.#playout === undefined ? undefined : (this.#lastJitter ?? this.#playout.stats);
  }

  /** Audio of the client's: it has ended now. @param sequence, timestamp -1 where the client does not count */
  input(samples: Int16Array, sequence = -1, timestamp = -1): void {
    if (this.#ended !== undefined) return;
    if (this.#playout === undefined) this.#heard(samples);
    else this.#playout.push(samples, sequence, timestamp);
  }

  #heard(samples: Int16Array): void {
    const converted = this.#convert(0, samples);
    const dueAt = Math.max(0, this.#position - converted.length);
    this.#tracks.write(0, converted, dueAt, this.#samplesOf(INPUT_SLACK_MS));
  }

  /** Audio for the client: it begins now. */
  output(samples: Int16Array): void {
    if (this.#ended !== undefined) return;
    const slack = this.#samplesOf(OUTPUT_SLACK_MS);
    this.#tracks.write(1, this.#convert(1, samples), this.#position, slack);
  }

  /** The client drops what it has not played. */
  clear(): void {
    this.#tracks.silence(1, this.#position);
  }

  /** Writes what there is and ends the output; resolves when it is all there. Never rejects. */
  end(): Promise<void> {
    if (this.#ended === undefined) {
      this.#parts.clock.clearTimer(this.#timer);
      this.#playout?.end();
      this.#lastJitter = this.#playout?.stats;
      this.#flush(Math.max(this.#tracks.end, this.#position));
      for (const resampler of this.#resamplers) resampler?.dispose();
      this.#ended = this.#parts.output.end();
    }
    return this.#ended;
  }

  get #position(): number {
    return this.#samplesOf(this.#parts.clock.now() - this.#beganMs);
  }

  #samplesOf(ms: number): number {
    return Math.floor((ms * this.sampleRate) / 1000);
  }

  #resampler(dsp: Dsp, inputRate: number): Resampler | undefined {
    return inputRate === this.sampleRate
      ? undefined
      : dsp.createResampler({ inputRate, outputRate: this.sampleRate });
  }

  #convert(track: Track, samples: Int16Array): Int16Array {
    const resampler = this.#resamplers[track];
    if (resampler === undefined) return samples;
    const { pcm } = this.#parts.dsp;
    return pcm.floatToInt16(resampler.process(pcm.int16ToFloat(samples)));
  }

  #arm(): void {
    this.#timer = this.#parts.clock.setTimer(() => this.#onTimer(), FLUSH_MS);
  }

  #onTimer(): void {
    const { maxMs, onStopped, output } = this.#parts;
    this.#flush(this.#position - this.#samplesOf(SETTLED_MS));
    if (output.error === undefined && this.durationMs < maxMs) {
      this.#arm();
      return;
    }
    void this.end();
    onStopped(output.error);
  }

  /** A disk that is slow leaves audio in the ring, so that what follows keeps its time. */
  #flush(upTo: number): void {
    const { output } = this.#parts;
    while (output.canTake) {
      const samples = new Int16Array(this.#samplesOf(FLUSH_MS) * 2);
      const n = this.#tracks.take(upTo, samples);
      if (n === 0) return;
      this.#takenSamples += n;
      output.write(samples.subarray(0, n * 2));
    }
  }
}
