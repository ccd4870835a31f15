/** The HTTP or HTTPS server below `serve`: its certificate, and its patience with clients that say nothing. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { checkOptionNames } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf } from "../core/option-names.ts";
import { answerBadRequests } from "./bad-requests.ts";
import type { Counters } from "./counters.ts";
import type { ServerLimits } from "./server-limits.ts";

/** A certificate and its key, as PEM. */
export interface TlsFiles {
  /** With the certificates between it and the root, in this order. */
  cert: string | Uint8Array;
  key: string | Uint8Array;
  /** Of the key, where it has one. */
  passphrase?: string;
}

const TLS_FILES: NamesOf<TlsFiles> = { cert: 1, key: 1, passphrase: 1 };

/** How often the time-outs are looked at. */
const LOOK_MS = 500;
/** How long an HTTP connection may stay open between two requests. */
const KEEP_ALIVE_MS = 5000;
/** Node's own bound, stated: a request's header beyond it is answered with 431. */
const MAX_HEADER_BYTES = 16_384;

/** Makes the server; it does not listen yet. @throws ConfigError for a certificate or key of no use */
export function createListener(
  tls: TlsFiles | undefined,
  { handshakeTimeoutMs }: ServerLimits,
  counters: Counters,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = makeServer(tls, handshakeTimeoutMs, onRequest);
  answerBadRequests(server, counters, handshakeTimeoutMs);
  return server;
}

function makeServer(
  tls: TlsFiles | undefined,
  handshakeTimeoutMs: number,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const patience = {
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(LOOK_MS, handshakeTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  if (tls === undefined) return createServer(patience, onRequest);
  checkOptionNames("tls", tls, TLS_FILES);
  const { passphrase } = tls;
  const files = { cert: pem(tls.cert), key: pem(tls.key), ...(passphrase !== undefined && { passphrase }) };
  try {
    return createSecureServer({ ...patience, ...files, handshakeTimeout: handshakeTimeoutMs }, onRequest);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError("ERR_CONFIG", `tls.cert and tls.key cannot be used: ${reason}.`, {
      hint: "Give the contents of the PEM files, not their names; the key must belong to the certificate.",
      cause,
    });
  }
}

function pem(text: unknown): string | Buffer {
  if (typeof text === "string") return text;
  if (text instanceof Uint8Array) return Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  throw new ConfigError("ERR_CONFIG", "tls needs cert and key.", {
    hint: 'Write tls: { cert: readFileSync("cert.pem"), key: readFileSync("key.pem") }.',
  });
}
