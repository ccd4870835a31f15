/**
 * By which URL a request came, as the one who sent it wrote it: for signatures over URLs, and for telling others where to
 * connect. The server itself sees only what the last proxy has made of it.
 */
import type { IncomingMessage } from "node:http";
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";

/** How a server finds out its own name. */
export interface PublicName {
  /** Scheme, host, port and what goes before the server's paths, without a slash at the end; undefined: as requests say. */
  readonly publicUrl: string | undefined;
  /** Whether this request comes from a proxy whose `X-Forwarded-Host` is believed. */
  isFromTrustedProxy(request: IncomingMessage): boolean;
}

const STANDARD_PORTS: Readonly<Record<string, string>> = {
  https: ":443",
  wss: ":443",
  http: ":80",
  ws: ":80",
};

/** The same without slashes at its end. @throws ConfigError where it is no http or https URL, or has a query */
export function checkPublicUrl(name: string, given: string): string {
  const url = typeof given === "string" && URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new ConfigError("ERR_CONFIG", `${name} is ${show(given)}; expected an http or https URL.`, {
      hint: 'Write what the outside world calls this server, such as "https://voice.example.org".',
    });
  }
  return given.replace(/\/+$/, "");
}

/** Host, port and prefix by which the outside world calls this server; undefined where the request does not say. */
export function publicHost(request: IncomingMessage, name: PublicName): string | undefined {
  if (name.publicUrl !== undefined) return name.publicUrl.replace(/^https?:\/\//, "");
  const forwarded = name.isFromTrustedProxy(request) ? request.headers["x-forwarded-host"] : undefined;
  // of several proxies each adds its own at the end: the first is what the outside world wrote
  const [host = ""] = String(forwarded ?? request.headers.host ?? "").split(",", 1);
  return /^[\w.:[\]-]+$/.test(host.trim()) ? host.trim() : undefined;
}

/**
 * The URLs that the sender of a request may have written: with each of `schemes`, the standard port stated or not. A
 * signature over one of them is as good as over another: host and path are the same.
 */
export function possibleUrls(
  request: IncomingMessage,
  name: PublicName,
  schemes: readonly string[],
): readonly string[] {
  const whole = publicHost(request, name);
  if (whole === undefined) return [];
  const [host = ""] = whole.split("/", 1);
  const rest = whole.slice(host.length) + (request.url ?? "");
  return schemes.flatMap((scheme) => {
    const port = STANDARD_PORTS[scheme] ?? "";
    const hasPort = /:\d+$/.test(host);
    if (!hasPort) return [`${scheme}://${host}${rest}`, `${scheme}://${host}${port}${rest}`];
    const bare = host.endsWith(port) ? [`${scheme}://${host.slice(0, -port.length)}${rest}`] : [];
    return [`${scheme}://${host}${rest}`, ...bare];
  });
}
