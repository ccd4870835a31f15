/** The WebSocket routes of one server: each handler's path, with each protocol's route below it. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { HandlerDefaults } from "../stream/generator-handler.ts";
import { checkJitter } from "../stream/jitter/jitter-settings.ts";
import { type HandlerMaker, type HandlerSource, resolveHandler } from "../stream/resolve-handler.ts";
import { checkPath } from "./check-path.ts";
import type { HandlerMount } from "./connection-context.ts";
import type { HandlerSettings } from "./handler-settings.ts";
import type { ServerProtocol } from "./protocol/server-dialect.ts";
import { SERVER_PROTOCOLS } from "./protocol/server-protocols.ts";
import {
  type CheckedOptions,
  isMounted,
  type ServerOptions,
  type WorkerServerOptions,
} from "./server-options.ts";
import { isModuleSource, moduleWithoutWorkers } from "./workers/handler-module.ts";

/** One route. */
export interface ServerRoute {
  /** The whole path. */
  readonly path: string;
  readonly protocol: ServerProtocol;
  readonly mount: HandlerMount;
}

/** From a handler as it was given to a maker of handlers. @throws ConfigError for what is none */
export type HandlerResolver = (source: HandlerSource, defaults: HandlerDefaults) => HandlerMaker;

/** Each handler on its path. @throws ConfigError for handlers and paths that are wrong */
export function mountHandlers(
  options: ServerOptions | WorkerServerOptions,
  checked: CheckedOptions,
  resolve: HandlerResolver = resolveLocal,
): readonly HandlerMount[] {
  const { handler, handlers } = options;
  if ((handler === undefined) === (handlers === undefined)) {
    throw new ConfigError("ERR_CONFIG", "The options have to name one of handler and handlers.", {
      hint: 'Pass handler, or several by path: handlers: { "/echo": EchoHandler }.',
    });
  }
  if (handlers === undefined)
    return [mount(checked.path, handler as HandlerSource, options, checked, resolve)];
  if (typeof handlers !== "object" || handlers === null || Object.keys(handlers).length === 0) {
    throw new ConfigError("ERR_CONFIG", `handlers is ${show(handlers)}; expected handlers by path.`, {
      hint: 'Write handlers: { "/echo": EchoHandler }.',
    });
  }
  const mounts = Object.entries(handlers).map(([path, given]) => {
    const { handler: source, ...own } = isMounted(given) ? given : { handler: given };
    const whole = checked.path + checkPath(`the path ${show(path)} in handlers`, path);
    return mount(whole, source as HandlerSource, { ...options, ...own }, checked, resolve);
  });
  const twice = mounts.find(({ path }, i) => mounts.findIndex((other) => other.path === path) !== i);
  if (twice !== undefined) {
    throw new ConfigError("ERR_CONFIG", `handlers has ${show(twice.path)} twice.`, {
      hint: "Give each handler a path of its own.",
    });
  }
  return mounts;
}

/** Handlers that run in this thread. */
function resolveLocal(source: HandlerSource, defaults: HandlerDefaults): HandlerMaker {
  if (isModuleSource(source)) throw moduleWithoutWorkers(source);
  return resolveHandler(source, defaults);
}

/** Every protocol on every handler's path. */
export function routesOf(mounts: readonly HandlerMount[]): ReadonlyMap<string, ServerRoute> {
  const routes = mounts.flatMap((mount) =>
    SERVER_PROTOCOLS.map((protocol) => ({ path: mount.path + protocol.route, protocol, mount })),
  );
  return new Map(routes.map((route) => [route.path, route]));
}

function mount(
  path: string,
  source: HandlerSource,
  settings: HandlerSettings,
  checked: CheckedOptions,
  resolve: HandlerResolver,
): HandlerMount {
  const { inputRate, outputRate, frameMs, sampleFormat } = settings;
  return {
    path,
    makeHandler: resolve(source, { inputRate, outputRate, frameMs, sampleFormat }),
    inputRate: inputRate ?? checked.inputRate,
    outputRate: outputRate ?? checked.outputRate,
    frameMs: frameMs ?? checked.frameMs,
    jitter: checkJitter(settings.jitter),
  };
}
