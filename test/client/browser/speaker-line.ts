/** A speaker at the end of a line, in virtual time: a client's sink, a worklet's playout, and frames that come when told. */

import { Playout } from "../../../src/client/browser/playout.ts";
import { createLink, LinkConsumer, LinkProducer } from "../../../src/client/browser/sample-link.ts";
import { SpeakerSink } from "../../../src/client/browser/speaker-sink.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { loadDspSync } from "../../../src/index.ts";

const BLOCK = 128;
const WIRE_RATE = 24000;
/** Blocks are played several at once, as browsers do. */
const CALLBACK_MS = 10;
const dsp = loadDspSync();
const clock: Clock = {
  now: () => 0,
  setTimer: () => undefined,
  clearTimer: () => {},
  setImmediate: () => {},
};

/** What a line is. */
export interface LineOptions {
  frameMs?: number;
  marginMs?: number;
  /** Hz of the speaker's context. */
  sampleRate?: number;
  /** How much faster the sender's clock runs, in parts per million. */
  skewPpm?: number;
  /** When frame `i`, full at `fullMs`, arrives: not before that, and not before the one before it. */
  arrival?: (fullMs: number, i: number) => number;
  /** The sample of the wire at `i`. */
  signal?: (i: number) => number;
}

/** One speaker. */
export class SpeakerLine {
  readonly sink: SpeakerSink;
  /** Everything played since `keep`. */
  readonly heard: number[] = [];
  isKept = false;
  readonly #playout: Playout;
  readonly #options: Required<LineOptions>;
  readonly #frame: Float32Array;
  #sent = 0;
  #arrivesMs = 0;
  #played = 0;
  #toPlay = 0;

  constructor(options: LineOptions = {}) {
    this.#options = {
      frameMs: 20,
      marginMs: 10,
      sampleRate: 48000,
      skewPpm: 0,
      arrival: (fullMs) => fullMs,
      signal: (i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / WIRE_RATE),
      ...options,
    };
    const { sampleRate, marginMs, frameMs } = this.#options;
    const ends = createLink(12 * sampleRate, true);
    this.#playout = new Playout(new LinkConsumer(ends.consumer), sampleRate);
    ends.consumer.port.close();
    this.sink = new SpeakerSink({
      dsp,
      clock,
      link: new LinkProducer(ends.producer),
      sampleRate,
      marginMs,
      mostMs: 400,
      listener: { onMark: () => {} },
    });
    this.#frame = new Float32Array((WIRE_RATE * frameMs) / 1000);
  }

  /** From a sample's being said to its being heard, in ms: what fills a frame, its way, and waiting. */
  get delayMs(): number {
    const { playing } = this.sink;
    if (playing === undefined) return Number.NaN;
    return (playing.frame * 1000) / this.#options.sampleRate - playing.mediaMs / (1 + this.#skew);
  }

  /** Lets time pass; `each` is called after every callback. */
  run(durationMs: number, each: () => void = () => {}): void {
    const { sampleRate } = this.#options;
    const endMs = this.#nowMs + durationMs;
    while (this.#nowMs < endMs) {
      this.#receive(this.#nowMs);
      this.#toPlay += (CALLBACK_MS * sampleRate) / 1000;
      for (; this.#toPlay >= BLOCK; this.#toPlay -= BLOCK) this.#play();
      each();
    }
  }

  get #skew(): number {
    return this.#options.skewPpm / 1e6;
  }

  get #nowMs(): number {
    return (this.#played * 1000) / this.#options.sampleRate;
  }

  /** Everything that has come by now. */
  #receive(nowMs: number): void {
    const { frameMs, arrival, signal } = this.#options;
    for (;;) {
      const fullMs = ((this.#sent + 1) * frameMs) / (1 + this.#skew);
      const comesMs = Math.max(this.#arrivesMs, fullMs, arrival(fullMs, this.#sent));
      if (comesMs > nowMs) return;
      this.#arrivesMs = comesMs;
      const from = this.#sent++ * this.#frame.length;
      for (let i = 0; i < this.#frame.length; i++) this.#frame[i] = signal(from + i);
      this.sink.push({
        samples: this.#frame.slice(),
        sampleRate: WIRE_RATE,
        channels: 1,
        timestamp: from,
        sequence: this.#sent - 1,
      });
    }
  }

  #play(): void {
    const out = new Float32Array(BLOCK);
    this.#playout.process(out, this.#played);
    this.#played += BLOCK;
    if (this.isKept) this.heard.push(...out);
  }
}
