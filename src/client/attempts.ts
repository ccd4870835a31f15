/** The ways in which a connection may be opened: which protocol at which URL, and whether a refusal means "try the next". */
import { VoxwireError } from "../core/errors.ts";
import type { ClientDialect } from "../transport/protocol/client-dialect.ts";
import type { ClientProtocol } from "../transport/protocol/client-protocols.ts";
import type { SocketFailure } from "./client-socket.ts";

/** A protocol's messages; undefined where it is not spoken. */
export type CreateDialect = (protocol: ClientProtocol) => ClientDialect | undefined;

/** One protocol at its URL. */
export interface Attempt {
  readonly protocol: ClientProtocol;
  readonly url: string;
  /** Makes a connection's messages. @throws ConfigError `ERR_CONFIG` where the platform does not speak the protocol */
  createDialect(): ClientDialect;
}

/**
 * HTTP statuses by which servers say that they do not know a route, or no WebSocket on it. FastAPI's answer to a WebSocket
 * on an unknown path is 403. Others (401, 429, 503) are about the client or the load, and hold for every route.
 */
const UNKNOWN_ROUTE = new Set([400, 403, 404, 405, 406, 410, 426, 500, 501]);

/** Whether the server is there but does not take this route or subprotocol, as far as can be told. */
export function isUnknownRoute(failure: SocketFailure | VoxwireError | undefined): boolean {
  if (failure === undefined || failure instanceof VoxwireError) return false;
  if (failure.status !== undefined) return UNKNOWN_ROUTE.has(failure.status);
  // no code: a browser, which gives no reason, or an upgrade without the subprotocol; a reset: a server that hung up
  return failure.code === "" || failure.code === "ECONNRESET";
}
