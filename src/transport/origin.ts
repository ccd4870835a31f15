/**
 * Which pages may connect. A browser lets any page open a WebSocket to any host, so without this check every site a
 * person visits could speak to a server on their own machine.
 */
import type { IncomingMessage } from "node:http";

/** Undefined where the request may pass, else one sentence that says why not. */
export function refuseOrigin(request: IncomingMessage, allowed: ReadonlySet<string>): string | undefined {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed.has("*") || allowed.has(origin)) return undefined;
  if (host !== undefined && isSameHost(origin, host)) return undefined;
  const seen = JSON.stringify(origin.slice(0, 200));
  return `Pages of ${seen} may not connect to this server. Serve the page from this host, or add the origin to allowOrigin.`;
}

function isSameHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  if (protocol !== "http:" && protocol !== "https:") return false;
  // through URL, so that a port that goes without saying is dropped on both sides
  const asOrigin = `${protocol}//${host}`;
  return URL.canParse(asOrigin) && new URL(asOrigin).host === originHost;
}
