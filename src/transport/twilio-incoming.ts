/**
 * `POST {path}/telephone/incoming`: Twilio asks what to do with a call and is answered with TwiML that connects it to this
 * handler's stream. Source: Twilio's documentation of `<Connect><Stream>` and of webhooks.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../core/logger.ts";
import type { Counters } from "./counters.ts";
import { answerXml } from "./http-answers.ts";
import { authorise, type HttpAuthParts } from "./http-auth.ts";
import { readBody } from "./http-body.ts";
import { type HttpRefusal, refuseRequest } from "./http-refusal.ts";
import { badRequest, tooBigBody, wrongMethod } from "./http-refusals.ts";
import { TWILIO_ROUTE } from "./protocol/twilio-client.ts";
import { twilioProtocol } from "./protocol/twilio-dialect.ts";
import { type PublicName, possibleUrls, publicHost } from "./public-url.ts";
import type { RareLine } from "./rare-line.ts";
import type { ServerRoute } from "./server-routes.ts";
import type { CallParameters, CheckedTwilioOptions } from "./twilio-options.ts";
import { isTwilioSignature } from "./twilio-signature.ts";

/** Twilio's form is some 20 short fields. */
const MAX_FORM_BYTES = 65_536;

/** What answering a call takes. */
export interface IncomingCallParts extends HttpAuthParts {
  /** The handler's path. */
  readonly path: string;
  readonly twilio: CheckedTwilioOptions;
  readonly name: PublicName;
  readonly counters: Counters;
  /** Told of each request that is not Twilio's: anybody can send them. */
  readonly badSignatures: RareLine;
}

/** Answers the request. Never rejects. */
export async function answerIncomingCall(
  request: IncomingMessage,
  response: ServerResponse,
  parts: IncomingCallParts,
): Promise<void> {
  const { path, twilio, name, counters, logger } = parts;
  const { method } = request;
  const refuse = (refused: HttpRefusal) => {
    counters.countRefusal(refused.kind);
    refuseRequest(response, refused);
  };
  if (method !== "POST" && method !== "GET") {
    request.resume();
    response.setHeader("allow", "GET, POST");
    refuse(wrongMethod("GET or POST"));
    return;
  }
  if (twilio.authTokens.length === 0) {
    const asked = await authorise(request, parts);
    if ("refused" in asked) {
      request.resume();
      refuse({ ...asked.refused, hint: TWILIO_HINT });
      return;
    }
  }
  const body = await readBody(request, MAX_FORM_BYTES);
  if (body === "gone") return;
  if (body === "too-big") {
    refuse(tooBigBody(MAX_FORM_BYTES));
    return;
  }
  // a GET's parameters are in its URL, which is signed as a whole
  const form = method === "POST" ? new URLSearchParams(body.toString()) : undefined;
  if (!isSignedCall(request, parts, ["https", "http"], form)) {
    parts.badSignatures.happened();
    refuse(BAD_SIGNATURE);
    return;
  }
  const host = publicHost(request, name);
  if (host === undefined) {
    const message = "The request does not say by which host it came.";
    refuse(badRequest("ERR_MESSAGE", message, "Send the header Host, or set twilio.publicUrl."));
    return;
  }
  try {
    const call = Object.fromEntries(form ?? new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? ""));
    const parameters = (await twilio.parameters?.(call)) ?? {};
    answerXml(response, 200, streamTwiml(`wss://${host}${path}${TWILIO_ROUTE}`, parameters));
  } catch (error) {
    logger.error("twilio.parameters failed; the call is refused.", { error });
    refuse({
      kind: "handler",
      status: 500,
      code: "ERR_HANDLER",
      message: "The call's parameters could not be made.",
      hint: "See the server's log.",
    });
  }
}

/** Whether a request bears Twilio's signature, or none is asked for. */
function isSignedCall(
  request: IncomingMessage,
  { twilio, name }: Pick<IncomingCallParts, "twilio" | "name">,
  schemes: readonly string[],
  form?: URLSearchParams,
): boolean {
  if (twilio.authTokens.length === 0) return true;
  const signature = request.headers["x-twilio-signature"];
  return isTwilioSignature(signature, twilio.authTokens, possibleUrls(request, name, schemes), form);
}

/** What a signature says of a stream about to be opened: it stands in for any other authorisation. */
export function callGate(
  twilio: CheckedTwilioOptions,
  name: PublicName,
  logger: Logger,
): (request: IncomingMessage, route: ServerRoute) => HttpRefusal | "signed" | undefined {
  let hasWarned = false;
  return (request, { protocol }) => {
    if (protocol.name !== twilioProtocol.name) return undefined;
    if (twilio.authTokens.length === 0) {
      if (!hasWarned) logger.warn(UNSIGNED);
      hasWarned = true;
      return undefined;
    }
    const isSigned = isSignedCall(request, { twilio, name }, ["wss", "https", "ws", "http"]);
    return isSigned ? "signed" : BAD_SIGNATURE;
  };
}

const UNSIGNED =
  "A call came, and anybody could make it: twilio.authToken is not set, so no signature is checked. Set it to the account's auth token.";

/** Where a server asks for authorisation, a stream is let in by Twilio's signature, or by the hook. */
const TWILIO_HINT =
  "Set twilio.authToken (voxwire serve --twilio-token-env): Twilio's signature then stands for a token.";

const BAD_SIGNATURE: HttpRefusal = {
  kind: "signature",
  status: 403,
  code: "ERR_SIGNATURE",
  message: "The X-Twilio-Signature is not valid for this URL.",
  hint: "Check twilio.authToken, and set twilio.publicUrl to the URL that Twilio calls where a proxy changes host or path.",
};

/** Connects a call to a stream, both ways. */
function streamTwiml(url: string, parameters: CallParameters): string {
  const inner = Object.entries(parameters).map(
    ([name, value]) => `<Parameter name="${escapeXml(name)}" value="${escapeXml(String(value))}"/>`,
  );
  const stream = `<Stream url="${escapeXml(url)}">${inner.join("")}</Stream>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Connect>${stream}</Connect></Response>\n`;
}

/** Text inside an attribute; characters that XML 1.0 has no way to write are left out. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
