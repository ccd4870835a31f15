/** WebSocket subprotocols (RFC 6455, section 1.9): a protocol that has one is spoken with those who ask for it. */
import type { IncomingMessage } from "node:http";
import type { HttpRefusal } from "./http-refusal.ts";
import { badRequest } from "./http-refusals.ts";
import type { ServerProtocol } from "./protocol/server-dialect.ts";

/** Why an upgrade does not ask for the route's protocol, for the one who asked; undefined where it does. */
export function refuseSubprotocol(
  { headers }: Pick<IncomingMessage, "headers">,
  { subprotocol, route }: ServerProtocol,
): HttpRefusal | undefined {
  if (subprotocol === undefined) return undefined;
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (offered.includes(subprotocol)) return undefined;
  const seen = offered.length === 1 && offered[0] === "" ? "none was" : "others were";
  return badRequest(
    "ERR_MESSAGE",
    `${route} speaks the WebSocket subprotocol ${subprotocol}; ${seen} asked for.`,
    `Offer "${subprotocol}".`,
  );
}
