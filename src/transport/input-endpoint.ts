/** `POST {path}/input_hook`, by the path that FastRTC's examples use: sets the additional inputs of a session by its id. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson } from "./http-answers.ts";
import { authorise, refuseId } from "./http-auth.ts";
import { readBody } from "./http-body.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import { badRequest, tooBigBody } from "./http-refusals.ts";
import { isDeeperThan } from "./json-depth.ts";
import { inputValuesOf } from "./protocol/input-values.ts";
import { mayPass, refuse, type SessionEndpointParts } from "./session-endpoints.ts";

/** Where it is, below each handler's path. */
export const INPUT_ROUTE = "/input_hook";

/** Answers a request. */
export async function answerInput(
  request: IncomingMessage,
  response: ServerResponse,
  parts: SessionEndpointParts,
): Promise<void> {
  const { bounds, counters, inputRates, registry } = parts;
  if (!mayPass(request, response, "POST", parts)) return;
  const asked = await authorise(request, parts);
  if ("refused" in asked) {
    request.resume();
    refuse(response, counters, asked.refused);
    return;
  }
  const body = await readBody(request, bounds.maxControlBytes);
  if (body === "gone") return;
  if (body === "too-big") {
    refuse(response, counters, tooBigBody(bounds.maxControlBytes));
    return;
  }
  const message = inputOf(body, bounds.maxJsonDepth);
  if ("kind" in message) {
    refuse(response, counters, message);
    return;
  }
  const session = registry.sessions.get(message.id);
  const refused =
    refuseId(asked.grant, message.id) ??
    (session === undefined ? NO_SESSION : inputRates.take(session, body.length) ? undefined : TOO_FAST);
  if (refused !== undefined) {
    if (refused === TOO_FAST) counters.tooFast++;
    refuse(response, counters, refused);
    return;
  }
  session?.setInput(...message.input);
  answerJson(response, 200, { status: "ok" });
}

/** The session and its values that a body names. */
function inputOf(
  body: Buffer,
  maxJsonDepth: number,
): { readonly id: string; readonly input: readonly unknown[] } | HttpRefusal {
  if (isDeeperThan(body, maxJsonDepth))
    return badRequest("ERR_JSON", `The body is nested deeper than ${maxJsonDepth}.`, BODY_HINT);
  let message: unknown;
  try {
    message = JSON.parse(body.toString());
  } catch {
    return badRequest("ERR_JSON", "The body is not JSON.", BODY_HINT);
  }
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return badRequest("ERR_MESSAGE", "The body is JSON, but not an object.", BODY_HINT);
  const { webrtc_id: webrtcId, websocket_id: id = webrtcId, ...rest } = message as Record<string, unknown>;
  if (typeof id !== "string")
    return badRequest("ERR_MESSAGE", "The body has no webrtc_id that is a string.", BODY_HINT);
  const values = inputValuesOf(rest);
  if ("kind" in values) return badRequest("ERR_MESSAGE", values.message, values.hint);
  return { id, input: values.input };
}

const BODY_HINT = 'Send {"webrtc_id":"<id>","input":[...]}.';

const NO_SESSION: HttpRefusal = {
  kind: "no-session",
  status: 404,
  code: "ERR_NO_SESSION",
  message: "There is no session with this id.",
  hint: "Start it first.",
};

const TOO_FAST: HttpRefusal = {
  kind: "too-fast",
  status: 429,
  code: "ERR_TOO_FAST",
  message: "Inputs for this session come faster than this server takes them; this one was dropped.",
  hint: "Send fewer, and the latest values alone.",
};
