/**
 * What of a client's options is checked in Node alone, as pages do without its bytes: names, those of events too, so that
 * one that is misspelt is refused; and what was made elsewhere, by what it can do.
 */
import { show } from "../core/check.ts";
import { CLOCK_METHODS, checkKnownName, checkMethods, checkOptionNames } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf, OptionNames } from "../core/option-names.ts";
import type { DirectionFormat, FormatRequest } from "../transport/protocol/fastrtc-client.ts";
import type { ClientEvents } from "./client-events.ts";
import type { ConnectOptions, LegacyRates, ReconnectOptions } from "./options.ts";

const CONNECT_OPTIONS: NamesOf<ConnectOptions> = {
  id: 1,
  protocol: 1,
  format: 1,
  legacy: 1,
  codecs: 1,
  sampleRate: 1,
  sampleFormat: 1,
  token: 1,
  reconnect: 1,
  params: 1,
  signal: 1,
  connectTimeoutMs: 1,
  startedTimeoutMs: 1,
  closeTimeoutMs: 1,
  heartbeat: 1,
  maxReceiveQueueMs: 1,
  jitter: 1,
  maxBufferedMs: 1,
  catchUpMs: 1,
  measureRoundTrip: 1,
  on: 1,
  dsp: 1,
  clock: 1,
  socketFactory: 1,
  network: 1,
};

const FORMAT: NamesOf<FormatRequest> = { input: 1, output: 1 };
const DIRECTION: NamesOf<DirectionFormat> = { encoding: 1, sampleRate: 1, frameMs: 1, comfortNoise: 1 };
const LEGACY: NamesOf<LegacyRates> = { inputRate: 1, outputRate: 1, frameMs: 1 };
const RECONNECT: NamesOf<ReconnectOptions> = { firstDelayMs: 1, maxDelayMs: 1, windowMs: 1 };
const HEARTBEAT: NamesOf<Exclude<ConnectOptions["heartbeat"], false | undefined>> = {
  intervalMs: 1,
  timeoutMs: 1,
};

const EVENTS: NamesOf<ClientEvents> = {
  audio: 1,
  roundTrip: 1,
  clear: 1,
  mark: 1,
  notice: 1,
  output: 1,
  log: 1,
  warning: 1,
  error: 1,
  reconnecting: 1,
  resumed: 1,
  close: 1,
};

/** What people look for under other names. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  headers: "Write socketFactory: createNodeSocketFactory({ headers }).",
  inputRate:
    "Write format: { input: { sampleRate } }, or legacy: { inputRate } for an original FastRTC server.",
  outputRate: "Write sampleRate, or legacy: { outputRate } for an original FastRTC server.",
  encoding: "Write format: { input: { encoding }, output: { encoding } }.",
  frameMs: "Write format: { input: { frameMs }, output: { frameMs } }.",
};

/** @throws ConfigError `ERR_CONFIG` for a name that there is not, and for what cannot be what its name says */
export function checkConnectOptions(options: ConnectOptions): void {
  checkOptionNames("connect()", options, CONNECT_OPTIONS, ELSEWHERE);
  checkParts(options);
  const { format, legacy, reconnect, heartbeat, on = {} } = options;
  if (typeof format === "object" && format !== null) {
    checkOptionNames("format", format, FORMAT, { sampleRate: IN_A_DIRECTION, encoding: IN_A_DIRECTION });
    checkPart("format.input", format.input, DIRECTION);
    checkPart("format.output", format.output, DIRECTION);
  }
  checkPart("legacy", legacy, LEGACY);
  if (typeof reconnect !== "boolean") checkPart("reconnect", reconnect, RECONNECT);
  if (heartbeat !== false) checkPart("heartbeat", heartbeat, HEARTBEAT);
  checkOptionNames("on", on, EVENTS);
}

/** @throws ConfigError `ERR_CONFIG` for an event that there is not */
export function checkEventName(name: PropertyKey): void {
  checkKnownName("event", name, EVENTS);
}

function checkParts({ signal, clock, dsp, network, codecs, params, socketFactory }: ConnectOptions): void {
  const leaveOut = "Leave it out for the default.";
  checkMethods("signal", signal, ["throwIfAborted", "addEventListener"], "Pass an AbortController's signal.");
  checkMethods("clock", clock, CLOCK_METHODS, leaveOut);
  checkMethods(
    "dsp",
    dsp,
    ["createResampler", "createMessageReader"],
    "Pass what loadDsp() of voxwire gave.",
  );
  checkMethods("network", network, ["overSockets"], "Pass what createNetwork() of voxwire/network gave.");
  checkKind("codecs", codecs, Array.isArray, "a list", "Write codecs: [await loadOpus()].");
  checkKind("params", params, isPlain, "strings by name", 'Write params: { user: "ada" }.');
  checkKind("socketFactory", socketFactory, isFunction, "a function", leaveOut);
}

function checkKind(
  name: string,
  value: unknown,
  isOfKind: (value: unknown) => boolean,
  kind: string,
  hint: string,
): void {
  if (value === undefined || isOfKind(value)) return;
  throw new ConfigError("ERR_CONFIG", `${name} is ${show(value)}; expected ${kind}.`, { hint });
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const isPlain = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const IN_A_DIRECTION = "Write it into input or output: format: { input: { ... }, output: { ... } }.";

function checkPart(what: string, part: unknown, names: OptionNames): void {
  if (part !== undefined) checkOptionNames(what, part, names);
}
