/** `attach`: a voice server beside whatever else an HTTP server does. */
import { ConfigError } from "../core/errors.ts";
import { portOf, type RunningServer, urlOf } from "./running-server.ts";
import type { ServerOptions } from "./server-options.ts";
import { type HttpServerLike, routeUpgrades } from "./upgrade-routes.ts";
import { type CloseOptions, VoiceServer } from "./voice-server.ts";

/**
 * Serves `{path}/websocket/offer` on an HTTP or HTTPS server of your own: the one behind Express, Fastify, Hono or none.
 * Requests and upgrades to other paths are left alone, and so is the server on `close()`.
 * @throws ConfigError `ERR_CONFIG` (also where the path is taken), `ERR_RATE`; WasmError
 */
export function attach(httpServer: HttpServerLike, options: ServerOptions): RunningServer {
  // only where types have not been looked at
  if (options.workers !== undefined) throw attachedWorkers();
  const voice = new VoiceServer(options);
  let remove: () => void;
  try {
    remove = routeUpgrades(httpServer, [...voice.routes.keys()], (request, socket, head) =>
      voice.upgrade(request, socket, head),
    );
  } catch (error) {
    void voice.close();
    throw error;
  }
  // tls.Server's own method: what tells an HTTPS server from an HTTP one without loading node:https
  const isSecure = "setSecureContext" in httpServer;
  let closed: Promise<void> | undefined;
  return {
    get url() {
      return urlOf(httpServer, voice.options.path, isSecure);
    },
    get port() {
      return portOf(httpServer);
    },
    get sessions() {
      return voice.sessions;
    },
    get metrics() {
      return voice.metrics;
    },
    answer: (request, response) => voice.answer(request, response),
    close(closeOptions?: CloseOptions): Promise<void> {
      closed ??= voice.close(closeOptions).then(remove);
      return closed;
    },
  };
}

function attachedWorkers(): ConfigError {
  return new ConfigError(
    "ERR_CONFIG",
    "attach() takes no workers: they have to load before the first client comes.",
    {
      hint: "Use serve({ workers, handler }) on a port of its own, and pass its path on from your server.",
    },
  );
}
