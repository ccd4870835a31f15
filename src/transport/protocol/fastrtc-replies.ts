/** The FastRTC JSON protocol, server end: every message but media -> its text. Media is written by `MediaEncoder`. */
import type { WireAgreement } from "./fastrtc-format.ts";

export const PONG = '{"event":"pong"}';
export const CLEAR = '{"event":"clear"}';

/** An error, to every client; FastRTC's own has `message` alone. */
export function errorText(code: string, message: string, hint: string): string {
  return JSON.stringify({ type: "error", message, data: { code, hint } });
}

/** A line for the client's log. */
export function logText(message: string): string {
  return JSON.stringify({ type: "log", data: message });
}

/** No more audio will come. */
export function endStreamText(message: string): string {
  return JSON.stringify({ type: "end_stream", data: message });
}

/** The refusal of a session beyond the limit, as FastRTC words it. */
export function limitText(limit: number): string {
  return JSON.stringify({ status: "failed", meta: { error: "concurrency_limit_reached", limit } });
}

/** The answer to a `start` with a `format`. */
export function startedText(id: string, { input, output }: WireAgreement): string {
  return JSON.stringify({ type: "started", data: { webrtc_id: id, input, output } });
}

/** A mark, on its way out or back. */
export function markText(name: string): string {
  return JSON.stringify({ event: "mark", mark: { name } });
}
