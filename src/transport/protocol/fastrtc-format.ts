/** Agreeing on what the wire carries: the `format` of a client's `start` against what this server can do. */
import { show } from "../../core/check.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../../core/rates.ts";
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { WIRE_ENCODINGS, type WireDirection, type WireEncoding } from "./fastrtc-shapes.ts";

const MIN_WIRE_FRAME_MS = 5;
export const MAX_WIRE_FRAME_MS = 500;

/** Both directions, every field set. */
export interface WireAgreement {
  /** What the client sends. */
  readonly input: Readonly<WireDirection>;
  /** What the client gets. */
  readonly output: Readonly<WireDirection>;
}

/**
 * The agreement on a client's offer.
 * @param offer the `format` of `start`, as parsed; a direction or field that is left out is taken from `defaults`
 * @returns the agreement, or `ERR_FORMAT_UNSUPPORTED` with a message that says what would be accepted
 */
export function agreeOnFormat(offer: unknown, defaults: WireAgreement): WireAgreement | Fault {
  if (!isObject(offer)) return unsupported("format", offer, "an object");
  const input = agreeOnDirection("format.input", offer.input, defaults.input);
  if ("kind" in input) return input;
  const output = agreeOnDirection("format.output", offer.output, defaults.output);
  if ("kind" in output) return output;
  return { input, output };
}

function agreeOnDirection(name: string, offer: unknown, defaults: WireDirection): WireDirection | Fault {
  if (offer === undefined) return defaults;
  if (!isObject(offer)) return unsupported(name, offer, "an object");
  const encoding = offer.encoding ?? defaults.encoding;
  if (!isEncoding(encoding)) {
    return unsupported(`${name}.encoding`, encoding, `one of ${WIRE_ENCODINGS.join(", ")}`);
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEncoding(value: unknown): value is WireEncoding {
  return (WIRE_ENCODINGS as readonly unknown[]).includes(value);
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
