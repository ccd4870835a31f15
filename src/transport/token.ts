/**
 * Short-lived tokens that let one client open one session: signed with HMAC-SHA256, bound to an id where one is given.
 *
 * `<claims>.<signature>`, both base64url. The claims are readable by anyone, and nobody can change them without the
 * secret. A token is good for any number of connections until it expires: keep that short. Bound to an id it is good for
 * one session at a time, since an id is taken while its session lives.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { checkNumber, show } from "../core/check.ts";
import { checkOptionNames } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf } from "../core/option-names.ts";

/** What the signature covers beside the claims, so that it is good for nothing else signed with the same secret. */
const CONTEXT = "voxwire.token.1.";
const MIN_SECRET_BYTES = 16;
const MAX_TOKEN_LENGTH = 4096;
const DEFAULT_TTL_MS = 60_000;

/** What a token is made of. */
export interface TokenOptions {
  /** At least 16 bytes, random: `openssl rand -base64 32`. */
  secret: string | Uint8Array;
  /** The session's id; without one the client may choose. */
  id?: string;
  /** For the handler; over whatever the client sends under the same names. */
  params?: Readonly<Record<string, string>>;
  /** How long it is good for, in ms from now. Default 60,000. */
  ttlMs?: number;
  /** Milliseconds since 1970. Default now. */
  nowMs?: number;
}

/** What a token says. */
export interface TokenClaims {
  readonly isValid: true;
  readonly id: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/** A token that is not to be believed. */
export interface TokenRefusal {
  readonly isValid: false;
  readonly reason: "missing" | "malformed" | "signature" | "expired";
}

/** How a token is checked. */
export interface VerifyOptions {
  /** The secret, or several while one is being replaced: any of them will do. */
  secret: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Milliseconds since 1970. Default now. */
  nowMs?: number;
}

const TOKEN_OPTIONS: NamesOf<TokenOptions> = { secret: 1, id: 1, params: 1, ttlMs: 1, nowMs: 1 };
const VERIFY_OPTIONS: NamesOf<VerifyOptions> = { secret: 1, nowMs: 1 };

/** Makes a token. @throws ConfigError for a short secret or a bad time to live */
export function createToken(options: TokenOptions): string {
  checkOptionNames("createToken()", options, TOKEN_OPTIONS);
  const { id, params, ttlMs = DEFAULT_TTL_MS, nowMs = Date.now() } = options;
  if (id !== undefined && typeof id !== "string") throw notText("id", id);
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value !== "string") throw notText(`params.${name}`, value);
  }
  checkNumber("ttlMs", ttlMs, 1, 10 * 365 * 86_400_000);
  const claims = Buffer.from(JSON.stringify({ id, params, exp: Math.round(nowMs + ttlMs) }));
  const body = claims.toString("base64url");
  const token = `${body}.${sign(checkSecret(options.secret), body)}`;
  if (token.length <= MAX_TOKEN_LENGTH) return token;
  throw new ConfigError(
    "ERR_CONFIG",
    `The token has ${token.length} characters; at most ${MAX_TOKEN_LENGTH}.`,
    {
      hint: "Put less into params.",
    },
  );
}

/**
 * Checks a token in constant time; never throws for what a client sent.
 * @throws ConfigError for a short secret
 */
export function verifyToken(token: string | undefined, options: VerifyOptions): TokenClaims | TokenRefusal {
  checkOptionNames("verifyToken()", options, VERIFY_OPTIONS);
  const secrets = secretsOf(options.secret);
  if (token === undefined || token === "") return refusal("missing");
  if (typeof token !== "string") return refusal("malformed");
  const [body = "", signature = "", ...more] = token.length > MAX_TOKEN_LENGTH ? [] : token.split(".");
  if (more.length > 0 || !/^[\w-]+$/.test(body) || !/^[\w-]{43}$/.test(signature))
    return refusal("malformed");
  // as text: its last character could be written in four ways
  const given = Buffer.from(signature);
  let isSigned = false;
  // all of them, whichever fits: how long it takes says nothing
  for (const secret of secrets)
    isSigned = timingSafeEqual(given, Buffer.from(sign(secret, body))) || isSigned;
  if (!isSigned) return refusal("signature");
  const { id, params = {}, exp } = JSON.parse(Buffer.from(body, "base64url").toString()) as SignedClaims;
  if (exp <= (options.nowMs ?? Date.now())) return refusal("expired");
  return { isValid: true, id, params, expiresMs: exp };
}

/** As `createToken` wrote them: the signature vouches for it. */
interface SignedClaims {
  readonly id?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly exp: number;
}

/** The secrets, each long enough. @throws ConfigError */
export function secretsOf(secret: VerifyOptions["secret"]): readonly (string | Uint8Array)[] {
  const secrets = Array.isArray(secret) ? (secret as readonly (string | Uint8Array)[]) : [secret as string];
  if (secrets.length === 0) throw noSecret("an empty list");
  return secrets.map(checkSecret);
}

function checkSecret(secret: string | Uint8Array): string | Uint8Array {
  const isText = typeof secret === "string";
  if (!isText && !(secret instanceof Uint8Array)) throw noSecret(show(secret));
  const bytes = isText ? Buffer.byteLength(secret) : secret.length;
  if (bytes < MIN_SECRET_BYTES) throw noSecret(`${bytes} bytes long`);
  return secret;
}

function notText(name: string, value: unknown): ConfigError {
  return new ConfigError("ERR_CONFIG", `${name} is ${show(value)}; expected text.`, {
    hint: "Tokens hold strings: write numbers as text.",
  });
}

function noSecret(seen: string): ConfigError {
  return new ConfigError(
    "ERR_CONFIG",
    `secret is ${seen}; expected at least ${MIN_SECRET_BYTES} random bytes.`,
    {
      hint: 'Make one with "openssl rand -base64 32" and keep it out of the code.',
    },
  );
}

function sign(secret: string | Uint8Array, body: string): string {
  return createHmac("sha256", secret)
    .update(CONTEXT + body)
    .digest("base64url");
}

function refusal(reason: TokenRefusal["reason"]): TokenRefusal {
  return { isValid: false, reason };
}
