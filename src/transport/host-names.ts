/**
 * By which names a server may be asked for. A page can have its own name resolve to this machine (DNS rebinding), and is
 * then of the same host as a server here, as far as its browser can tell: only the name in `Host` tells them apart.
 */
import { isIP } from "node:net";
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";

/** Whether a server may be asked for by this `Host`. */
export type HostCheck = (host: string) => boolean;

/**
 * The check of the option `hosts`.
 * @returns undefined for `"*"`: by any name
 * @throws ConfigError `ERR_CONFIG`
 */
export function hostCheck(names: readonly unknown[]): HostCheck | undefined {
  for (const name of names) {
    if (typeof name === "string" && /^(\*|(\*\.)?[\w-]+(\.[\w-]+)*|[\d.]+|\[?[\da-f:]+\]?)$/i.test(name))
      continue;
    throw new ConfigError("ERR_CONFIG", `hosts has ${show(name)}; expected names of hosts, or "*".`, {
      hint: 'Write names alone, without scheme and port: "voice.example.org", or "*.example.org" for all below.',
    });
  }
  if (names.includes("*")) return undefined;
  const known = (names as readonly string[]).map((name) => name.toLowerCase());
  const exact = new Set(known);
  const below = known.filter((name) => name.startsWith("*.")).map((name) => name.slice(1));
  return (host) => {
    const name = nameOf(host);
    return isOwn(name) || exact.has(name) || below.some((suffix) => name.endsWith(suffix));
  };
}

/** Whether an address or name to listen on is this machine's alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return isLocalName(name) || name === "::1" || /^(::ffff:)?127(\.\d+){3}$/.test(name);
}

/** Names that nobody can have resolve elsewhere: addresses, and those that browsers keep for their own machine. */
function isOwn(name: string): boolean {
  return isLocalName(name) || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
}

function isLocalName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

/** Without port, in small letters; empty where it is none. */
function nameOf(host: string): string {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, "") : "";
}
