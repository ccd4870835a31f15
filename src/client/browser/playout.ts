/**
 * What a speaker plays, block by block: begins when a margin has passed since the first sample came (a shorter one after
 * an underrun, which has made it late enough), fades out before the
 * last one where more does not come in time, fades in again, skips with a crossfade where too much waits, and drops on
 * request within 10 ms. No step is heard in any of it. Pure: the worklet calls it, and so do tests.
 */

import { CONTROL, STATUS, WINDOW_MS } from "./playout-fields.ts";
import type { LinkConsumer } from "./sample-link.ts";

/** Fade out on `clear`. */
const CLEAR_MS = 10;
/** Fade in, and the reserve in which a fade out fits when nothing more comes. */
const FADE_MS = 3;
/** What is waited for after an underrun: the next may come a little late again. */
const AGAIN_MS = 10;
/** A gap that is longer was a pause of the speaker's, not of the network's. */
const PAUSE_MS = 600;
/** Below this peak (-46 dB of full scale) a block may be left out unheard. */
const QUIET_PEAK = 0.005;
/** Blocks between two that are left out. */
const SPARED_BLOCKS = 4;

/** What a playout sees of its link. */
export type PlayoutLink = Pick<LinkConsumer, "ring" | "control" | "status">;

type State = "empty" | "waiting" | "playing" | "ending" | "clearing";

/** The playing end of a link. */
export class Playout {
  readonly #link: PlayoutLink;
  readonly #reserve: number;
  readonly #clearSamples: number;
  readonly #windowSamples: number;
  readonly #pauseSamples: number;
  readonly #againSamples: number;
  readonly #next = new Float32Array(1024);
  #state: State = "empty";
  #position = 0;
  /** Samples until the state changes: of the margin, or of a fade out. */
  #left = 0;
  /** What is waited for before playing begins. */
  #wanted = 0;
  #isUnderrun = false;
  #fadeLength = 1;
  /** Samples of the fade in that are done. */
  #fadedIn = 0;
  #silence = Number.POSITIVE_INFINITY;
  #spare = 0;
  #windowLeft = 0;
  #least = 0;
  #clears: number;
  #hasPlayed = false;

  /** @param sampleRate Hz of the context */
  constructor(link: PlayoutLink, sampleRate: number) {
    this.#link = link;
    this.#clears = link.control[CONTROL.clears]!;
    this.#reserve = Math.ceil((FADE_MS * sampleRate) / 1000);
    this.#clearSamples = Math.ceil((CLEAR_MS * sampleRate) / 1000);
    this.#windowSamples = Math.ceil((WINDOW_MS * sampleRate) / 1000);
    this.#againSamples = Math.ceil((AGAIN_MS * sampleRate) / 1000);
    this.#pauseSamples = (PAUSE_MS * sampleRate) / 1000;
    this.#windowLeft = this.#windowSamples;
  }

