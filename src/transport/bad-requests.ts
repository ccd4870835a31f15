/** What never became a request: a header or body that did not come in time, or is no HTTP. Answered in words, and counted. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Counters } from "./counters.ts";
import { type HttpRefusal, refuseUpgrade } from "./http-refusal.ts";
import { badRequest } from "./http-refusals.ts";

/** Has the server answer them. */
export function answerBadRequests(server: Server, counters: Counters, handshakeTimeoutMs: number): void {
  const responses = new WeakMap<Duplex, ServerResponse>();
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    responses.set(socket, response);
  });
  server.on("clientError", (error: Error & { code?: string }, socket: Duplex) => {
    // nothing can be said inside TLS that has not begun
    if (error.code === "ERR_TLS_HANDSHAKE_TIMEOUT") counters.countRefusal("handshake-timeout");
    const refused = refusalOf(error.code ?? "", handshakeTimeoutMs);
    if (refused !== undefined) counters.countRefusal(refused.kind);
    const response = responses.get(socket);
    const isAnswered = response?.headersSent === true && !response.writableFinished;
    if (refused === undefined || isAnswered || !socket.writable) socket.destroy();
    else refuseUpgrade(socket, {}, refused);
  });
}

/** By Node's codes; undefined for a client that is gone. */
function refusalOf(code: string, handshakeTimeoutMs: number): HttpRefusal | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return {
      kind: "handshake-timeout",
      status: 408,
      code: "ERR_TIMEOUT",
      message: `The request was not complete after ${handshakeTimeoutMs} ms.`,
      hint: "Send its header and body at once.",
    };
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return {
      ...badRequest(
        "ERR_TOO_BIG",
        "The request's header is too long.",
        "Send fewer cookies, or a shorter query.",
      ),
      status: 431,
    };
  }
  if (!code.startsWith("HPE_")) return undefined;
  return badRequest("ERR_MESSAGE", "What came is no HTTP/1.1 request.", "Connect with http:// or ws://.");
}
