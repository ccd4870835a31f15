/** `serve`: a voice server on a port of its own. */
import type { Server } from "node:http";
import { checkInteger, show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { consoleLogger, containedLogger } from "../core/logger.ts";
import { loadDsp } from "../dsp/node-dsp.ts";
import { openPlayground } from "../playground/server/open-playground.ts";
import { answerRequest, pathOf } from "./http-answers.ts";
import type { ListenOptions } from "./listen-options.ts";
import { createListener } from "./listener.ts";
import { createMetricsListener } from "./monitoring/metrics-listener.ts";
import { checkServeNames } from "./option-names.ts";
import { playgroundInfo } from "./playground-info.ts";
import { httpUrlOf, portOf, type RunningServer, urlOf } from "./running-server.ts";
import type { ServerOptions, WorkerServerOptions } from "./server-options.ts";
import { routeUpgrades } from "./upgrade-routes.ts";
import { type CloseOptions, VoiceServer } from "./voice-server.ts";

/** Options of `serve`. */
export type ServeOptions = ServerOptions & ListenOptions;

/** Options of `serve` for handlers that run in worker threads. */
export type WorkerServeOptions = WorkerServerOptions & ListenOptions;

const DEFAULT_PORT = 8765;

/**
 * Starts a server on a port of its own. Below `path`, and each handler's own where there are several: Voxwire's binary
 * protocol at `/stream`, FastRTC's JSON at `/websocket/offer`, Twilio's Media Streams at `/telephone/handler` with TwiML at
 * `/telephone/incoming`, Vonage's at `/vonage`, inputs and outputs by id at `/input_hook` and `/outputs`. A page at
 * `/`, the server's state at `/health`, `/healthz` and `/readyz`; with `metrics` also `/metrics`.
 * @throws ConfigError `ERR_PORT` where the port cannot be had, `ERR_CONFIG` (also for a certificate that is of no use),
 *   `ERR_RATE`; WasmError; VoxwireError `ERR_HANDLER`, `ERR_WORKER` where workers cannot load their modules
 */
export async function serve(options: ServeOptions | WorkerServeOptions): Promise<RunningServer> {
  checkServeNames(options);
  const port = checkInteger("port", options.port ?? DEFAULT_PORT, 0, 65535);
  const host = checkHost(options.host ?? "127.0.0.1");
  const voice = new VoiceServer({ ...options, dsp: options.dsp ?? (await loadDsp()) }, () =>
    options.tls === undefined ? host : "",
  );
  const { metrics } = voice.options;
  let http: Server;
  try {
    await voice.start();
    const describe = (root: string) => playgroundInfo(options, voice, root);
    const page = options.playground === true && (await openPlayground(voice.options.path, describe));
    http = createListener(options.tls, voice.options.bounds, voice.counters, (request, response) => {
      if (voice.answer(request, response)) return;
      const monitoring = metrics?.port === undefined ? voice.monitoring().get(pathOf(request)) : undefined;
      if (monitoring !== undefined) {
        monitoring.answer(request, response);
        return;
      }
      if (page !== false && page.answer(request, response)) return;
      answerRequest(request, response, {
        path: voice.options.path,
        routes: voice.routes,
        endpoints: voice.endpoints,
        sessions: voice.sessions.size,
        isClosing: voice.isClosing,
        readiness: voice.readiness,
      });
    });
  } catch (error) {
    await voice.close();
    throw error;
  }
  routeUpgrades(http, [...voice.routes.keys()], (request, socket, head) =>
    voice.upgrade(request, socket, head),
  );
  const watched =
    metrics?.port === undefined
      ? undefined
      : createMetricsListener(voice.options.bounds, voice.counters, voice.monitoring(metrics.host));
  try {
    await listen(http, port, host);
    if (watched !== undefined) await listen(watched, metrics?.port ?? 0, metrics?.host ?? host);
  } catch (error) {
    await voice.close();
    if (http.listening) await stop(http);
    throw error;
  }
  voice.listens();
  const logger = containedLogger(options.logger ?? consoleLogger);
  http.on("error", (error) => logger.error("The HTTP server reports an error.", { error }));
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(http, voice.options.path, options.tls !== undefined),
    port: portOf(http),
    get sessions() {
      return voice.sessions;
    },
    get metrics() {
      return voice.metrics;
    },
    get readiness() {
      return voice.readiness;
    },
    metricsUrl: metrics === undefined ? "" : httpUrlOf(watched ?? http, metrics.path),
    answer: (request, response) => voice.answer(request, response),
    close(closeOptions?: CloseOptions): Promise<void> {
      closed ??= voice.close(closeOptions).then(async () => {
        await stop(http);
        if (watched !== undefined) await stop(watched);
      });
      return closed;
    },
  };
}

/** Node takes an empty host, and one that is no text, for "all addresses": nobody shall open a server like that. */
function checkHost(host: unknown): string {
  if (typeof host === "string" && host.trim() !== "") return host;
  throw new ConfigError("ERR_CONFIG", `host is ${show(host)}; expected an address or a name.`, {
    hint: 'Use "127.0.0.1" for this machine alone, or "0.0.0.0" for all its addresses.',
  });
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(portError(error, port, host));
    http.once("error", onError);
    http.listen(port, host, () => {
      http.off("error", onError);
      resolve();
    });
  });
}

function stop(http: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    http.close((error) => (error === undefined ? resolve() : reject(error)));
    http.closeAllConnections();
  });
}

function portError(cause: unknown, port: number, host: string): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const other = port === 65535 ? port - 1 : port + 1;
  switch (code) {
    case "EADDRINUSE":
      return new ConfigError("ERR_PORT", `Port ${port} on ${host} is in use by another program.`, {
        hint: `Use another port, such as ${other}, or 0 for a free one.`,
        cause,
      });
    case "EACCES":
      return new ConfigError("ERR_PORT", `This process may not listen on port ${port}.`, {
        hint: `Ports below 1024 need special rights; use one above, such as ${DEFAULT_PORT}.`,
        cause,
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ConfigError("ERR_PORT", `${JSON.stringify(host)} is not an address of this machine.`, {
        hint: 'Use "127.0.0.1" for this machine alone, or "0.0.0.0" for all its addresses.',
        cause,
      });
    default:
      return cause;
  }
}
