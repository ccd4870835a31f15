/** What a client can be told, with the defaults and the checks. */
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { checkInteger, checkNumber, checkOneOf, show } from "../core/check.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { ConfigError } from "../core/errors.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleFormat } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { Network } from "../network/network.ts";
import { checkJitter, type JitterSettings } from "../stream/jitter/jitter-settings.ts";
import { CLIENT_PROTOCOLS, type ClientProtocol } from "../transport/protocol/client-protocols.ts";
import type { DirectionFormat, FormatRequest } from "../transport/protocol/fastrtc-client.ts";
import {
  isSampleEncoding,
  MAX_ID_LENGTH,
  WIRE_ENCODINGS,
  type WireEncoding,
} from "../transport/protocol/fastrtc-shapes.ts";
import { TWILIO_SAMPLE_RATE } from "../transport/protocol/twilio-client.ts";
import type { ClientEvents } from "./client-events.ts";
import type { SocketFactory } from "./client-socket.ts";
import type { Listener } from "./emitter.ts";

/** What a server that knows no `format` expects and sends. It does not say: the caller must know. */
export interface LegacyRates {
  /** Hz of what the client sends: the handler's `input_sample_rate`. Default 48000, as FastRTC's. */
  inputRate?: number;
  /** Hz of what the server sends: the handler's `output_sample_rate`. Default 24000, as FastRTC's. */
  outputRate?: number;
  /** Duration of the frames that are sent. Default 20. */
  frameMs?: number;
}

/** How a lost connection is replaced. */
export interface ReconnectOptions {
  /** The first wait is drawn from 0 up to this. Default 200. */
  firstDelayMs?: number;
  /** The most that is doubled to. Default 2,000. */
  maxDelayMs?: number;
  /** How long to try; the server's own window bounds it. Default 10,000. */
  windowMs?: number;
}

/** The same, complete. */
export type ReconnectSettings = Readonly<Required<ReconnectOptions>>;

/** Options of `connect`. */
export interface ConnectOptions {
  /** The session's id, 1 to 128 characters; default a random one. */
  id?: string;
  /**
   * `"binary"` on `/stream`, the cheapest on both ends; `"fastrtc"`, JSON text, on `/websocket/offer`; `"twilio"`, as a
   * telephone call, on `/telephone/handler`: mu-law at 8 kHz both ways, whatever `format` and `legacy` say. Where it is
   * left out, a URL that ends in one of these routes decides; else binary is tried, and FastRTC on one new connection
   * where the server does not speak binary (`format: "legacy"`: FastRTC at once).
   */
  protocol?: ClientProtocol;
  /**
   * What to ask the server for; the server fills in what is left open, and refuses what it cannot do.
   * `"legacy"`: ask for nothing and speak as an original FastRTC client, with the rates in `legacy`.
   */
  format?: FormatRequest | "legacy";
  /**
   * Rates for a server that does not know `format` (an original FastRTC server); mu-law both ways. Such a server does not
   * state its rates, so they must be given where they are not FastRTC's defaults. Rates in `format` serve as defaults.
   */
  legacy?: LegacyRates;
  /**
   * Codecs that keep state from frame to frame, for `encoding` in `format`: `g722` of `voxwire/codecs` (in Node it is
   * there already), `await loadOpus()` of `voxwire/opus`. Spoken on the binary protocol alone.
   */
  codecs?: readonly StreamCodec[];
  /** Hz of received frames: asked of the server, and resampled here where the server sends another. Default: its own. */
  sampleRate?: number;
  /** Received frames as `"int16"` (default) or `"float32"`. */
  sampleFormat?: SampleFormat;
  /**
   * Shows the server who this is (its `auth` hook): in the header `Authorization: Bearer …`, in a browser as a subprotocol.
   * A function is asked anew for each connection, also when a lost one is replaced: tokens that soon expire want that.
   */
  token?: string | (() => string | Promise<string>);
  /**
   * What happens when the connection is lost without a goodbye. Default: others are tried for as long as the server
   * keeps the session, and `resumed` says what was lost. False: the client closes with an error.
   */
  reconnect?: boolean | ReconnectOptions;
  /** Parameters for the handler, strings by name, sent with the start. */
  params?: Readonly<Record<string, string>>;
  /** Aborted before the session has started: `connect` rejects with its reason. Later: the client closes. */
  signal?: AbortSignal;
  /** How long the socket may take to open. Default 10,000. */
  connectTimeoutMs?: number;
  /** How long to wait for `started` before the server is taken for an original FastRTC one. Default 1,000. */
  startedTimeoutMs?: number;
  /** How long `close()` waits for the server. Default 2,000. */
  closeTimeoutMs?: number;
  /** Pings: how often, and how long nothing at all may come back before the connection counts as lost. */
  heartbeat?: false | { intervalMs?: number; timeoutMs?: number };
  /** Received audio that may wait for the iterator; beyond it the oldest is dropped and counted. Default 10,000. */
  maxReceiveQueueMs?: number;
  /**
   * Received audio is played by a clock, through a jitter buffer: from the first on a frame every `frameMs`, late and lost
   * ones made up, for files, recorders and players without a clock of their own (docs/jitter-buffer.md). In Node. Default
   * false: frames are handed on as they come.
   */
  jitter?: boolean | JitterSettings;
  /** Audio that may wait in the socket; beyond it a stream waits, and `send` drops and counts. Default 500. */
  maxBufferedMs?: number;
  /** After a stall a stream catches up by at most this much; the rest is lost time. Default 200. */
  catchUpMs?: number;
  /** Measures echo by media position; see `stats.roundTrip`. Default false. */
  measureRoundTrip?: boolean;
  /** Listeners that are there before the first message. */
  on?: { [K in keyof ClientEvents]?: Listener<ClientEvents[K]> };
  /** The audio core; default the thread's shared one. */
  dsp?: Dsp;
  /** Default the process's. */
  clock?: Clock;
  /** Default the platform's WebSocket. */
  socketFactory?: SocketFactory;
  /** A bad network for trying: the socket is put behind it. `createNetwork` of `voxwire/network` makes one. */
  network?: Network;
}

