/** What of a server's gate can be set on the command line: its certificate, its tokens, the proxies it believes. */
import { readFile } from "node:fs/promises";
import { asVoxwireError } from "../core/errors.ts";
import { tokenAuth } from "../transport/auth.ts";
import type { ListenOptions } from "../transport/listen-options.ts";
import type { ServerSettings } from "../transport/server-options.ts";
import { UsageError } from "./usage-error.ts";

/** The options as they were given. */
export interface GateFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tokenSecret?: string;
  readonly trustProxy?: string;
}

/** Reads the files. @throws UsageError for files that cannot be read or are of no use */
export async function gateOf(
  flags: GateFlags,
): Promise<Pick<ServerSettings & ListenOptions, "auth" | "tls" | "trustProxy">> {
  const { tlsCert, tlsKey, tokenSecret, trustProxy } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const missing = tlsCert === undefined ? "--tls-cert" : "--tls-key";
    throw new UsageError(`${missing} is missing.`, "TLS needs both --tls-cert and --tls-key.");
  }
  return {
    ...(tlsCert !== undefined &&
      tlsKey !== undefined && {
        tls: { cert: await read("--tls-cert", tlsCert), key: await read("--tls-key", tlsKey) },
      }),
    ...(tokenSecret !== undefined && { auth: await authOf(tokenSecret) }),
    ...(trustProxy !== undefined && { trustProxy: proxiesOf(trustProxy) }),
  };
}

async function read(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `${flag} cannot be read: ${reason}.`,
      "Is the path right, and may this user read it?",
      cause,
    );
  }
}

/** An editor's new line at the end of the file is no part of the secret. */
async function authOf(file: string): Promise<ReturnType<typeof tokenAuth>> {
  const secret = (await read("--token-secret", file)).trim();
  try {
    return tokenAuth(secret);
  } catch (cause) {
    const known = asVoxwireError(cause);
    if (known === undefined) throw cause;
    throw new UsageError(`--token-secret: ${known.message}`, known.hint, cause);
  }
}

function proxiesOf(text: string): number | readonly string[] {
  if (/^\d+$/.test(text)) return Number(text);
  return text.split(",").map((part) => part.trim());
}
