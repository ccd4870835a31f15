/** `attach`: a voice server beside whatever else an HTTP server does. */
import { ConfigError } from "../core/errors.ts";
import { pathOf } from "./http-answers.ts";
import { httpUrlOf, portOf, type RunningServer, urlOf } from "./running-server.ts";
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
  if (typeof options.metrics === "object" && options.metrics.port !== undefined) {
    throw new ConfigError("ERR_CONFIG", "attach() opens no port for metrics.", {
      hint: "Leave metrics.port out, and hand the requests for metrics.path on to answer().",
    });
  }
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
    get readiness() {
      return voice.readiness;
    },
    get metricsUrl() {
      const { metrics } = voice.options;
      return metrics === undefined || portOf(httpServer) === 0 ? "" : httpUrlOf(httpServer, metrics.path);
    },
    answer: (request, response) => {
      const monitoring = voice.monitoring.get(pathOf(request));
      monitoring?.answer(request, response);
      return monitoring !== undefined || voice.answer(request, response);
    },
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
