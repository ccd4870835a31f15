/**
 * Who may connect: a hook that is asked before a WebSocket is opened, and what it is told.
 *
 * A browser cannot set headers on a WebSocket: it has the query, which ends up in the logs of proxies, and the
 * subprotocol, which does not.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { MaybePromise } from "../stream/handler.ts";
import { pathOf } from "./http-answers.ts";
import { secretsOf, type TokenRefusal, type VerifyOptions, verifyToken } from "./token.ts";

/** A subprotocol that carries a token: `new WebSocket(url, ["voxwire.token." + token])`. */
const TOKEN_SUBPROTOCOL = "voxwire.token.";

/** What is known of a client that wants to connect. */
export interface AuthRequest {
  /**
   * From the header `Authorization: Bearer …`, the subprotocol `voxwire.token.…` or the query's `token`, in this order.
   * Undefined where there is none.
   */
  readonly token: string | undefined;
  /** Without the query. */
  readonly path: string;
  /** The query, without `token`. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Behind proxies that are trusted, the client's own. */
  readonly remoteAddress: string;
  /** Aborted when the answer is waited for no more. */
  readonly signal: AbortSignal;
}

/** What a client that is let in may do. */
export interface Grant {
  /** The only id its session may have. */
  readonly id?: string | undefined;
  /** For the handler; over whatever the client sends under the same names. */
  readonly params?: Readonly<Record<string, string>> | undefined;
}

/** True or a grant: let in. False, or a sentence for the client that says why: refused with 401. */
export type AuthAnswer = boolean | Grant | { readonly refused: string };

/** Decides on one client. What it throws is logged, and the client is refused with 500. */
export type AuthHook = (request: AuthRequest) => MaybePromise<AuthAnswer>;

const REFUSALS: Readonly<Record<TokenRefusal["reason"], string>> = {
  missing: "A token is needed: in the Authorization header, a subprotocol or the query.",
  malformed: "The token cannot be read.",
  signature: "The token is not one of this server's.",
  expired: "The token has expired. Ask for a new one.",
};

/** A hook for the tokens of `createToken`. @throws ConfigError for a short secret */
export function tokenAuth(secret: VerifyOptions["secret"]): AuthHook {
  const secrets = secretsOf(secret);
  return ({ token }) => {
    const claims = verifyToken(token, { secret: secrets });
    return claims.isValid ? { id: claims.id, params: claims.params } : { refused: REFUSALS[claims.reason] };
  };
}

/** What the hook is told of a request. */
export function authRequest(
  request: IncomingMessage,
  query: Readonly<Record<string, string>>,
  remoteAddress: string,
  signal: AbortSignal,
): AuthRequest {
  const { token: inQuery, ...params } = query;
  const { headers } = request;
  const inHeader = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const inSubprotocol = tokenSubprotocol(offeredSubprotocols(request))?.slice(TOKEN_SUBPROTOCOL.length);
  return {
    token: inHeader ?? inSubprotocol ?? inQuery,
    path: pathOf(request),
    params,
    headers,
    remoteAddress,
    signal,
  };
}

/**
 * The subprotocol to agree on: the route's own where it is offered. A browser gives a connection up when it offered some
 * and none is chosen, so where it only offered its token, that is chosen.
 */
export function chooseSubprotocol(offered: ReadonlySet<string>, own: string | undefined): string | false {
  if (own !== undefined && offered.has(own)) return own;
  return tokenSubprotocol([...offered]) ?? false;
}

function tokenSubprotocol(offered: readonly string[]): string | undefined {
  return offered.find((name) => name.startsWith(TOKEN_SUBPROTOCOL));
}

function offeredSubprotocols({ headers }: IncomingMessage): string[] {
  return (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
}
