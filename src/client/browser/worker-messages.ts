/** What a page and its client's worker say to each other. */
import { ConfigError, type ErrorCode, ProtocolError, VoxwireError } from "../../core/errors.ts";
import type { ClientEvents, CloseInfo, SessionInfo } from "../client-events.ts";
import type { ClientStats } from "../client-stats.ts";
import type { ConnectOptions } from "../options.ts";
import type { LinkEnd } from "./sample-link.ts";
import type { PlayoutStats } from "./speaker-sink.ts";

/**
 * The options of `connect` that a page has: those whose values pass between threads, and `token`, which may be a function
 * all the same: it is called in the page.
 */
export type WorkerOptions = Omit<
  ConnectOptions,
  | "signal"
  | "on"
  | "dsp"
  | "clock"
  | "socketFactory"
  | "network"
  | "sampleRate"
  | "sampleFormat"
  | "maxReceiveQueueMs"
  | "protocol"
  | "codecs"
  | "jitter"
> & {
  /** As `ConnectOptions.protocol`, but for telephone calls. */
  protocol?: "binary" | "fastrtc";
};

/** Where the microphone's samples come out. */
export interface CaptureEnd {
  readonly link: LinkEnd;
  /** Hz of its context. */
  readonly sampleRate: number;
}

/** Where the speaker's samples go in. */
export interface PlayoutEnd {
  readonly link: LinkEnd;
  readonly sampleRate: number;
  readonly marginMs: number;
  readonly mostMs: number;
}

/** What is to be connected. */
export interface OpenMessage {
  readonly type: "open";
  readonly url: string;
  readonly options: WorkerOptions;
  readonly capture: CaptureEnd | undefined;
  readonly playout: PlayoutEnd | undefined;
  /** Whether both ends have the same clock, so that a loop's time can be told. */
  readonly hasOneClock: boolean;
  /** Whether the page has a function that gives tokens. */
  readonly asksForToken: boolean;
  readonly statsMs: number;
}

/** The ports in it, which go along with it. */
export function portsOf({ capture, playout }: OpenMessage): MessagePort[] {
  return [capture?.link.port, playout?.link.port].filter((port) => port !== undefined);
}

/** Page to worker. `open` is the first, once. */
export type ToWorker =
  | OpenMessage
  | { readonly type: "pause" | "resume" | "clear" }
  | { readonly type: "mark"; readonly id: number; readonly name: string }
  | { readonly type: "token"; readonly token: string; readonly error: PlainError | undefined }
  | { readonly type: "close" };

/** What a client in a worker counts. */
export interface VoiceStats extends ClientStats {
  /** Captured audio that was lost before it was sent, in ms. */
  readonly captureLostMs: number;
  /** Undefined without a speaker. */
  readonly playout: PlayoutStats | undefined;
  /**
   * Where the server echoes, and microphone and speaker have one context: from a sample's capture to its playing, between
   * the two worklets, in ms; the devices' own delays come on top. Undefined while nothing plays.
   */
  readonly loopMs: number | undefined;
}

/** The client's events that a page is told of. */
export type VoiceEvents = Omit<ClientEvents, "audio" | "close">;

/** Those whose value is an error. */
export const ERROR_EVENTS: ReadonlySet<keyof VoiceEvents> = new Set([
  "error",
  "warning",
  "reconnecting",
] as const);

/** Worker to page. */
export type FromWorker =
  /** In the place of all others: WebAssembly is refused, and nothing stands in for it. */
  | { readonly type: "refused"; readonly open: OpenMessage; readonly error: PlainError }
  | { readonly type: "opened"; readonly session: SessionInfo; readonly url: string }
  | { readonly type: "failed"; readonly error: PlainError }
  | { readonly type: "token" }
  | { readonly type: "event"; readonly name: keyof VoiceEvents; readonly value: unknown }
  | {
      readonly type: "marked";
      readonly id: number;
      readonly isBack: boolean;
      readonly error: PlainError | undefined;
    }
  | { readonly type: "stats"; readonly stats: VoiceStats }
  | {
      readonly type: "closed";
      readonly info: Omit<CloseInfo, "error"> & { readonly error: PlainError | undefined };
    };

/** An error on its way between threads, which lose its class. */
export interface PlainError {
  readonly kind: "config" | "protocol" | "other";
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly closeCode: number;
}

/** An error, taken apart. */
export function plainError(error: unknown): PlainError {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: error instanceof ConfigError ? "config" : error instanceof ProtocolError ? "protocol" : "other",
    code: error instanceof VoxwireError ? error.code : "ERR_WORKER",
    message,
    hint: error instanceof VoxwireError ? error.hint : "",
    closeCode: error instanceof ProtocolError ? error.closeCode : 0,
  };
}

/** The error, put together again. */
export function wholeError({ kind, code, message, hint, closeCode }: PlainError): VoxwireError {
  const known = code as ErrorCode;
  if (kind === "protocol") return new ProtocolError(known, closeCode, message, { hint });
  return kind === "config"
    ? new ConfigError(known, message, { hint })
    : new VoxwireError(known, message, { hint });
}
