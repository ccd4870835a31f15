/**
 * Upgrades of one HTTP server by path: one listener, whatever number of `attach` calls, and other people's listeners are
 * left alone.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { ConfigError } from "../core/errors.ts";
import { pathOf } from "./http-answers.ts";
import { refuseUpgrade } from "./http-refusal.ts";
import { wrongPath } from "./http-refusals.ts";

/** As much of an HTTP or HTTPS server as is needed. */
export interface HttpServerLike {
  on(event: "upgrade", listener: UpgradeListener): unknown;
  off(event: "upgrade", listener: UpgradeListener): unknown;
  listenerCount(event: "upgrade"): number;
  address(): { port: number; address: string; family: string } | string | null;
}

/** Takes an upgrade over. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const tables = new WeakMap<HttpServerLike, UpgradeRoutes>();

/** The routes of one HTTP server. */
class UpgradeRoutes {
  readonly #server: HttpServerLike;
  readonly #routes = new Map<string, UpgradeListener>();
  readonly #listener: UpgradeListener = (request, socket, head) => this.#onUpgrade(request, socket, head);

  constructor(server: HttpServerLike) {
    this.#server = server;
  }

  add(paths: readonly string[], listener: UpgradeListener): void {
    const taken = paths.find((path) => this.#routes.has(path));
    if (taken !== undefined) {
      throw new ConfigError("ERR_CONFIG", `${taken} is served already on this HTTP server.`, {
        hint: "Give each attach() a path of its own.",
      });
    }
    if (this.#routes.size === 0) this.#server.on("upgrade", this.#listener);
    for (const path of paths) this.#routes.set(path, listener);
  }

  remove(paths: readonly string[]): void {
    if (this.#routes.size === 0) return;
    for (const path of paths) this.#routes.delete(path);
    if (this.#routes.size === 0) this.#server.off("upgrade", this.#listener);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = pathOf(request);
    const route = this.#routes.get(path);
    if (route !== undefined) route(request, socket, head);
    // Node leaves the socket of an upgrade to the listeners: where nobody else listens, nobody else would answer.
    else if (this.#server.listenerCount("upgrade") === 1) {
      refuseUpgrade(socket, request.headers, wrongPath(path, [...this.#routes.keys()]));
    }
  }
}

/** Has `listener` take the upgrades to `paths`; returns what undoes it. @throws ConfigError where one is taken */
export function routeUpgrades(
  server: HttpServerLike,
  paths: readonly string[],
  listener: UpgradeListener,
): () => void {
  let routes = tables.get(server);
  if (routes === undefined) {
    routes = new UpgradeRoutes(server);
    tables.set(server, routes);
  }
  routes.add(paths, listener);
  return () => routes.remove(paths);
}
