/** `attach`: a voice server beside whatever else an HTTP server does. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { pathOf } from "./http-answers.ts";
import { checkAttachNames } from "./option-names.ts";
import { addressOf, httpUrlOf, isSecureServer, portOf, type RunningServer, urlOf } from "./running-server.ts";
import type { ServerOptions, WorkerServerOptions } from "./server-options.ts";
import { type HttpServerLike, routeUpgrades } from "./upgrade-routes.ts";
import { type CloseOptions, VoiceServer } from "./voice-server.ts";

/**
 * Serves `{path}/websocket/offer` on an HTTP or HTTPS server of your own: the one behind Express, Fastify, Hono or none.
 * Requests and upgrades to other paths are left alone, and so is the server on `close()`.
 * @throws ConfigError `ERR_CONFIG` (also where the path is taken), `ERR_RATE`; WasmError
 */
export function attach(httpServer: HttpServerLike, options: ServerOptions): RunningServer;
/**
 * The same with handlers in worker threads: a promise, for they have to load first. Until then the path is nobody's.
 * @throws as above, at once; rejects with VoxwireError `ERR_HANDLER`, `ERR_WORKER` where workers cannot load their modules
 */
export function attach(httpServer: HttpServerLike, options: WorkerServerOptions): Promise<RunningServer>;
export function attach(
  httpServer: HttpServerLike,
  options: ServerOptions | WorkerServerOptions,
): RunningServer | Promise<RunningServer> {
  checkHttpServer(httpServer);
  checkAttachNames(options);
  if (typeof options.metrics === "object" && options.metrics.port !== undefined) {
    throw new ConfigError("ERR_CONFIG", "attach() opens no port for metrics.", {
      hint: "Leave metrics.port out, and hand the requests for metrics.path on to answer().",
    });
  }
  const voice = new VoiceServer(options, () => (isSecureServer(httpServer) ? "" : addressOf(httpServer)));
  return options.workers === undefined ? attached(httpServer, voice) : attachedLater(httpServer, voice);
}

/** In plain JavaScript nobody else says that it is none. */
function checkHttpServer(given: unknown): void {
  const isServer =
    typeof given === "object" &&
    given !== null &&
    ["on", "off", "address", "listenerCount"].every((name) => typeof Reflect.get(given, name) === "function");
  if (isServer) return;
  throw new ConfigError("ERR_CONFIG", `attach() was given ${show(given)}; expected an HTTP server.`, {
    hint: "Pass what createServer() of node:http or node:https returned: attach(httpServer, { handler }).",
  });
}

async function attachedLater(httpServer: HttpServerLike, voice: VoiceServer): Promise<RunningServer> {
  try {
    await voice.start();
  } catch (error) {
    await voice.close();
    throw error;
  }
  return attached(httpServer, voice);
}

function attached(httpServer: HttpServerLike, voice: VoiceServer): RunningServer {
  let remove: () => void;
  try {
    remove = routeUpgrades(httpServer, [...voice.routes.keys()], (request, socket, head) =>
      voice.upgrade(request, socket, head),
    );
  } catch (error) {
    void voice.close();
    throw error;
  }
  voice.listens();
  let closed: Promise<void> | undefined;
  return {
    get url() {
      return urlOf(httpServer, voice.options.path, isSecureServer(httpServer));
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
      const monitoring = voice.monitoring().get(pathOf(request));
      monitoring?.answer(request, response);
      return monitoring !== undefined || voice.answer(request, response);
    },
    close(closeOptions?: CloseOptions): Promise<void> {
      closed ??= voice.close(closeOptions).then(remove);
      return closed;
    },
  };
}
