/** The `auth` hook for plain HTTP: who may set a session's inputs and read its outputs. */
import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { type AuthHook, authRequest, type Grant } from "./auth.ts";
import { type AddressReader, addressKey } from "./client-address.ts";
import type { Counters } from "./counters.ts";
import { PendingAuth, type Refused } from "./pending-auth.ts";
import { readParameters } from "./protocol/parameters.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** What is asked with. */
export interface HttpAuthParts {
  readonly auth: AuthHook | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly room: WaitingRoom;
  readonly readAddress: AddressReader;
  readonly authTimeoutMs: number;
}

/** One of the two. */
export type HttpAuthAnswer = { readonly grant: Grant } | { readonly refused: Refused };

/**
 * Asks the hook about a request, as it is asked about an upgrade.
 * @returns what the client may do, everything where there is no hook; or a refusal, which has been counted. Never settles
 *   where the client has gone
 */
export async function authorise(
  request: IncomingMessage,
  { auth, authTimeoutMs, clock, counters, logger, readAddress, room }: HttpAuthParts,
): Promise<HttpAuthAnswer> {
  if (auth === undefined) return { grant: {} };
  const query = readParameters(new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? ""));
  if ("kind" in query) {
    return { refused: { kind: "bad-request", status: 400, text: `${query.message} ${query.hint}` } };
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
  const answer = await new Promise<HttpAuthAnswer>((resolve) =>
    pending.ask(() => auth(asked), {
      onGranted: (grant) => resolve({ grant }),
      onRefused: (refused) => resolve({ refused }),
    }),
  );
  if ("refused" in answer) counters.countRefusal(answer.refused.kind);
  return answer;
}

/** Why this client may not touch the session of `id`; undefined where it may. */
export function refuseId(grant: Grant, id: string, counters: Counters): Refused | undefined {
  if (grant.id === undefined || grant.id === id) return undefined;
  counters.countRefusal("auth");
  return { kind: "auth", status: 403, text: "You are authorised for another id than this one." };
}