/** Options with everything decided. */
export interface ClientSettings {
  readonly id: string;
  /** To be tried in this order. */
  readonly protocols: readonly ClientProtocol[];
  readonly format: FormatRequest | undefined;
  readonly codecs: readonly StreamCodec[];
  /** What holds where the server says nothing. */
  readonly legacyInput: DirectionFormat;
  readonly legacyOutput: DirectionFormat;
  readonly sampleRate: number | undefined;
  readonly sampleFormat: SampleFormat;
  readonly token: string | (() => string | Promise<string>) | undefined;
  /** Undefined: a lost connection is the end. */
  readonly reconnect: ReconnectSettings | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
  readonly startedTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number } | undefined;
  readonly maxReceiveQueueMs: number;
  readonly jitter: JitterSettings | undefined;
  readonly maxBufferedMs: number;
  readonly catchUpMs: number;
  readonly measureRoundTrip: boolean;
  readonly clock: Clock;
}

/** What a telephone call is, whatever was asked for; it has no pings. */
const TELEPHONE = {
  format: "legacy",
  legacy: { inputRate: TWILIO_SAMPLE_RATE, outputRate: TWILIO_SAMPLE_RATE, frameMs: 20 },
  heartbeat: false,
} as const;

/** Control characters, and halves of surrogate pairs. */
const NOT_IN_AN_ID = /[\p{Cc}\p{Cs}]/u;

/** Checks options and fills in the defaults. @throws ConfigError `ERR_CONFIG`, `ERR_RATE`, `ERR_ID_INVALID` */
export function clientSettings(given: ConnectOptions): ClientSettings {
  const protocols = checkProtocols(given);
  const options = protocols[0] === "twilio" ? { ...given, ...TELEPHONE } : given;
  if (options.sampleRate !== undefined) checkSampleRate("sampleRate", options.sampleRate);
  const format = checkFormat(options);
  const asked = options.format === "legacy" ? undefined : options.format;
  const legacy = options.legacy ?? {};
  const frameMs = checkInteger("legacy.frameMs", legacy.frameMs ?? asked?.input?.frameMs ?? 20, 5, 500);
  const inputRate = checkSampleRate(
    "legacy.inputRate",
    legacy.inputRate ?? asked?.input?.sampleRate ?? 48000,
  );
  const outputRate = checkSampleRate(
    "legacy.outputRate",
    legacy.outputRate ?? asked?.output?.sampleRate ?? 24000,
  );
  return {
    id: checkId(options.id ?? randomId()),
    protocols,
    format,
    codecs: options.codecs ?? [],
    legacyInput: { encoding: "mulaw", sampleRate: inputRate, frameMs },
    legacyOutput: { encoding: "mulaw", sampleRate: outputRate, frameMs },
    sampleRate: options.sampleRate,
    sampleFormat: checkOneOf("sampleFormat", options.sampleFormat ?? "int16", ["int16", "float32"]),
    token: checkToken(options.token),
    reconnect: checkReconnect(options.reconnect ?? true),
    params: checkParams(options.params ?? {}),
    connectTimeoutMs: checkNumber("connectTimeoutMs", options.connectTimeoutMs ?? 10_000, 1, 600_000),
    startedTimeoutMs: checkNumber("startedTimeoutMs", options.startedTimeoutMs ?? 1_000, 1, 600_000),
    closeTimeoutMs: checkNumber("closeTimeoutMs", options.closeTimeoutMs ?? 2_000, 1, 600_000),
    heartbeat: checkHeartbeat(options.heartbeat),
    maxReceiveQueueMs: checkNumber("maxReceiveQueueMs", options.maxReceiveQueueMs ?? 10_000, 20, 3_600_000),
    jitter: checkJitter(options.jitter),
    maxBufferedMs: checkNumber("maxBufferedMs", options.maxBufferedMs ?? 500, 20, 60_000),
    catchUpMs: checkNumber("catchUpMs", options.catchUpMs ?? 200, 0, 60_000),
    measureRoundTrip: options.measureRoundTrip ?? false,
    clock: options.clock ?? systemClock,
  };
}

