/** A server that runs, as `serve` and `attach` give it back. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerMetrics } from "./counters.ts";
import type { Readiness } from "./monitoring/readiness.ts";
import type { LiveSession } from "./session-registry.ts";
import type { HttpServerLike } from "./upgrade-routes.ts";
import type { CloseOptions } from "./voice-server.ts";

/** What `serve` and `attach` return. */
export interface RunningServer {
  /** The base URL for clients, such as `ws://127.0.0.1:8765`; empty while an attached HTTP server does not listen. */
  readonly url: string;
  /** The TCP port; 0 while an attached HTTP server does not listen. */
  readonly port: number;
  /** The live sessions by id. */
  readonly sessions: ReadonlyMap<string, LiveSession>;
  /** A snapshot of the counters. */
  readonly metrics: ServerMetrics;
  /** Whether new clients should be sent here, as `/readyz` of `serve` says. */
  readonly readiness: Readiness;
  /** Where the metrics are read; empty without the option `metrics`. */
  readonly metricsUrl: string;
  /**
   * Answers a plain HTTP request to one of this server's paths (inputs and outputs by id, incoming calls). `serve` does it
   * by itself; an HTTP server of your own hands requests on, where it wants those paths: in Express
   * `app.use((request, response, next) => voice.answer(request, response) || next())`.
   * @returns false for other paths, with the request untouched
   */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Closes: no new sessions (503), clients are told, queued audio leaves, handlers shut down, sockets close. Resolves
   * when all is done; calling it again gives the same promise. An HTTP server of your own stays open.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** Whether it speaks TLS: by tls.Server's own method, without loading node:https. */
export function isSecureServer(server: HttpServerLike): boolean {
  return "setSecureContext" in server;
}

/** The TCP port of an HTTP server, or 0. */
export function portOf(server: HttpServerLike): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The address an HTTP server listens on; empty where it does not, or on no port. */
export function addressOf(server: HttpServerLike): string {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.address : "";
}

/** The URL of a path on an HTTP server. */
export function httpUrlOf(server: HttpServerLike, path: string): string {
  return urlOf(server, path, isSecureServer(server)).replace(/^ws/, "http");
}

/** The base URL of an HTTP server with a path below it. An address that means "all" is shown as the loopback one. */
export function urlOf(server: HttpServerLike, path: string, isSecure = false): string {
  const address = server.address();
  if (typeof address !== "object" || address === null) return "";
  const host = address.address === "0.0.0.0" || address.address === "::" ? "127.0.0.1" : address.address;
  return `${isSecure ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${address.port}${path}`;
}
