/** The FastRTC JSON protocol, server end: every message but media -> its text. Media is written by `MediaEncoder`. */
import type { WireAgreement } from "./fastrtc-format.ts";
import { type ResumeOffer, resumeFields } from "./resume-message.ts";

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

/** A line for the person at the client. */
export function warningText(message: string): string {
  return JSON.stringify({ type: "warning", data: message });
}

/** The handler waits for additional inputs. */
export const SEND_INPUT = '{"type":"send_input","data":""}';

/** There is an additional output to be fetched by id: what a plain client is told. */
export const FETCH_OUTPUT = '{"type":"fetch_output","data":[]}';

/** An additional output itself. @param json the value, already JSON */
export function outputText(json: string): string {
  return `{"type":"output","data":${json}}`;
}

/** No more audio will come. */
export function endStreamText(message: string): string {
  return JSON.stringify({ type: "end_stream", data: message });
}

/** The refusal of a session beyond the limit, as FastRTC words it. @param word what a client that sent a `format` is told */
export function limitText(limit: number, word: LimitWord | undefined): string {
  const more = word && { code: "ERR_LIMIT_SESSIONS", ...word };
  return JSON.stringify({ status: "failed", meta: { error: "concurrency_limit_reached", limit, ...more } });
}

/** Which limit it was, and what to do. */
export interface LimitWord {
  readonly message: string;
  readonly hint: string;
}

/** The answer to a `start` with a `format`. */
export function startedText(
  id: string,
  { input, output }: WireAgreement,
  resume: ResumeOffer | undefined,
): string {
  const comingBack = resume === undefined ? {} : resumeFields(resume);
  return JSON.stringify({ type: "started", data: { webrtc_id: id, input, output, ...comingBack } });
}

/** A mark, on its way out or back. */
export function markText(name: string): string {
  return JSON.stringify({ event: "mark", mark: { name } });
}
