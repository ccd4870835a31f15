/** Agreeing on what the wire carries: the `format` of a client's `start` against what this server can do. */
import type { StreamCodec } from "../../codec/audio/stream-codec.ts";
import { show } from "../../core/check.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../../core/rates.ts";
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { isSampleEncoding, SAMPLE_ENCODINGS, type WireDirection } from "./fastrtc-shapes.ts";

const MIN_WIRE_FRAME_MS = 5;
const MAX_WIRE_FRAME_MS = 500;

/** Writers are made for frames of this many samples at least: 20 ms at 48 kHz. */
const USUAL_SAMPLES = 960;

/** Samples in the longest frame of a direction. */
export function longestFrame({ sample_rate, frame_ms }: WireDirection): number {
  return Math.ceil((sample_rate * Math.min(frame_ms, MAX_WIRE_FRAME_MS)) / 1000);
}

/** The same for a writer that sessions share: few sizes, so that few writers serve all. */
export function sharedFrame(direction: WireDirection): number {
  return Math.max(USUAL_SAMPLES, 2 ** Math.ceil(Math.log2(longestFrame(direction))));
}

/** Both directions, every field set. */
export interface WireAgreement {
  /** What the client sends. */
  readonly input: Readonly<WireDirection>;
  /** What the client gets. */
  readonly output: Readonly<WireDirection>;
}

/** What a codec that keeps state takes; see `StreamCodec`. */
export type CodecShape = Pick<StreamCodec, "name" | "sampleRates" | "frameDurationsMs">;

/**
 * The agreement on a client's offer.
 * @param offer the `format` of `start`, as parsed; a direction or field that is left out is taken from `defaults`
 * @param codecs those that are spoken beside the encodings of single samples
 * @returns the agreement, or `ERR_FORMAT_UNSUPPORTED` with a message that says what would be accepted
 */
export function agreeOnFormat(
  offer: unknown,
  defaults: WireAgreement,
  codecs: readonly CodecShape[] = [],
): WireAgreement | Fault {
  if (!isObject(offer)) return unsupported("format", offer, "an object");
  const unknown = unknownMember("format", offer, FORMAT_MEMBERS);
  if (unknown !== undefined) return unknown;
  const input = agreeOnDirection("format.input", offer.input, defaults.input, codecs);
  if ("kind" in input) return input;
  const output = agreeOnDirection("format.output", offer.output, defaults.output, codecs);
  if ("kind" in output) return output;
  return { input, output };
}

function agreeOnDirection(
  name: string,
  offer: unknown,
  defaults: WireDirection,
  codecs: readonly CodecShape[],
): WireDirection | Fault {
  if (offer === undefined) return defaults;
  if (!isObject(offer)) return unsupported(name, offer, "an object");
  const unknown = unknownMember(name, offer, DIRECTION_MEMBERS);
  if (unknown !== undefined) return unknown;
  const { channels = 1, comfort_noise: noise = false } = offer;
  if (channels !== 1) return unsupported(`${name}.channels`, channels, "1 (mono)");
  if (typeof noise !== "boolean") return unsupported(`${name}.comfort_noise`, noise, "true or false");
  const encoding = offer.encoding ?? defaults.encoding;
  const codec = codecs.find((known) => known.name === encoding);
  if (codec !== undefined) return agreeOnCodec(name, offer, defaults, codec);
  if (!isSampleEncoding(encoding)) {
    const known = [...SAMPLE_ENCODINGS, ...codecs.map((other) => other.name)];
    return unsupported(`${name}.encoding`, encoding, `one of ${known.join(", ")}`);
  }
  const sampleRate = offer.sample_rate ?? defaults.sample_rate;
  if (!isWhole(sampleRate, MIN_SAMPLE_RATE, MAX_SAMPLE_RATE)) {
    return unsupported(
      `${name}.sample_rate`,
      sampleRate,
      `a whole number of Hz from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE}`,
    );
  }
  const frameMs = offer.frame_ms ?? defaults.frame_ms;
  if (!isWhole(frameMs, MIN_WIRE_FRAME_MS, MAX_WIRE_FRAME_MS)) {
    return unsupported(
      `${name}.frame_ms`,
      frameMs,
      `a whole number of ms from ${MIN_WIRE_FRAME_MS} to ${MAX_WIRE_FRAME_MS}`,
    );
  }
  return { encoding, sample_rate: sampleRate, frame_ms: frameMs };
}

/** A codec has rates and durations of its own, and chooses among them what is left open. */
function agreeOnCodec(
  name: string,
  offer: Readonly<Record<string, unknown>>,
  defaults: WireDirection,
  { name: encoding, sampleRates, frameDurationsMs }: CodecShape,
): WireDirection | Fault {
  const own = sampleRates.includes(defaults.sample_rate) ? defaults.sample_rate : sampleRates.at(-1);
  const sampleRate = offer.sample_rate ?? own;
  if (!isOneOf(sampleRate, sampleRates)) {
    const expected = `${choice(sampleRates)} Hz, which ${encoding} has`;
    return unsupported(`${name}.sample_rate`, sampleRate, expected);
  }
  const durations = frameDurationsMs ?? EVERY_DURATION;
  const usual = durations.includes(defaults.frame_ms) ? defaults.frame_ms : USUAL_CODEC_FRAME_MS;
  const frameMs = offer.frame_ms ?? usual;
  if (!isOneOf(frameMs, durations)) {
    const expected =
      frameDurationsMs === undefined
        ? `a whole number of ms from ${MIN_WIRE_FRAME_MS} to ${MAX_WIRE_FRAME_MS}`
        : `${choice(frameDurationsMs)} ms, which ${encoding} has`;
    return unsupported(`${name}.frame_ms`, frameMs, expected);
  }
  return { encoding, sample_rate: sampleRate, frame_ms: frameMs };
}

const USUAL_CODEC_FRAME_MS = 20;
const EVERY_DURATION: readonly number[] = Array.from(
  { length: MAX_WIRE_FRAME_MS - MIN_WIRE_FRAME_MS + 1 },
  (_, i) => MIN_WIRE_FRAME_MS + i,
);

const FORMAT_MEMBERS = ["input", "output"];
const DIRECTION_MEMBERS = ["encoding", "sample_rate", "frame_ms", "channels", "comfort_noise"];

/** A member that means nothing here: to agree in silence would be to promise it. */
function unknownMember(
  name: string,
  offer: Readonly<Record<string, unknown>>,
  known: readonly string[],
): Fault | undefined {
  const member = Object.keys(offer).find((key) => !known.includes(key));
  if (member === undefined) return undefined;
  return fault(
    "ERR_FORMAT_UNSUPPORTED",
    CLOSE_CODES.wrongKind,
    `${name} has ${show(member)}, which this server does not know; expected ${known.join(", ")}.`,
    `Leave ${show(member)} out of ${name}.`,
  );
}

function isOneOf(value: unknown, known: readonly number[]): value is number {
  return known.some((one) => one === value);
}

function choice(values: readonly number[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function unsupported(name: string, value: unknown, expected: string): Fault {
  return fault(
    "ERR_FORMAT_UNSUPPORTED",
    CLOSE_CODES.wrongKind,
    `${name} is ${seen(value)}; expected ${expected}.`,
    `Offer ${expected} as ${name}, or leave it out for the server's own choice.`,
  );
}

/** A value from JSON as it may stand in a message. Not JSON.stringify: deep nesting overflows its stack. */
function seen(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return show(value);
}
