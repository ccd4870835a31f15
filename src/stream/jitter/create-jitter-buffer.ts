/** The jitter buffer: packets in, as a network brings them; samples out, as a clock wants them. */
import { checkInteger, checkNumber, checkOneOf } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import { expectDsp, expectInt16 } from "../../dsp/arguments.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { Concealer } from "../concealment/concealer.ts";
import { createConcealer } from "../concealment/create-concealer.ts";
import { ArrivalHistory } from "./arrival-history.ts";
import { DriftStage } from "./drift-stage.ts";
import { createFrameDecoder, type FrameDecoder, type JitterCodec } from "./frame-codec.ts";
import { FrameOutput } from "./frame-output.ts";
import { FrameStore } from "./frame-store.ts";
import { createJitterCounters, type JitterCounters, type JitterStats } from "./jitter-stats.ts";
import { LeftOut } from "./left-out.ts";
import { NoiseFrames } from "./noise-frames.ts";
import { type PacketDecoder, PacketFrames } from "./packet-frames.ts";
import { ON_PROBATION, PacketOrder } from "./packet-order.ts";
import { Playout } from "./playout.ts";
import { SampleFifo } from "./sample-fifo.ts";
import { TargetDelay } from "./target-delay.ts";
import { jitterTuning as t } from "./tuning.ts";

/** Samples that the filter of `DriftStage` may give beyond a frame. */
const FIFO_SPARE = 256;

/** Rates that a jitter buffer works at, in Hz. */
export type JitterRate = 8000 | 16000 | 24000 | 48000;

/** What a jitter buffer is made for. */
export interface JitterBufferOptions {
  /** Hz: 8000, 16000, 24000 or 48000. */
  sampleRate: JitterRate;
  /** Duration of a packet, whole ms, 10 to 60. Default 20. */
  frameMs?: number;
  /** Encoding of payloads. Default `"pcmu"`. */
  codec?: JitterCodec;
  /**
   * In place of `codec`, for one that keeps state: its decoder, which is the buffer's from here on. Payloads wait
   * undecoded, one frame each. Rate: `sampleRate`.
   */
  decoder?: PacketDecoder;
  /** Whether the sender may leave silence out and say what it sounds like: see `pushNoise`. Default false. */
  comfortNoise?: boolean;
  /** Delay outside the buffer that the listener has as well, in ms: half the round trip and a frame. Default 50. */
  networkMs?: number;
  /** The most that the buffer may delay, in ms; what would be later is left out. 40 to 2,000, default 600. */
  maxDelayMs?: number;
}

const BUFFER_OPTIONS: NamesOf<JitterBufferOptions> = {
  sampleRate: 1,
  frameMs: 1,
  codec: 1,
  decoder: 1,
  comfortNoise: 1,
  networkMs: 1,
  maxDelayMs: 1,
};

/** One packet. */
export interface JitterPacket {
  /** Counts packets, modulo 65,536 or any greater power of two. */
  sequence: number;
  /** In samples, modulo 2^32. */
  timestamp: number;
  /** One frame; copied. */
  payload: Uint8Array;
  /** On the clock that `pull` is told of. */
  arrivalMs: number;
}

/**
 * A jitter buffer for one stream, in the memory that `dsp` works in.
 * @throws ConfigError `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
 */
export function createJitterBuffer(dsp: Dsp, options: JitterBufferOptions): JitterBuffer {
  return new JitterBuffer(dsp, options);
}

/**
 * One stream's jitter buffer. Neither `push` nor `pull` throws on any packet, and neither allocates, but for a view where
 * `pull` takes a period of the voice out.
 */
export class JitterBuffer {
  readonly sampleRate: JitterRate;
  readonly frameMs: number;
  /** Samples of a packet. */
  readonly frameSamples: number;
  readonly #order: PacketOrder;
  readonly #store: FrameStore;
  readonly #history: ArrivalHistory;
  readonly #target: TargetDelay;
  readonly #playout: Playout;
  readonly #decoder: FrameDecoder;
  /** There where payloads wait undecoded. */
  readonly #packets: PacketFrames | undefined;
  /** There where the sender may leave silence out. */
  readonly #noise: NoiseFrames | undefined;
  readonly #packetDecoder: PacketDecoder | undefined;
  readonly #fifo: SampleFifo;
  readonly #stage: DriftStage;
  readonly #concealer: Concealer;
  readonly #leftOut: LeftOut;
  readonly #counters: JitterCounters = createJitterCounters();
  #isPlaying = false;
  #isDisposed = false;
  #startsMs = 0;
  #transitMs = 0;

