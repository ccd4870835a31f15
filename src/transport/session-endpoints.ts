/**
 * What hangs on a session's id over plain HTTP, by the paths that FastRTC's examples use: `POST {path}/input_hook` sets
 * additional inputs, `GET {path}/outputs?webrtc_id=ID` reads additional outputs as server-sent events. The server's `auth`
 * hook is asked; without one, whoever knows the id may do both, so ids should be random.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson, answerText } from "./http-answers.ts";
import { authorise, type HttpAuthParts, refuseId } from "./http-auth.ts";
import { readBody } from "./http-body.ts";
import { isDeeperThan } from "./json-depth.ts";
import type { OutputAnswers, OutputHub } from "./output-hub.ts";
import type { PageGate } from "./page-gate.ts";
import type { Refused } from "./pending-auth.ts";
import { inputValuesOf } from "./protocol/input-values.ts";
import type { SessionRegistry } from "./session-registry.ts";

export const INPUT_ROUTE = "/input_hook";
export const OUTPUTS_ROUTE = "/outputs";

/** What the endpoints work on. */
export interface SessionEndpointParts extends HttpAuthParts {
  readonly registry: SessionRegistry;
  readonly outputs: OutputHub;
  readonly pages: PageGate;
  readonly maxBodyBytes: number;
  readonly maxJsonDepth: number;
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
  refuse: answerText,
};

/** Answers `POST {path}/input_hook`. */
export async function answerInput(
  request: IncomingMessage,
  response: ServerResponse,
  parts: SessionEndpointParts,
): Promise<void> {
  const { counters, maxBodyBytes, maxJsonDepth, registry } = parts;
  if (!mayPass(request, response, "POST", parts)) return;
  const asked = await authorise(request, parts);
  if ("refused" in asked) {
    refuse(request, response, asked.refused);
    return;
  }
  const body = await readBody(request, maxBodyBytes);
  if (body === "gone") return;
  if (body === "too-big") {
    response.setHeader("connection", "close");
    answerText(response, 413, `At most ${maxBodyBytes} bytes are taken.`);
    return;
  }
  if (isDeeperThan(body, maxJsonDepth)) {
    answerText(response, 400, `The body is nested deeper than ${maxJsonDepth}. ${BODY_HINT}`);
    return;
  }
  let message: unknown;
  try {
    message = JSON.parse(body.toString());
  } catch {
    answerText(response, 400, `The body is not JSON. ${BODY_HINT}`);
    return;
  }
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    answerText(response, 400, `The body is JSON, but not an object. ${BODY_HINT}`);
    return;
  }
  const {
    webrtc_id: webrtcId,
    websocket_id: websocketId = webrtcId,
    ...rest
  } = message as Record<string, unknown>;
  if (typeof websocketId !== "string") {
    answerText(response, 400, `The body has no webrtc_id that is a string. ${BODY_HINT}`);
    return;
  }
  const values = inputValuesOf(rest);
  if ("kind" in values) {
    answerText(response, 400, `${values.message} ${values.hint}`);
    return;
  }
  const refused = refuseId(asked.grant, websocketId, counters);
  if (refused !== undefined) {
    answerText(response, refused.status, refused.text);
    return;
  }
  const session = registry.sessions.get(websocketId);
  if (session === undefined) {
    answerText(response, 404, "There is no session with this id. Start it first.");
    return;
  }
  session.setInput(...values.input);
  answerJson(response, 200, { status: "ok" });
}

/** Answers `GET {path}/outputs?webrtc_id=ID`. */
export async function answerOutputs(
  request: IncomingMessage,
  response: ServerResponse,
  parts: SessionEndpointParts,
): Promise<void> {
  const { counters, outputs } = parts;
  if (!mayPass(request, response, "GET", parts)) return;
  request.resume();
  const asked = await authorise(request, parts);
  if ("refused" in asked) {
    refuse(request, response, asked.refused);
    return;
  }
  const query = new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? "");
  const id = query.get("webrtc_id") ?? query.get("websocket_id");
  if (id === null) {
    answerText(response, 400, "Name the session: /outputs?webrtc_id=ID.");
    return;
  }
  const refused = refuseId(asked.grant, id, counters);
  if (refused !== undefined) {
    answerText(response, refused.status, refused.text);
    return;
  }
  const last = Number(request.headers["last-event-id"] ?? 0);
  outputs.read(id, response, Number.isSafeInteger(last) ? last : 0);
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, text }: Refused): void {
  request.resume();
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  answerText(response, status, text);
}

const BODY_HINT = 'Send {"webrtc_id":"<id>","input":[...]}.';

/** Method and origin; a page of an allowed origin is let in, and let ask first (CORS). */
function mayPass(
  request: IncomingMessage,
  response: ServerResponse,
  method: "GET" | "POST",
  { counters, pages }: SessionEndpointParts,
): boolean {
  const refused = request.method === "POST" ? pages.refuse(request) : pages.refuseReader(request);
  if (refused !== undefined) {
    counters.countRefusal(refused.kind);
    refuse(request, response, refused);
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
    answerText(response, 405, `Only ${method}.`);
  }
  return false;
}
