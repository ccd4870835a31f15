/** The names of a server's options, so that one that is misspelt is refused. */
import { checkOptionNames } from "../core/check-options.ts";
import { DEFAULT_SESSION_LIMITS } from "../core/limits.ts";
import type { NamesOf } from "../core/option-names.ts";
import type { HandlerSettings } from "./handler-settings.ts";
import type { ListenOptions } from "./listen-options.ts";
import { type ServerLimits, serverLimits } from "./server-limits.ts";
import {
  isMounted,
  type MountedHandler,
  type ServerOptions,
  type WorkerServerOptions,
} from "./server-options.ts";
import type { MountedModule } from "./workers/worker-options.ts";

const HANDLER_SETTINGS: NamesOf<HandlerSettings> = {
  inputRate: 1,
  outputRate: 1,
  frameMs: 1,
  jitter: 1,
  sampleFormat: 1,
};

const LISTEN_OPTIONS: NamesOf<ListenOptions> = { port: 1, host: 1, tls: 1, playground: 1 };

const SERVER_LIMITS = serverLimits({});

const SERVER_OPTIONS: Omit<NamesOf<ServerOptions | WorkerServerOptions>, keyof ServerLimits> = {
  handler: 1,
  handlers: 1,
  workers: 1,
  ...HANDLER_SETTINGS,
  path: 1,
  limits: 1,
  codecs: 1,
  auth: 1,
  trustProxy: 1,
  twilio: 1,
  allowOrigin: 1,
  hosts: 1,
  network: 1,
  recording: 1,
  metrics: 1,
  logger: 1,
  clock: 1,
  dsp: 1,
  onSession: 1,
  onEnd: 1,
};

const ATTACH_OPTIONS = { ...SERVER_OPTIONS, ...SERVER_LIMITS };
const SERVE_OPTIONS = { ...ATTACH_OPTIONS, ...LISTEN_OPTIONS };
const MOUNTED: NamesOf<MountedHandler | MountedModule> = { handler: 1, ...HANDLER_SETTINGS };

/** What people look for under names that belong one level deeper. */
const IN_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_SESSION_LIMITS).map((name) => [name, `Write limits: { ${name} }.`]),
);
/** ... or one level higher. */
const NOT_IN_LIMITS = Object.fromEntries(
  Object.keys(SERVER_LIMITS).map((name) => [name, `Write ${name} beside limits, not in it.`]),
);
const NOT_OF_ATTACH = Object.fromEntries(
  Object.keys(LISTEN_OPTIONS).map((name) => [
    name,
    "The HTTP server is yours: leave it to that, or use serve().",
  ]),
);

const NOT_OF_ONE = Object.fromEntries(
  Object.keys(ATTACH_OPTIONS).map((name) => [
    name,
    `${name} holds for the whole server: write it beside handlers.`,
  ]),
);

/** The names of `serve`'s options, and of its `limits`. @throws ConfigError `ERR_CONFIG` */
export function checkServeNames(options: (ServerOptions | WorkerServerOptions) & ListenOptions): void {
  checkOptionNames("serve()", options, SERVE_OPTIONS, IN_LIMITS);
  checkPartNames(options);
}

/** The same for `attach`. @throws ConfigError `ERR_CONFIG` */
export function checkAttachNames(options: ServerOptions | WorkerServerOptions): void {
  checkOptionNames("attach()", options, ATTACH_OPTIONS, { ...IN_LIMITS, ...NOT_OF_ATTACH });
  checkPartNames(options);
}

function checkPartNames({ limits, handlers }: ServerOptions | WorkerServerOptions): void {
  if (limits !== undefined) checkOptionNames("limits", limits, DEFAULT_SESSION_LIMITS, NOT_IN_LIMITS);
  for (const [path, given] of Object.entries(handlers ?? {})) {
    if (isMounted(given)) checkOptionNames(`handlers[${JSON.stringify(path)}]`, given, MOUNTED, NOT_OF_ONE);
  }
}
