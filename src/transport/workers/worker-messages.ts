/** Control between the socket's thread and a worker. `at`: after the audio that had been written up to there. */
import type { SessionLimits } from "../../core/limits.ts";
import type { SampleFormat } from "../../core/types.ts";
import type { HandlerDefaults } from "../../stream/generator-handler.ts";
import type { EndReason } from "../../stream/handler.ts";
import type { SessionGap } from "../../stream/session-events.ts";
import type { WireFormat } from "../../stream/stream-session.ts";
import type { CrossingError } from "./thread-errors.ts";
import type { LinkEnd } from "./thread-link.ts";

/** A handler's module and what its handlers get where they do not say themselves. */
export interface HandlerModule {
  /** What the person wrote, for messages. */
  readonly name: string;
  /** A `file:` URL, without the name of the export. */
  readonly href: string;
  /** The export; undefined: the default one, or the one called `handler`. */
  readonly exportName: string | undefined;
  readonly defaults: HandlerDefaults;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly link: LinkEnd;
  readonly modules: readonly HandlerModule[];
  readonly limits: SessionLimits;
}

/** What a module's handlers are like, as far as the wire's format hangs on it. */
export interface HandlerTraits {
  readonly inputRate: number | undefined;
  readonly outputRate: number | undefined;
  readonly frameMs: number | undefined;
  readonly sampleFormat: SampleFormat;
}

/** A reason to end without what cannot cross. */
export interface CrossingReason {
  readonly kind: EndReason["kind"];
  readonly message: string;
  readonly error?: CrossingError;
}

/** Opens a session in the worker. */
export interface OpenCall {
  readonly kind: "open";
  readonly slot: number;
  /** Which of the modules. */
  readonly module: number;
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly wireInput: WireFormat;
  readonly wireOutput: WireFormat;
  readonly canClear: boolean;
  readonly fields: SharedArrayBuffer;
  /** The first rings of both directions. */
  readonly input: SharedArrayBuffer;
  readonly output: SharedArrayBuffer;
}

/** From the socket's thread to a session. */
export type SessionCall =
  | { readonly kind: "ring"; readonly buffer: SharedArrayBuffer }
  | { readonly kind: "mark"; readonly name: string }
  | { readonly kind: "cleared"; readonly playedMs: number | undefined; readonly interrupts: boolean }
  | { readonly kind: "dtmf"; readonly digit: string }
  | { readonly kind: "lost" }
  | { readonly kind: "resumed"; readonly gap: SessionGap }
  | { readonly kind: "input"; readonly values: readonly unknown[] }
  | { readonly kind: "close"; readonly reason: string | undefined }
  | { readonly kind: "drain" }
  | { readonly kind: "end"; readonly reason: CrossingReason };

/** From the socket's thread to a worker. */
export type ToWorker =
  | OpenCall
  | (SessionCall & { readonly slot: number; readonly at: number })
  | { readonly kind: "stop" };

/** From a session to the socket's thread. */
export type SessionReply =
  | { readonly kind: "started" }
  | { readonly kind: "ring"; readonly buffer: SharedArrayBuffer }
  | { readonly kind: "clear" }
  | { readonly kind: "mark"; readonly name: string }
  | { readonly kind: "log"; readonly message: string }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "ask-input" }
  | { readonly kind: "output"; readonly json: string }
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly hint: string }
  | {
      readonly kind: "close";
      readonly closeCode: number;
      readonly text: string;
      readonly reason: CrossingReason;
    }
  | { readonly kind: "drained" }
  | { readonly kind: "ended"; readonly reason: CrossingReason };

/** From a worker to the socket's thread. */
export type FromWorker =
  | (SessionReply & { readonly slot: number; readonly at: number })
  | { readonly kind: "ready"; readonly traits: readonly HandlerTraits[] }
  | { readonly kind: "failed"; readonly error: CrossingError }
  /** The worker's event loop stood still. */
  | { readonly kind: "stall"; readonly maxStallMs: number }
  | {
      readonly kind: "line";
      readonly level: "info" | "warn" | "error";
      readonly message: string;
      readonly facts: Readonly<Record<string, unknown>> | undefined;
    };
