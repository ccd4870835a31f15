/**
 * Which pages may connect, and read. A browser lets any page open a WebSocket to any host, so without this check every site
 * a person visits could speak to a server on their own machine.
 */
import type { IncomingMessage } from "node:http";
import type { HostCheck } from "./host-names.ts";
import type { HttpRefusal } from "./http-refusal.ts";

/** What a gate goes by. */
export interface PageGateOptions {
  /** Origins that may pass beside that of this very host; `"*"`: all. */
  readonly allowedOrigins: ReadonlySet<string>;
  /** By which names pages may ask for this server, asked anew each time; undefined: by any. */
  readonly hosts: () => HostCheck | undefined;
}

/** Asked before anything is done for a request. */
export class PageGate {
  readonly #options: PageGateOptions;

  constructor(options: PageGateOptions) {
    this.#options = options;
  }

  /** Undefined where an upgrade, or a request that changes something, may pass: browsers send an origin with both. */
  refuse({ headers }: IncomingMessage): HttpRefusal | undefined {
    const { origin, host = "" } = headers;
    const { allowedOrigins } = this.#options;
    if (origin === undefined || allowedOrigins.has("*") || allowedOrigins.has(origin)) return undefined;
    return isSameHost(origin, host) ? this.#refuseHost(host) : refusedOrigin(origin);
  }

  /** The same for one that reads: a page's of its own host has no origin. */
  refuseReader(request: IncomingMessage): HttpRefusal | undefined {
    const { origin, host } = request.headers;
    if (origin !== undefined) return this.refuse(request);
    // no browser leaves it out, and old probes (HTTP/1.0) do
    return host === undefined ? undefined : this.#refuseHost(host);
  }

  #refuseHost(host: string): HttpRefusal | undefined {
    const isKnown = this.#options.hosts();
    if (isKnown === undefined || isKnown(host)) return undefined;
    return {
      kind: "host",
      status: 403,
      code: "ERR_HOST",
      message: `Pages may not ask for this server by the name ${shown(host)}, which could be anybody's.`,
      hint: "Open the page by localhost or an address, or add the name to hosts (voxwire serve: --allow-host).",
    };
  }
}

function refusedOrigin(origin: string): HttpRefusal {
  return {
    kind: "origin",
    status: 403,
    code: "ERR_ORIGIN",
    message: `Pages of ${shown(origin)} may not connect to this server.`,
    hint: "Serve the page from this host, or add the origin to allowOrigin.",
  };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function isSameHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  if (protocol !== "http:" && protocol !== "https:") return false;
  // through URL, so that a port that goes without saying is dropped on both sides
  const asOrigin = `${protocol}//${host}`;
  return URL.canParse(asOrigin) && new URL(asOrigin).host === originHost;
}
