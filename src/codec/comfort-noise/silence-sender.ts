/**
 * The sender's end of comfort noise: which frames are sent, which are left out, and the payloads that stand for those
 * (RFC 3389). A payload at the start of each silence, one where the noise has changed, and one now and then, so that a
 * receiver knows that the sender is there.
 */
import { autocorrelate, levinson } from "../../dsp/voice/levinson.ts";
import { createNoiseShape, NOISE_ORDER, NOISE_PAYLOAD_BYTES, writeNoisePayload } from "./payload.ts";
import { VoiceActivity } from "./voice-activity.ts";

/** What becomes of a frame: it is sent, stood for by a payload of noise, or left out. */
export type FrameFate = "speech" | "noise" | "nothing";

const KEEPALIVE_MS = 500;
/** A payload is followed by another one no sooner. */
const LEAST_GAP_MS = 100;
const CHANGED_LEVEL_DB = 2;
/** Sum of the coefficients' changes. */
const CHANGED_SHAPE = 1;
/** How much a frame bears on level and shape. */
const LEARNING = 0.15;
/** What prediction leaves less of is tones, and no noise could stand for them: one or two leave 1.5 to 2.5 %, hum-like noise 10 %. */
const TONE_SHARE = 0.04;

/** One stream's. Allocates nothing after construction, throws nothing. */
export class SilenceSender {
  readonly #frameMs: number;
  readonly #activity: VoiceActivity;
  readonly #lags = new Float64Array(NOISE_ORDER + 1);
  readonly #frameLags = new Float64Array(NOISE_ORDER + 1);
  readonly #filter = new Float64Array(NOISE_ORDER + 1);
  readonly #scratch = new Float64Array(NOISE_ORDER + 1);
  readonly #shape = createNoiseShape();
  readonly #sent = createNoiseShape();
  readonly #bytes = new Uint8Array(NOISE_PAYLOAD_BYTES);
  #isInSilence = false;
  #sinceMs = 0;
  #speechFrames = 0;
  #noiseFrames = 0;
  #leftOutFrames = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number, frameMs: number) {
    this.#frameMs = frameMs;
    this.#activity = new VoiceActivity(sampleRate, frameMs);
  }

  /** The payload, after `"noise"`; valid until the next frame. */
  get payload(): Uint8Array {
    return this.#bytes;
  }

  /** Whether the frame before was no speech: the next one that is begins a talk spurt. */
  get isInSilence(): boolean {
    return this.#isInSilence;
  }

  /** Frames so far, by their fates. */
  get counts(): { speech: number; noise: number; nothing: number } {
    return { speech: this.#speechFrames, noise: this.#noiseFrames, nothing: this.#leftOutFrames };
  }

  /** Says what becomes of the next frame. */
  judge(frame: Int16Array): FrameFate {
    const isSpeech = this.#activity.hear(frame);
    if (isSpeech) {
      this.#isInSilence = false;
      // what comes right after speech is often its end: the shape is learnt anew in each silence
      this.#lags.fill(0);
      this.#speechFrames++;
      return "speech";
    }
    const isTone = this.#learn(frame) < TONE_SHARE && this.#shape.level > 0;
    if (isTone) {
      this.#isInSilence = false;
      this.#speechFrames++;
      return "speech";
    }
    this.#sinceMs += this.#frameMs;
    const isDue =
      !this.#isInSilence ||
      this.#sinceMs >= KEEPALIVE_MS ||
      (this.#sinceMs >= LEAST_GAP_MS && this.#hasChanged());
    this.#isInSilence = true;
    if (!isDue) {
      this.#leftOutFrames++;
      return "nothing";
    }
    this.#sinceMs = 0;
    this.#sent.level = this.#shape.level;
    this.#sent.reflection.set(this.#shape.reflection);
    writeNoisePayload(this.#shape, this.#bytes);
    this.#noiseFrames++;
    return "noise";
  }

  /** Takes a frame's level and shape in; returns the share of its power that prediction leaves. */
  #learn(frame: Int16Array): number {
    const lags = this.#lags;
    const keep = lags[0] === 0 ? 0 : 1 - LEARNING;
    autocorrelate(frame, this.#frameLags);
    for (let lag = 0; lag <= NOISE_ORDER; lag++)
      lags[lag] = lags[lag]! * keep + (this.#frameLags[lag]! / frame.length) * (1 - keep);
    this.#shape.level = Math.sqrt(lags[0]!);
    return levinson(lags, this.#filter, this.#scratch, this.#shape.reflection);
  }

  #hasChanged(): boolean {
    const ratio = (this.#shape.level + 1) / (this.#sent.level + 1);
    if (Math.abs(20 * Math.log10(ratio)) > CHANGED_LEVEL_DB) return true;
    let change = 0;
    for (let i = 0; i < NOISE_ORDER; i++)
      change += Math.abs(this.#shape.reflection[i]! - this.#sent.reflection[i]!);
    return change > CHANGED_SHAPE;
  }
}
