/**
 * What hangs on a session's id over plain HTTP: who may come there, and `GET {path}/outputs?webrtc_id=ID`, which reads
 * additional outputs as server-sent events. The server's `auth` hook is asked; without one, whoever knows the id may read
 * outputs and set inputs, so ids should be random.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { addressKey } from "./client-address.ts";
import type { Counters } from "./counters.ts";
import { authorise, type HttpAuthParts, refuseId } from "./http-auth.ts";
import { type HttpRefusal, refuseRequest } from "./http-refusal.ts";
import { badRequest, wrongMethod } from "./http-refusals.ts";
import type { InputRates } from "./input-rates.ts";
import type { OutputAnswers, OutputHub } from "./output-hub.ts";
import type { PageGate } from "./page-gate.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { SessionRegistry } from "./session-registry.ts";

export const OUTPUTS_ROUTE = "/outputs";

/** What the endpoints work on. */
export interface SessionEndpointParts extends HttpAuthParts {
  readonly counters: Counters;
  readonly registry: SessionRegistry;
  readonly outputs: OutputHub;
  readonly inputRates: InputRates;
  readonly pages: PageGate;
  readonly bounds: ServerLimits;
}

/** How readers of outputs are answered. */
export const OUTPUT_ANSWERS: OutputAnswers = {
  begin(response) {
    // no content-length: the stream ends with the session
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    response.write(":\n\n");
  },
  refuse: refuseRequest,
};

/** Answers `GET {path}/outputs?webrtc_id=ID`. */
export async function answerOutputs(
  request: IncomingMessage,
  response: ServerResponse,
  parts: SessionEndpointParts,
): Promise<void> {
  const { counters, outputs, readAddress } = parts;
  if (!mayPass(request, response, "GET", parts)) return;
  request.resume();
  const asked = await authorise(request, parts);
  if ("refused" in asked) {
    refuse(response, counters, asked.refused);
    return;
  }
  const query = new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? "");
  const id = query.get("webrtc_id") ?? query.get("websocket_id");
  const refused = id === null ? UNNAMED : refuseId(asked.grant, id);
  if (id === null || refused !== undefined) {
    refuse(response, counters, refused ?? UNNAMED);
    return;
  }
  const last = Number(request.headers["last-event-id"] ?? 0);
  outputs.read(id, {
    response,
    afterNumber: Number.isSafeInteger(last) ? last : 0,
    addressKey: addressKey(readAddress(request)),
  });
}

const UNNAMED = badRequest(
  "ERR_MESSAGE",
  "The query does not name the session.",
  "Write /outputs?webrtc_id=ID.",
);

/** Refuses a request, and counts it. */
export function refuse(response: ServerResponse, counters: Counters, refused: HttpRefusal): void {
  counters.countRefusal(refused.kind);
  refuseRequest(response, refused);
}

/** Method and origin; a page of an allowed origin is let in, and let ask first (CORS). */
export function mayPass(
  request: IncomingMessage,
  response: ServerResponse,
  method: "GET" | "POST",
  { counters, pages }: Pick<SessionEndpointParts, "counters" | "pages">,
): boolean {
  const refused = request.method === "POST" ? pages.refuse(request) : pages.refuseReader(request);
  if (refused !== undefined) {
    request.resume();
    refuse(response, counters, refused);
    return false;
  }
  const { origin } = request.headers;
  if (origin !== undefined) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("vary", "origin");
  }
  if (request.method === method) return true;
  request.resume();
  if (request.method === "OPTIONS") {
    response.setHeader("access-control-allow-methods", method);
    response.setHeader("access-control-allow-headers", "authorization, content-type, last-event-id");
    response.writeHead(204).end();
  } else {
    response.setHeader("allow", method);
    refuse(response, counters, wrongMethod(method));
  }
  return false;
}