  constructor(dsp: Dsp, given: JitterBufferOptions) {
    expectDsp(dsp);
    const options = expectOptions("createJitterBuffer()", given, BUFFER_OPTIONS);
    const { sampleRate, frameMs, frameSamples } = frameShape(options);
    this.sampleRate = sampleRate;
    this.frameMs = frameMs;
    this.frameSamples = frameSamples;
    const networkMs = checkNumber("networkMs", options.networkMs ?? 50, 0, 2000);
    const maxDelayMs = checkNumber("maxDelayMs", options.maxDelayMs ?? 600, 40, 2000);
    checkDecoder(options.decoder, sampleRate);
    this.#decoder = createFrameDecoder(dsp, options.codec ?? "pcmu", options.sampleRate);
    this.#order = new PacketOrder(frameMs);
    this.#store = new FrameStore((3 * maxDelayMs) / frameMs, frameSamples);
    this.#history = new ArrivalHistory(frameMs, maxDelayMs);
    this.#target = new TargetDelay(frameMs, networkMs, maxDelayMs);
    this.#fifo = new SampleFifo(4 * frameSamples + FIFO_SPARE);
    this.#stage = new DriftStage(dsp, sampleRate, frameSamples, this.#fifo);
    this.#concealer = createConcealer(dsp, { sampleRate, frameMs });
    this.#leftOut = new LeftOut(frameMs, frameSamples);
    this.#noise =
      options.comfortNoise === true ? new NoiseFrames(this.#store.capacity, frameSamples) : undefined;
    this.#packetDecoder = options.decoder;
    this.#packets =
      options.decoder &&
      new PacketFrames({
        decoder: options.decoder,
        store: this.#store,
        concealer: this.#concealer,
        counters: this.#counters,
        frameSamples,
      });
    const parts = {
      frameMs,
      frameSamples,
      target: this.#target,
      counters: this.#counters,
      stage: this.#stage,
    };
    this.#playout = new Playout({
      ...parts,
      networkMs,
      maxDelayMs,
      store: this.#store,
      packets: this.#packets,
      noise: this.#noise,
      history: this.#history,
      leftOut: this.#leftOut,
      out: new FrameOutput({ ...parts, sampleRate, concealer: this.#concealer }),
    });
  }

  /** Takes a packet in; what cannot be used, and what is no packet at all, is counted: `packetsMalformed`. */
  push(packet: JitterPacket): void {
    // of no type's making: what comes from a network is often handed on as it came
    const { sequence, timestamp, payload, arrivalMs } = packet ?? NO_PACKET;
    if (!(payload instanceof Uint8Array)) {
      this.#refuse();
      return;
    }
    const index = this.#admit(sequence, timestamp, arrivalMs);
    if (index < 0) return;
    const packets = this.#packets;
    const isFrame =
      packets === undefined
        ? this.#decoder.decode(payload, this.#store.at(index))
        : packets.keep(index, payload);
    if (isFrame) this.#keep(index, arrivalMs);
    else this.#counters.packetsMalformed++;
  }

  /**
   * As `push`, with a frame that has been decoded; copied. Not for buffers that have a `decoder`.
   * @param samples `frameSamples` of them; fewer, as a sender's last frame before a pause may have, are filled up
   */
  pushSamples(samples: Int16Array, sequence: number, timestamp: number, arrivalMs: number): void {
    if (!(samples instanceof Int16Array)) {
      this.#refuse();
      return;
    }
    const index = this.#admit(sequence, timestamp, arrivalMs);
    if (index < 0) return;
    if (samples.length === 0 || samples.length > this.frameSamples) {
      this.#counters.packetsMalformed++;
      return;
    }
    const frame = this.#store.at(index);
    for (let i = 0; i < samples.length; i++) frame[i] = samples[i]!;
    frame.fill(0, samples.length);
    this.#keep(index, arrivalMs);
  }

  /**
   * As `push`, with a payload of comfort noise (RFC 3389) in place of a frame: from its time stamp on the sender is silent,
   * and is heard so, until something else comes. Without `comfortNoise` it is counted as malformed.
   */
  pushNoise(payload: Uint8Array, sequence: number, timestamp: number, arrivalMs: number): void {
    if (!(payload instanceof Uint8Array)) {
      this.#refuse();
      return;
    }
    const index = this.#admit(sequence, timestamp, arrivalMs);
    if (index < 0) return;
    if (this.#noise?.keep(index, payload) === true) {
      this.#store.put(index, arrivalMs);
      if (index > this.#playout.highest) this.#playout.highest = index;
    } else this.#counters.packetsMalformed++;
  }

  /** Drops what waits and falls silent within a frame; what comes next is played as after a pause. */
  clear(): void {
    this.#store.drop();
    this.#fifo.clear();
    this.#playout.rest();
  }

  /** Tells how long the way outside the buffer has turned out to be, as the option does. */
  set networkMs(ms: number) {
    this.#target.networkMs = checkNumber("networkMs", ms, 0, 2000);
    this.#playout.networkMs = ms;
  }

  /** Audio that waits to be heard, in ms. */
  get bufferedMs(): number {
    return this.#store.waiting * this.frameMs + (this.#fifo.length * 1000) / this.sampleRate;
  }

  /** Fills `out` with what is to be heard from `nowMs` on, on the clock of `arrivalMs`. Silence before playout starts. `ERR_CONFIG` for another array. */
  pull(out: Int16Array, nowMs: number): void {
    expectInt16(out, "out");
    if (this.#isDisposed || !Number.isFinite(nowMs)) {
      out.fill(0);
      return;
    }
    if (!this.#isPlaying) {
      if (this.#playout.next < 0 || nowMs < this.#startsMs) {
        out.fill(0);
        return;
      }
      this.#isPlaying = true;
    }
    const samplesPerMs = this.sampleRate / 1000;
    let filled = this.#fifo.take(out, 0);
    while (filled < out.length) {
      while (this.#fifo.length === 0) this.#playout.step(nowMs, filled / samplesPerMs);
      filled += this.#fifo.take(out, filled);
    }
  }

  /** Counters so far: a copy. */
  get stats(): JitterStats {
    const counters = this.#counters;
    counters.targetMs = this.#target.targetMs;
    counters.bufferedMs = this.bufferedMs;
    counters.driftPpm = this.#stage.ppm;
    return { ...counters };
  }

  /** Gives its memory back, and its decoder; twice is no error. From then on nothing is taken in, and `pull` gives silence. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#packetDecoder?.dispose();
    this.#concealer.dispose();
    this.#stage.dispose();
  }

  /** What is no packet. */
  #refuse(): void {
    if (this.#isDisposed) return;
    this.#counters.packetsReceived++;
    this.#counters.packetsMalformed++;
  }

  /** Where in the store a packet's frame goes, or -1 where it is of no use: counted. */
  #admit(sequence: number, timestamp: number, arrivalMs: number): number {
    if (this.#isDisposed) return -1;
    const counters = this.#counters;
    counters.packetsReceived++;
    if (!Number.isFinite(arrivalMs) || !isCount(sequence) || !isCount(timestamp)) {
      counters.packetsMalformed++;
      return -1;
    }
    const index = this.#place(sequence, timestamp, arrivalMs);
    if (index < 0 || !this.#isInTime(index, arrivalMs)) {
      counters.packetsDiscarded++;
      return -1;
    }
    this.#makeRoom(index);
    return index;
  }

  /** The index of a packet, or -1 for one that has come before or must wait for another to be believed. */
  #place(sequence: number, timestamp: number, arrivalMs: number): number {
    const order = this.#order;
    const leftOut = this.#leftOut;
    const { restarts } = order;
    let counted = order.place(sequence);
    if (counted === ON_PROBATION) return -1;
    let isRestart = order.restarts !== restarts;
    if (isRestart) leftOut.restart();
    let index = leftOut.place(counted, timestamp);
    if (!isRestart && this.#store.hasCome(index)) {
      this.#counters.packetsDuplicated++;
      counted = order.repeated(sequence);
      if (counted < 0) return -1;
      isRestart = true;
      leftOut.restart();
      index = leftOut.place(counted, timestamp);
    } else order.arrived();
    if (isRestart) {
      this.#counters.restarts++;
      this.#history.rebase(index, arrivalMs);
      this.#packets?.beginAnew(index);
    }
    return index;
  }

  /** Takes note of a packet; whether it can still be played. */
  #isInTime(index: number, arrivalMs: number): boolean {
    const playout = this.#playout;
    if (playout.next < 0) {
      playout.next = index;
      this.#startsMs = arrivalMs + t.startMs;
    } else if (!this.#isPlaying && index < playout.next) playout.next = index;
    else if (this.#isPlaying && playout.isIdle && index >= playout.next) {
      this.#counters.restarts++;
      this.#history.rebase(index, arrivalMs);
      playout.resumeAt(index, arrivalMs + Math.max(t.startMs, this.#target.targetMs));
    }
    this.#learn(index, arrivalMs);
    return index >= playout.next;
  }

  #keep(index: number, arrivalMs: number): void {
    this.#noise?.forget(index);
    this.#store.put(index, arrivalMs);
    if (index > this.#playout.highest) this.#playout.highest = index;
  }

  #learn(index: number, arrivalMs: number): void {
    const history = this.#history;
    history.add(index, arrivalMs);
    this.#measureJitter(index, arrivalMs);
    if (history.count % t.packetsPerTarget !== 0) return;
    this.#target.update(history);
    const { ppm } = history.drift;
    if (ppm === 0) return;
    const pull = -this.#playout.overMs * t.driftPullPpm;
    this.#stage.steer(ppm + Math.max(-t.driftMaxPullPpm, Math.min(t.driftMaxPullPpm, pull)));
  }

  /** The oldest go where more has come than the buffer spans. */
  #makeRoom(index: number): void {
    const playout = this.#playout;
    while (index >= playout.next + this.#store.capacity) {
      if (this.#store.has(playout.next)) {
        this.#store.take(playout.next);
        this.#counters.packetsDiscarded++;
      } else this.#counters.packetsLost++;
      playout.next++;
    }
  }

  #measureJitter(index: number, arrivalMs: number): void {
    const transitMs = arrivalMs - index * this.frameMs;
    if (this.#history.count > 1) {
      const change = Math.abs(transitMs - this.#transitMs) / 1000;
      this.#counters.jitter += (change - this.#counters.jitter) / 16;
    }
    this.#transitMs = transitMs;
  }
}

const NO_PACKET = { sequence: 0, timestamp: 0, payload: undefined, arrivalMs: 0 };

/** A number, or nothing, which counts as 0: but no BigInt, such as a DataView gives. */
function isCount(value: unknown): boolean {
  return typeof value === "number" || value === undefined;
}

function checkDecoder(decoder: PacketDecoder | undefined, sampleRate: number): void {
  if (decoder === undefined || (decoder.sampleRate === sampleRate && decoder.samplesIn !== undefined)) return;
  throw new ConfigError(
    "ERR_CONFIG",
    `decoder is one of ${decoder.codec} at ${decoder.sampleRate} Hz; expected one that keeps state, at ${sampleRate} Hz.`,
    { hint: 'G.722 at 16000 Hz, or Opus; for the others give their name: codec: "pcmu".' },
  );
}

function frameShape(options: JitterBufferOptions): {
  sampleRate: JitterRate;
  frameMs: number;
  frameSamples: number;
} {
  const sampleRate: JitterRate = checkOneOf("sampleRate", options.sampleRate, [8000, 16000, 24000, 48000]);
  const frameMs = checkInteger("frameMs", options.frameMs ?? 20, 10, 60);
  const frameSamples = (sampleRate * frameMs) / 1000;
  if (Number.isInteger(frameSamples)) return { sampleRate, frameMs, frameSamples };
  throw new ConfigError(
    "ERR_CONFIG",
    `${frameMs} ms at ${sampleRate} Hz are ${frameSamples} samples; expected a whole number.`,
    { hint: "Take frames of 10 or 20 ms." },
  );
}