function checkProtocols({ protocol, format }: ConnectOptions): readonly ClientProtocol[] {
  if (protocol === undefined) return format === "legacy" ? ["fastrtc"] : ["binary", "fastrtc"];
  const checked = checkOneOf("protocol", protocol, CLIENT_PROTOCOLS);
  if (checked === "binary" && format === "legacy") {
    throw new ConfigError("ERR_CONFIG", 'protocol "binary" and format "legacy" exclude each other.', {
      hint: "An original FastRTC server speaks JSON: leave one of the two out.",
    });
  }
  return [checked];
}

/** What to ask for: undefined for a legacy client. */
function checkFormat(options: ConnectOptions): FormatRequest | undefined {
  const format = options.format ?? {};
  if (format === "legacy") return undefined;
  if (typeof format !== "object" || format === null) {
    throw new ConfigError("ERR_CONFIG", `format is ${show(format)}; expected an object or "legacy".`, {
      hint: "Write { input: { sampleRate: 16000 } }, or leave format out for the server's own choice.",
    });
  }
  const output = { ...format.output };
  if (output.sampleRate === undefined && options.sampleRate !== undefined) {
    output.sampleRate = options.sampleRate;
  }
  return {
    input: checkDirection("format.input", format.input, options.codecs),
    output: checkDirection("format.output", output, options.codecs),
  };
}

function checkDirection(
  name: string,
  direction: Partial<DirectionFormat> = {},
  codecs: readonly StreamCodec[] = [],
): Partial<DirectionFormat> {
  const { encoding, sampleRate, frameMs } = direction;
  if (encoding !== undefined) checkEncoding(name, encoding, codecs);
  if (sampleRate !== undefined) checkSampleRate(`${name}.sampleRate`, sampleRate);
  if (frameMs !== undefined) checkInteger(`${name}.frameMs`, frameMs, 5, 500);
  if (direction.comfortNoise !== undefined)
    checkOneOf(`${name}.comfortNoise`, String(direction.comfortNoise), ["true"]);
  return direction;
}

function checkEncoding(name: string, given: WireEncoding, codecs: readonly StreamCodec[]): void {
  const encoding = checkOneOf(`${name}.encoding`, given, WIRE_ENCODINGS);
  if (isSampleEncoding(encoding) || codecs.some((codec) => codec.name === encoding)) return;
  throw new ConfigError("ERR_CONFIG", `${name}.encoding is "${encoding}", and codecs has no such codec.`, {
    hint:
      encoding === "opus"
        ? 'import { loadOpus } from "voxwire/opus", and connect with codecs: [await loadOpus()].'
        : 'import { g722 } from "voxwire/codecs", and connect with codecs: [g722].',
  });
}

function checkHeartbeat(heartbeat: ConnectOptions["heartbeat"]): ClientSettings["heartbeat"] {
  if (heartbeat === false) return undefined;
  return {
    intervalMs: checkNumber("heartbeat.intervalMs", heartbeat?.intervalMs ?? 10_000, 10, 3_600_000),
    timeoutMs: checkNumber("heartbeat.timeoutMs", heartbeat?.timeoutMs ?? 10_000, 10, 3_600_000),
  };
}

function checkReconnect(given: boolean | ReconnectOptions): ReconnectSettings | undefined {
  if (given === false) return undefined;
  const { firstDelayMs = 200, maxDelayMs = 2_000, windowMs = 10_000 } = given === true ? {} : given;
  return {
    firstDelayMs: checkNumber("reconnect.firstDelayMs", firstDelayMs, 0, 600_000),
    maxDelayMs: checkNumber("reconnect.maxDelayMs", maxDelayMs, 0, 600_000),
    windowMs: checkNumber("reconnect.windowMs", windowMs, 1, 600_000),
  };
}

/** Whether a value fits a header and the name of a subprotocol (RFC 9110, section 5.6.2: a token). */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\w!#$%&'*+.^`|~-]{1,4096}$/.test(value);
}

/** A token is never shown in an error. */
function checkToken(token: ConnectOptions["token"]): ConnectOptions["token"] {
  if (token === undefined || typeof token === "function" || isToken(token)) return token;
  throw new ConfigError("ERR_CONFIG", "token is not text that a header and a subprotocol can carry.", {
    hint: "Use letters, digits and -._~ as createToken and JSON Web Tokens do, or a function that gives such text.",
  });
}

function checkParams(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== "string") {
      throw new ConfigError("ERR_CONFIG", `params.${name} is ${show(value)}; expected a string.`, {
        hint: "Parameters are strings by name: write numbers as text.",
      });
    }
  }
  return params;
}

function checkId(id: unknown): string {
  if (typeof id === "string" && id.length >= 1 && id.length <= MAX_ID_LENGTH && !NOT_IN_AN_ID.test(id)) {
    return id;
  }
  throw new ConfigError(
    "ERR_ID_INVALID",
    `id is ${show(id)}; expected 1 to ${MAX_ID_LENGTH} characters without control characters.`,
    { hint: "Leave id out for a random one." },
  );
}

/** `crypto.randomUUID` exists in Node and on pages from secure origins; elsewhere the same from random values. */
function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
