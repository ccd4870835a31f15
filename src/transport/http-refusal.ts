/**
 * What a client is told over plain HTTP that does not get what it asked for: a status, a sentence, what to do, and the
 * stable code, in the header `voxwire-error` and, for who accepts JSON, in a body of the wire's own shape.
 */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { ErrorCode } from "../core/errors.ts";
import type { RefusalKind } from "./counters.ts";
import { answerJson, answerText } from "./http-answers.ts";

/** A refusal in plain HTTP. */
export interface HttpRefusal {
  /** What is counted. */
  readonly kind: RefusalKind;
  readonly status: number;
  readonly code: ErrorCode;
  /** One sentence: what was seen. */
  readonly message: string;
  /** One sentence: what to do about it; empty where the message says it. */
  readonly hint: string;
}

/** The header that names the code. */
const ERROR_HEADER = "voxwire-error";

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** When to try again a server that is full or closing: about as long as a new process takes to stand in its place. */
const RETRY_AFTER_S = 5;
/** ... and one that has had too many requests of one kind. */
const RETRY_SOON_S = 1;

/** Refuses a request; nothing where its client has gone. */
export function refuseRequest(response: ServerResponse, refusal: HttpRefusal): void {
  if (response.headersSent || response.destroyed) return;
  const { status, code, message, hint } = refusal;
  response.setHeader(ERROR_HEADER, code);
  const retryAfterS = retryAfter(status);
  if (retryAfterS !== undefined) response.setHeader("retry-after", retryAfterS);
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  // what is over of the body is left unread
  if (status === 413) response.setHeader("connection", "close");
  if (acceptsJson(response.req.headers)) answerJson(response, status, wireError(refusal));
  else answerText(response, status, `${message} ${hint}`.trim());
}

/** Refuses an upgrade, or what never became a request: a whole HTTP answer, then the end of the socket. */
export function refuseUpgrade(socket: Duplex, headers: IncomingHttpHeaders, refusal: HttpRefusal): void {
  const { status, code, message, hint } = refusal;
  const isJson = acceptsJson(headers);
  const body = `${isJson ? JSON.stringify(wireError(refusal)) : `${message} ${hint}`.trim()}\n`;
  const retryAfterS = retryAfter(status);
  socket.on("error", () => socket.destroy());
  // Node's time-outs end with the upgrade: a client that keeps its end open would keep the socket, and hold up a close
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Refused"}\r\n` +
      "Connection: close\r\n" +
      (retryAfterS === undefined ? "" : `Retry-After: ${retryAfterS}\r\n`) +
      `${ERROR_HEADER}: ${code}\r\n` +
      `Content-Type: ${isJson ? "application/json" : "text/plain"}; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function acceptsJson({ accept }: IncomingHttpHeaders): boolean {
  return accept?.includes("application/json") ?? false;
}

/** The same as an error has on a WebSocket. */
function wireError({ code, message, hint }: HttpRefusal): object {
  return { type: "error", message, data: { code, hint } };
}

function retryAfter(status: number): number | undefined {
  if (status === 503) return RETRY_AFTER_S;
  return status === 429 ? RETRY_SOON_S : undefined;
}
