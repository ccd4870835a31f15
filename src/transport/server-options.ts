/** Options of `serve` and `attach`, their defaults and checks. */
import { g722, type StreamCodec } from "../codec/audio/stream-codec.ts";
import { checkInteger, show } from "../core/check.ts";
import { CLOCK_METHODS, checkMethods } from "../core/check-options.ts";
import type { Clock } from "../core/clock.ts";
import { ConfigError } from "../core/errors.ts";
import type { SessionLimits } from "../core/limits.ts";
import type { Logger } from "../core/logger.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { Network } from "../network/network.ts";
import type { HandlerSource } from "../stream/resolve-handler.ts";
import type { AuthHook } from "./auth.ts";
import { checkPath } from "./check-path.ts";
import { type AddressReader, addressReader, proxyTrust, type TrustProxy } from "./client-address.ts";
import type { HandlerSettings } from "./handler-settings.ts";
import { type HostCheck, hostCheck, isLoopback } from "./host-names.ts";
import type { CodecLoader } from "./late-codecs.ts";
import { type CheckedMetrics, checkMetrics, type MetricsOptions } from "./monitoring/metrics-options.ts";
import type { PublicName } from "./public-url.ts";
import {
  type CheckedRecording,
  checkRecording,
  type RecordingOptions,
} from "./recording/recording-options.ts";
import { type ServerLimits, serverLimits } from "./server-limits.ts";
import type { ServerEvents } from "./session-registry.ts";
import { type CheckedTwilioOptions, checkTwilioOptions, type TwilioOptions } from "./twilio-options.ts";
import {
  checkWorkers,
  type MountedModule,
  type WorkerHandlerOptions,
  type WorkerOptions,
} from "./workers/worker-options.ts";

/** The wire's rate where neither client, handler nor server names one. */
const DEFAULT_SAMPLE_RATE = 24_000;
const DEFAULT_FRAME_MS = 20;

/** The handler, or several by path, and what they get where they do not say themselves. */
export type HandlerOptions = { workers?: undefined } & (
  | {
      /** An instance (copied for each client), a class, a factory, or an async generator function. */
      handler: HandlerSource<Int16Array>;
      /** Default `"int16"`. */
      sampleFormat?: "int16";
      handlers?: undefined;
    }
  | { handler: HandlerSource<Float32Array>; sampleFormat: "float32"; handlers?: undefined }
  | {
      /**
       * Handlers by path below `path`: `{ "/echo": EchoHandler }` serves `/echo/websocket/offer`. One with settings of its
       * own is `{ handler, inputRate, ... }`. Ids and limits are the server's, whatever the path.
       */
      handlers: Readonly<Record<string, HandlerSource<Int16Array> | MountedHandler>>;
      sampleFormat?: "int16";
      handler?: undefined;
    }
);

/** A handler with settings of its own; the server's hold where they are left out. */
export type MountedHandler = HandlerSettings &
  (
    | { handler: HandlerSource<Int16Array>; sampleFormat?: "int16" }
    | { handler: HandlerSource<Float32Array>; sampleFormat: "float32" }
  );

/** A handler with settings of its own. A handler has `receive`; a function is a source itself. */
export function isMounted<T extends MountedHandler | MountedModule>(
  given: T | HandlerSource | URL | string,
): given is T {
  return typeof given === "object" && given !== null && "handler" in given && !("receive" in given);
}

/** What `serve` and `attach` both take. */
export type ServerOptions = ServerSettings & HandlerOptions;

/** The same for handlers that run in worker threads. */
export type WorkerServerOptions = ServerSettings & WorkerHandlerOptions;

/** The same but for the handler. */
export interface ServerSettings
  extends ServerEvents,
    Omit<HandlerSettings, "sampleFormat">,
    Partial<ServerLimits> {
  /** Goes before every route: `"/voice"` serves `/voice/websocket/offer`. Default `""`. */
  path?: string;
  limits?: Partial<SessionLimits>;
  /**
   * Codecs that keep state from frame to frame, which binary clients may ask for beside the encodings of single samples:
   * `await loadOpus()` of `voxwire/opus`. `g722` is there already. A function, such as `loadOpus` itself, is called when the
   * server listens, and clients that connect meanwhile wait for it; where it fails the server goes on without the codec.
   */
  codecs?: readonly (StreamCodec | CodecLoader)[];
  /**
   * Asked before a WebSocket is opened: who may connect, under which id. `tokenAuth(secret)` makes one for the tokens of
   * `createToken`. Default: everybody may.
   */
  auth?: AuthHook;
  /**
   * Proxies whose `X-Forwarded-For` is believed, so that limits by address count clients and not the proxy. Default
   * false: the socket's own address.
   */
  trustProxy?: TrustProxy;
  /** Telephone calls through Twilio: who may call, and by which name Twilio knows this server. */
  twilio?: TwilioOptions;
  /**
   * Pages that may connect beside those of this very host: origins such as `"https://example.org"`, or `"*"` for all.
   * Clients that are no browsers send no origin and may always connect.
   */
  allowOrigin?: string | readonly string[];
  /**
   * Names by which pages may ask for this server beside `localhost` and addresses: `"voice.example.org"`, `"*.example.org"`,
   * or `"*"` for any. Default: none on a loopback address without `auth`, `trustProxy` and `tls`, so that no page reaches it
   * by having its own name resolve to this machine (DNS rebinding); elsewhere any. `twilio.publicUrl` is one of them.
   */
  hosts?: string | readonly string[];
  /** A bad network for trying: every connection goes through it. `createNetwork` of `voxwire/network` makes one. */
  network?: Network;
  /** Records sessions into WAV files; see docs/server.md. Default: none. */
  recording?: RecordingOptions;
  /** Prometheus metrics, by the package prom-client; see docs/server.md. Default false. */
  metrics?: boolean | MetricsOptions;
  /** Default: warnings and errors to the console. pino and console fit. */
  logger?: Logger;
  /** Default: the process's monotonic clock. */
  clock?: Clock;
  /** Default: the thread's shared audio core. */
  dsp?: Dsp;
}

