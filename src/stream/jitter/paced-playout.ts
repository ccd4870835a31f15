/**
 * A jitter buffer and the clock that plays it: audio of any message length in, one frame every `frameMs` out, from the first
 * message to the end, whatever the network did. For files, recorders, mixers and handlers, which have no clock of their own.
 */
import type { AudioDecoder } from "../../codec/audio/audio-codec.ts";
import { checkInteger } from "../../core/check.ts";
import type { Clock } from "../../core/clock.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import { type TimerWheel, type WheelItem, wheelOf } from "../timer-wheel.ts";
import { JitterBuffer, type JitterPacket, type JitterRate } from "./create-jitter-buffer.ts";
import { FrameAssembler } from "./frame-assembler.ts";
import { type JitterSettings, LEAST_FRAME_MS, MOST_FRAME_MS } from "./jitter-settings.ts";
import type { JitterStats } from "./jitter-stats.ts";
import type { PacketDecoder } from "./packet-frames.ts";
import { jitterTuning as t } from "./tuning.ts";

/** What a paced playout is made of. */
export interface PacedPlayoutOptions {
  dsp: Dsp;
  clock: Clock;
  /** Hz of what comes and goes. */
  sampleRate: number;
  /** Duration of the messages, as agreed on. */
  frameMs: number;
  settings: JitterSettings;
  /**
   * There where messages come as payloads of a codec that keeps state, and `frameMs` is one that the buffer can be made
   * for: the buffer's from here on.
   */
  decoder?: AudioDecoder | undefined;
  /** Whether the sender may leave silence out, and send payloads of comfort noise. Default false. */
  comfortNoise?: boolean;
  /** Takes each frame; valid during the call. */
  onFrame(samples: Int16Array): void;
}

/** Messages that the buffer cannot be made for are cut up or put together to these. */
const USUAL_FRAME_MS = 20;
/** A process that slept for longer does not make up for it. */
const MAX_CATCH_UP_MS = 1000;

/** One stream's playout. Nothing is allocated from frame to frame. */
export class PacedPlayout implements WheelItem {
  readonly frameMs: number;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #buffer: JitterBuffer;
  readonly #assembler: FrameAssembler;
  readonly #frame: Int16Array;
  readonly #onFrame: (samples: Int16Array) => void;
  readonly #pull = () => this.#pullDue();
  readonly takesPayloads: boolean;
  readonly #packet: JitterPacket = { sequence: 0, timestamp: 0, payload: new Uint8Array(0), arrivalMs: 0 };
  #isStarted = false;
  #isEnded = false;
  #nextMs = 0;
  // of the wheel
  dueMs = 0;
  isArmed = false;
  slot = 0;
  next: WheelItem | null = null;

  /** May throw `ERR_CONFIG` for settings out of range, `ERR_ARENA_FULL`. @param options `sampleRate` is a `JitterRate` */
  constructor(options: PacedPlayoutOptions) {
    const { dsp, clock, sampleRate, frameMs, settings, decoder, comfortNoise = false, onFrame } = options;
    this.#clock = clock;
    this.#wheel = wheelOf(clock);
    this.#onFrame = onFrame;
    this.frameMs = frameMs >= LEAST_FRAME_MS && frameMs <= MOST_FRAME_MS ? frameMs : USUAL_FRAME_MS;
    this.#buffer = new JitterBuffer(dsp, {
      ...settings,
      sampleRate: sampleRate as JitterRate,
      frameMs: checkInteger("frameMs", this.frameMs, LEAST_FRAME_MS, MOST_FRAME_MS),
      codec: "pcm16",
      comfortNoise,
      ...(decoder !== undefined && { decoder: decoder as PacketDecoder }),
    });
    this.takesPayloads = decoder !== undefined;
    this.#frame = new Int16Array(this.#buffer.frameSamples);
    this.#assembler = new FrameAssembler(this.#buffer, Math.round((frameMs * sampleRate) / 1000));
  }

  get stats(): JitterStats {
    return this.#buffer.stats;
  }

  /** Audio that waits to be played, in ms. */
  get bufferedMs(): number {
    return this.#buffer.bufferedMs;
  }

  /** Tells how long the way outside the buffer is. */
  set networkMs(ms: number) {
    this.#buffer.networkMs = ms;
  }

  /**
   * Takes a message's samples; copied.
   * @param sequence, timestamp -1 where the sender does not count
   * @param payload in place of the samples: the codec's, where `takesPayloads`; else one of comfort noise
   */
  push(samples: Int16Array, sequence: number, timestamp: number, payload?: Uint8Array): void {
    if (this.#isEnded) return;
    const nowMs = this.#clock.now();
    if (!this.takesPayloads && payload !== undefined)
      this.#buffer.pushNoise(payload, sequence, timestamp, nowMs);
    else if (!this.takesPayloads) this.#assembler.push(samples, sequence, timestamp, nowMs);
    else if (payload !== undefined) this.#pushPayload(payload, sequence, timestamp, nowMs);
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#nextMs = nowMs + t.startMs;
    this.#wheel.add(this, this.#nextMs);
  }

  /** Drops what waits; returns how much, in ms. */
  clear(): number {
    const droppedMs = this.bufferedMs;
    this.#assembler.clear();
    this.#buffer.clear();
    return droppedMs;
  }

  /** Hands on what waits, at once: no more comes. Gives the memory back. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#wheel.remove(this);
    this.#assembler.flush(this.#clock.now());
    while (this.#isStarted && this.bufferedMs > 0) this.#play();
    this.#buffer.dispose();
  }

  /** Drops what waits and gives the memory back. */
  dispose(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#wheel.remove(this);
    this.#buffer.dispose();
  }

  /** After a stall of the process what has come meanwhile is still in the sockets: they are read first. */
  onDue(): void {
    this.#clock.setImmediate(this.#pull);
  }

  #pushPayload(payload: Uint8Array, sequence: number, timestamp: number, nowMs: number): void {
    const packet = this.#packet;
    packet.sequence = sequence;
    packet.timestamp = timestamp;
    packet.payload = payload;
    packet.arrivalMs = nowMs;
    this.#buffer.push(packet);
  }

  #pullDue(): void {
    if (this.#isEnded) return;
    const nowMs = this.#clock.now();
    if (nowMs - this.#nextMs > MAX_CATCH_UP_MS) this.#nextMs = nowMs;
    while (this.#nextMs <= nowMs && !this.#isEnded) this.#play();
    if (!this.#isEnded) this.#wheel.add(this, this.#nextMs);
  }

  #play(): void {
    this.#buffer.pull(this.#frame, this.#nextMs);
    this.#nextMs += this.frameMs;
    this.#onFrame(this.#frame);
  }
}