  /**
   * Fills `out` with what is to be heard next; mono. No allocation for blocks of up to 1024 samples.
   * @param frame the context's clock, in samples
   */
  process(out: Float32Array, frame: number): void {
    const { ring, control, status } = this.#link;
    const waiting = ring.available;
    if (control[CONTROL.clears] !== this.#clears) this.#beginClear(waiting);
    if (this.#state === "empty" && waiting > 0) this.#arrive();
    if (this.#state === "waiting") this.#wait(out.length, frame);
    if (this.#state === "playing") this.#play(out, waiting, frame);
    else if (this.#state === "ending" || this.#state === "clearing") this.#fadeOut(out);
    else this.#rest(out);
    status[STATUS.position] = this.#position | 0;
    status[STATUS.waiting] = ring.available;
    status[STATUS.isPlaying] = this.#state === "playing" ? 1 : 0;
    status[STATUS.frame] = (frame + out.length) | 0;
  }

  #rest(out: Float32Array): void {
    out.fill(0);
    this.#silence += out.length;
  }

  /** Something has come after nothing was there. */
  #arrive(): void {
    const marginSamples = this.#link.control[CONTROL.margin]!;
    this.#state = "waiting";
    this.#isUnderrun = this.#hasPlayed && this.#silence < this.#pauseSamples;
    this.#wanted = this.#isUnderrun ? Math.min(marginSamples, this.#againSamples) : marginSamples;
    this.#left = this.#wanted;
    if (!this.#isUnderrun) return;
    this.#count(STATUS.underruns, 1);
    this.#count(STATUS.silent, this.#silence + this.#left);
  }

  #wait(n: number, frame: number): void {
    this.#left -= n;
    if (this.#left > 0) return;
    if (!this.#isUnderrun) this.#count(STATUS.starts, 1);
    this.#endWindow(this.#wanted, frame);
    this.#state = "playing";
    this.#hasPlayed = true;
    this.#silence = 0;
    this.#fadedIn = 0;
  }

  #play(out: Float32Array, waiting: number, frame: number): void {
    const { ring, control } = this.#link;
    const n = out.length;
    if (waiting < n + this.#reserve) {
      this.#state = "ending";
      this.#left = waiting;
      this.#fadeLength = waiting;
      this.#windowLeft = this.#windowSamples;
      this.#fadeOut(out);
      return;
    }
    this.#measure(waiting, n, frame);
    this.#read(out, n);
    const isTooMuch = waiting > control[CONTROL.most]!;
    const isMuch = waiting > control[CONTROL.much]! && this.#spare-- <= 0;
    if (isTooMuch) this.#skip(out, waiting - control[CONTROL.much]!);
    else if (isMuch && isQuiet(out)) this.#skip(out, n);
    if (this.#fadedIn < this.#reserve) this.#fadeIn(out);
  }

  /** Leaves out `samples` (or what there is) after the block in `out`, which becomes a crossfade to what follows. */
  #skip(out: Float32Array, samples: number): void {
    const { ring } = this.#link;
    const n = out.length;
    const count = Math.min(samples, ring.available - this.#reserve);
    if (count < n || n > this.#next.length) return;
    this.#position += ring.skip(count - n);
    const next = n === this.#next.length ? this.#next : this.#next.subarray(0, n);
    this.#read(next, n);
    for (let i = 0; i < n; i++) {
      const weight = ramp((i + 0.5) / n);
      out[i] = out[i]! * (1 - weight) + next[i]! * weight;
    }
    this.#spare = SPARED_BLOCKS;
    this.#count(STATUS.skipped, count);
  }

  #fadeIn(out: Float32Array): void {
    for (let i = 0; i < out.length && this.#fadedIn < this.#reserve; i++) {
      out[i] = out[i]! * ramp(++this.#fadedIn / this.#reserve);
    }
  }

  #fadeOut(out: Float32Array): void {
    const { ring, control } = this.#link;
    const n = Math.min(out.length, this.#left);
    this.#read(out, n);
    if (this.#fadedIn < this.#reserve) this.#fadeIn(out);
    for (let i = 0; i < n; i++) out[i] = out[i]! * ramp((this.#left - i - 1) / this.#fadeLength);
    this.#left -= n;
    if (this.#left > 0) return;
    if (this.#state === "clearing") {
      this.#position += ring.skip((control[CONTROL.clearTo]! - this.#position) | 0);
      this.#link.status[STATUS.clears] = this.#clears;
    }
    this.#state = "empty";
    this.#silence = out.length - n;
  }

  #beginClear(waiting: number): void {
    const { control } = this.#link;
    this.#clears = control[CONTROL.clears]!;
    this.#hasPlayed = false;
    if (this.#state !== "ending" && this.#state !== "clearing") {
      // what is not heard yet needs no fade
      this.#left = this.#state === "playing" ? Math.min(this.#clearSamples, waiting) : 0;
      this.#fadeLength = this.#left;
    }
    this.#state = "clearing";
  }

  /** Keeps the least level of each window. */
  #measure(waiting: number, n: number, frame: number): void {
    if (this.#windowLeft === this.#windowSamples || waiting < this.#least) this.#least = waiting;
    this.#windowLeft -= n;
    if (this.#windowLeft <= 0) this.#endWindow(this.#least, frame);
  }

  #endWindow(least: number, frame: number): void {
    const { status } = this.#link;
    this.#windowLeft = this.#windowSamples;
    status[STATUS.least] = least;
    status[STATUS.windowPosition] = this.#position | 0;
    status[STATUS.windowFrame] = frame | 0;
    // last, and seen last: the feeder looks at the others when this one has changed
    Atomics.store(status, STATUS.windows, (status[STATUS.windows]! + 1) | 0);
  }

  #read(out: Float32Array, n: number): void {
    const count = this.#link.ring.read(out, n);
    this.#position += count;
    if (count < out.length) out.fill(0, count);
  }

  #count(field: number, by: number): void {
    const { status } = this.#link;
    status[field] = (status[field]! + by) | 0;
  }
}

/** A raised cosine: 0 at 0, 1 at 1, flat at both. */
function ramp(x: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * x);
}

function isQuiet(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i]!) > QUIET_PEAK) return false;
  return true;
}