/** The same, complete. */
export interface CheckedOptions {
  path: string;
  inputRate: number;
  outputRate: number;
  frameMs: number;
  bounds: ServerLimits;
  /** Those given, and `g722`. */
  streamCodecs: readonly (StreamCodec | CodecLoader)[];
  auth: AuthHook | undefined;
  metrics: CheckedMetrics | undefined;
  recording: CheckedRecording | undefined;
  readAddress: AddressReader;
  twilio: CheckedTwilioOptions;
  publicName: PublicName;
  allowedOrigins: ReadonlySet<string>;
  /**
   * By which names pages may ask for this server, given where it listens and whether something else keeps them out;
   * undefined: by any.
   */
  hostsAt(address: string, isGuarded: boolean): HostCheck | undefined;
  workers: WorkerOptions | undefined;
}

/** The options with their defaults; `ConfigError` names what is wrong. Rates are checked with the handler. */
export function checkOptions(options: ServerOptions | WorkerServerOptions): CheckedOptions {
  checkParts(options);
  const twilio = checkTwilioOptions(options.twilio);
  return {
    path: checkPath("path", options.path ?? ""),
    inputRate: options.inputRate ?? DEFAULT_SAMPLE_RATE,
    outputRate: options.outputRate ?? DEFAULT_SAMPLE_RATE,
    frameMs: checkInteger("frameMs", options.frameMs ?? DEFAULT_FRAME_MS, 5, 500),
    bounds: serverLimits(options),
    streamCodecs: checkCodecs(options.codecs),
    auth: checkAuth(options.auth),
    metrics: checkMetrics(options.metrics),
    recording: checkRecording(options.recording),
    readAddress: addressReader(options.trustProxy ?? false),
    twilio,
    publicName: {
      publicUrl: twilio.publicUrl,
      isFromTrustedProxy: proxyTrust(options.trustProxy ?? false),
    },
    allowedOrigins: checkOrigins(options.allowOrigin ?? []),
    hostsAt: checkHosts(options, twilio.publicUrl),
    workers: options.workers === undefined ? undefined : checkWorkers(options.workers),
  };
}

/** What the options hold that was made elsewhere. */
function checkParts({ logger, clock, dsp, network, onSession, onEnd }: ServerSettings): void {
  checkMethods("logger", logger, ["info", "warn", "error"], "Pass pino, console, or leave it out.");
  checkMethods("clock", clock, CLOCK_METHODS, "Pass systemClock or a VirtualClock, or leave it out.");
  checkMethods(
    "dsp",
    dsp,
    ["createResampler", "createMessageReader"],
    "Pass what loadDsp() of voxwire gave.",
  );
  checkMethods("network", network, ["open"], "Pass what createNetwork() of voxwire/network gave.");
  for (const [name, hook] of Object.entries({ onSession, onEnd })) {
    if (hook === undefined || typeof hook === "function") continue;
    throw new ConfigError("ERR_CONFIG", `${name} is ${show(hook)}; expected a function.`, {
      hint: `Write ${name}: (session) => { ... }.`,
    });
  }
}

function checkCodecs(codecs: unknown): readonly (StreamCodec | CodecLoader)[] {
  if (codecs !== undefined && (!Array.isArray(codecs) || !codecs.every(isCodec))) {
    throw new ConfigError("ERR_CONFIG", `codecs is ${show(codecs)}; expected a list of codecs.`, {
      hint: 'Write codecs: [loadOpus], with loadOpus of "voxwire/opus".',
    });
  }
  return [...((codecs as readonly (StreamCodec | CodecLoader)[] | undefined) ?? []), g722];
}

function isCodec(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && "createEncoder" in value && "sampleRates" in value;
}

function checkAuth(auth: unknown): AuthHook | undefined {
  if (auth === undefined || typeof auth === "function") return auth as AuthHook | undefined;
  throw new ConfigError("ERR_CONFIG", `auth is ${show(auth)}; expected a function.`, {
    hint: "Write auth: tokenAuth(secret), or a function of your own.",
  });
}

/** Where nothing is said, only a server on this machine goes by names, which no proxy stands before. */
function checkHosts(
  { hosts, trustProxy = false }: ServerSettings,
  publicUrl: string | undefined,
): CheckedOptions["hostsAt"] {
  const names = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  const given: readonly unknown[] = Array.isArray(hosts) ? hosts : hosts === undefined ? [] : [hosts];
  const check = hostCheck([...given, ...names]);
  if (hosts !== undefined) return () => check;
  const isDirect = trustProxy === false;
  return (address, isGuarded) => (isDirect && !isGuarded && isLoopback(address) ? check : undefined);
}

/** Origins as browsers send them: one with a slash at its end, a path or a port that goes without saying never matches. */
function checkOrigins(allowed: string | readonly string[]): ReadonlySet<string> {
  const origins: readonly unknown[] = Array.isArray(allowed) ? allowed : [allowed];
  return new Set(
    origins.map((origin) => {
      if (typeof origin === "string" && (origin === "*" || origin === "null" || isOrigin(origin)))
        return origin;
      throw new ConfigError("ERR_CONFIG", `allowOrigin has ${show(origin)}; expected origins or "*".`, {
        hint: 'Write an origin like "https://example.org", in small letters, without path and slash.',
      });
    }),
  );
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin } = new URL(text);
  // schemes the URL standard knows no origin for, such as those of browser extensions
  return origin === "null" ? /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(text) : origin === text;
}
