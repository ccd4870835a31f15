/** What can be set where a jitter buffer is asked for, and where there can be one. Loads none. */
import type { StreamCodec } from "../../codec/audio/stream-codec.ts";
import { checkNumber, show } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";

/** Settings of a jitter buffer; `true` in their place stands for all defaults. */
export interface JitterSettings {
  /** The most that it may delay, in ms; what would be later is left out. 40 to 2,000, default 600. */
  maxDelayMs?: number;
  /** Delay outside the buffer that the listener has as well, in ms. Default: 50, or what is measured. */
  networkMs?: number;
}

const JITTER_SETTINGS: NamesOf<JitterSettings> = { maxDelayMs: 1, networkMs: 1 };

/** Rates at which there is a jitter buffer, in Hz. */
export const JITTER_RATES: readonly number[] = [8000, 16000, 24000, 48000];

/** Whether there is a jitter buffer at this rate. */
export function isJitterRate(sampleRate: number): boolean {
  return JITTER_RATES.includes(sampleRate);
}

/** Frames that a jitter buffer can be made for, in ms. */
export const LEAST_FRAME_MS = 10;
export const MOST_FRAME_MS = 60;

/** Whether a message of this duration is one frame of a jitter buffer. */
export function isBufferFrame(frameMs: number): boolean {
  return frameMs >= LEAST_FRAME_MS && frameMs <= MOST_FRAME_MS;
}

/** Whether a codec's payloads can wait in a jitter buffer; else they are decoded when they come. */
export function payloadsCanWait(codec: StreamCodec | undefined, frameMs: number): boolean {
  return codec?.samplesIn !== undefined && isBufferFrame(frameMs);
}

/** The settings, or undefined for false. @throws ConfigError `ERR_CONFIG` */
export function checkJitter(jitter: boolean | JitterSettings | undefined): JitterSettings | undefined {
  if (jitter === undefined || jitter === false) return undefined;
  if (jitter === true) return {};
  if (typeof jitter !== "object" || jitter === null) {
    throw new ConfigError("ERR_CONFIG", `jitter is ${show(jitter)}; expected true, false or an object.`, {
      hint: "Write jitter: true, or { maxDelayMs: 300 }.",
    });
  }
  expectOptions("jitter", jitter, JITTER_SETTINGS);
  if (jitter.maxDelayMs !== undefined) checkNumber("jitter.maxDelayMs", jitter.maxDelayMs, 40, 2000);
  if (jitter.networkMs !== undefined) checkNumber("jitter.networkMs", jitter.networkMs, 0, 2000);
  return jitter;
}
