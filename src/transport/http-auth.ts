/** The `auth` hook for plain HTTP: who may set a session's inputs and read its outputs. */
import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { type AuthHook, authRequest, type Grant } from "./auth.ts";
import { type AddressReader, addressKey } from "./client-address.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import { badRequest } from "./http-refusals.ts";
import { PendingAuth } from "./pending-auth.ts";
import { readParameters } from "./protocol/parameters.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** What is asked with. */
export interface HttpAuthParts {
  readonly auth: AuthHook | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly room: WaitingRoom;
  readonly readAddress: AddressReader;
  readonly authTimeoutMs: number;
}

/** One of the two. */
export type HttpAuthAnswer = { readonly grant: Grant } | { readonly refused: HttpRefusal };

/**
 * Asks the hook about a request, as it is asked about an upgrade.
 * @returns what the client may do, everything where there is no hook; or a refusal. Never settles where the
 *   client has gone
 */
export async function authorise(
  request: IncomingMessage,
  { auth, authTimeoutMs, clock, logger, readAddress, room }: HttpAuthParts,
): Promise<HttpAuthAnswer> {
  if (auth === undefined) return { grant: {} };
  const query = readParameters(new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? ""));
  if ("kind" in query) {
    return { refused: badRequest("ERR_MESSAGE", query.message, query.hint) };
  }
  const { socket } = request;
  const remoteAddress = readAddress(request);
  const pending = new PendingAuth({
    clock,
    logger,
    room,
    socket,
    addressKey: addressKey(remoteAddress),
    timeoutMs: authTimeoutMs,
  });
  const asked = authRequest(request, query.parameters, remoteAddress, pending.signal);
  return await new Promise<HttpAuthAnswer>((resolve) =>
    pending.ask(() => auth(asked), {
      onGranted: (grant) => resolve({ grant }),
      onRefused: (refused) => resolve({ refused }),
    }),
  );
}

/** Why this client may not touch the session of `id`; undefined where it may. */
export function refuseId(grant: Grant, id: string): HttpRefusal | undefined {
  if (grant.id === undefined || grant.id === id) return undefined;
  return {
    kind: "auth",
    status: 403,
    code: "ERR_AUTH",
    message: "You are authorised for another id than this one.",
    hint: "Use the id the token was made for.",
  };
}
