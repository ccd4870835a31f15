/** One session's stay on the server, whichever connection carries it: its id, outputs, limit in time, and the end. */

import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import type { EndReason } from "../stream/handler.ts";
import type { StreamSession } from "../stream/stream-session.ts";
import { callHook } from "./call-hook.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import type { Counters } from "./counters.ts";
import type { OutputHub } from "./output-hub.ts";
import type { ResumeRequest } from "./protocol/client-message.ts";
import type { WireAgreement } from "./protocol/fastrtc-format.ts";
import type { ResumeGap } from "./protocol/resume-message.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { LiveSession, ServerEvents, SessionRegistry } from "./session-registry.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** What keepers share: a part of the server's context. */
export interface KeeperContext {
  readonly bounds: Readonly<Pick<ServerLimits, "maxBurstMs" | "maxSpeed" | "timeLimitMs">>;
  readonly clock: Clock;
  readonly logger: Required<Logger>;
  readonly counters: Counters;
  readonly registry: SessionRegistry;
  readonly outputs: OutputHub;
  readonly events: ServerEvents;
}

/** Whoever the session hangs on now. */
export interface SessionHolder {
  /** Whether the client has said anything since it was given its latest token, and so has it. */
  readonly hasHeard: boolean;
  /** The session has ended itself, or wants to. */
  onSessionClose(closeCode: number, message: string): void;
  /** The session has lasted as long as it may. */
  onTimeLimit(limitMs: number): void;
  /** The session is somebody else's from here on. */
  release(): void;
}

/** Where a session's client is. */
export interface ClientPlace {
  /** The IP address that it came from last. */
  remoteAddress: string;
  isConnected: boolean;
}

/** What a keeper is made of: a session that has been made but not opened, its id reserved. */
export interface KeptSession {
  readonly context: KeeperContext;
  readonly holder: SessionHolder;
  readonly session: StreamSession;
  readonly sink: ConnectionSink;
  readonly live: LiveSession;
  /** What `live` shows. */
  readonly place: ClientPlace;
  /** The path that it was opened on. */
  readonly mount: object;
  readonly format: WireAgreement;
  /** How much may wait in the socket. */
  readonly maxBufferedBytes: number;
}

/** One per session. */
export class SessionKeeper {
  readonly session: StreamSession;
  readonly sink: ConnectionSink;
  readonly live: LiveSession;
  readonly mount: object;
  readonly format: WireAgreement;
  readonly maxBufferedBytes: number;
  holder: SessionHolder;
  /** Called when the session begins to end. */
  onEnding: (() => void) | undefined;
  readonly #context: KeeperContext;
  readonly #place: ClientPlace;
  readonly #beganMs: number;
  #lostAtMs: number | undefined;
  #limitTimer: unknown;
  #ended: Promise<void> | undefined;

  constructor(kept: KeptSession) {
    this.#context = kept.context;
    this.holder = kept.holder;
    this.session = kept.session;
    this.sink = kept.sink;
    this.live = kept.live;
    this.#place = kept.place;
    this.mount = kept.mount;
    this.#beganMs = kept.context.clock.now();
    this.format = kept.format;
    this.maxBufferedBytes = kept.maxBufferedBytes;
  }

  get id(): string {
    return this.live.id;
  }

  /** From here on the session is among those that live. */
  begin(): void {
    const { bounds, clock, counters, outputs, registry } = this.#context;
    const { timeLimitMs } = bounds;
    registry.add(this.live);
    outputs.open(this.id);
    counters.sessionsOpened++;
    if (timeLimitMs !== Number.POSITIVE_INFINITY) {
      this.#limitTimer = clock.setTimer(() => this.holder.onTimeLimit(timeLimitMs), timeLimitMs);
    }
  }

  /** The client has been told: the handler begins. */
  open(): void {
    const { remoteAddress } = this.#place;
    this.#context.logger.info("A session has begun.", {
      session: this.id,
      remoteAddress,
      format: this.format,
    });
    this.#tell("onSession", () => this.#context.events.onSession?.(this.live));
    void this.session.open();
  }

  /** The connection is lost: the session waits. @param holder what it hangs on meanwhile */
  lost(holder: SessionHolder): void {
    this.holder = holder;
    this.#place.isConnected = false;
    this.#lostAtMs = this.#context.clock.now();
    this.#context.logger.info("A session has lost its connection, and waits.", { session: this.id });
    this.sink.hold();
    this.session.lost();
  }

  /** What both sides have missed, as the client's counts and ours say. */
  gapOf(request: ResumeRequest): ResumeGap {
    const { counters } = this.session;
    const nowMs = this.#context.clock.now();
    const receivedMs = counters.receivedMs;
    const { maxBurstMs, maxSpeed } = this.#context.bounds;
    // the client's word, which may be any number: no more can be lost than it might have sent
    const mostMs = maxBurstMs + maxSpeed * (nowMs - this.#beganMs);
    const lostInputMs = Math.min(request.sentMs - receivedMs - counters.lostInputMs, mostMs);
    const replayedMs = this.sink.replayMs(request);
    const lostOutputMs = counters.sentMs - request.receivedMs - counters.lostOutputMs - replayedMs;
    return {
      gapMs: rounded(nowMs - (this.#lostAtMs ?? nowMs)),
      receivedMs: rounded(receivedMs),
      lostInputMs: rounded(lostInputMs),
      lostOutputMs: rounded(lostOutputMs),
      replayedMs: rounded(replayedMs),
    };
  }

  /** The client is back, and has been told so. */
  goOn(
    writer: SocketWriter,
    dialect: ServerDialect,
    client: { readonly remoteAddress: string; readonly addressKey: string },
    request: ResumeRequest,
    gap: ResumeGap,
  ): void {
    const { counters, registry } = this.#context;
    this.#lostAtMs = undefined;
    this.#place.isConnected = true;
    this.#place.remoteAddress = client.remoteAddress;
    registry.move(this.id, client.addressKey);
    counters.sessionsResumed++;
    counters.lostInputMs += gap.lostInputMs;
    counters.lostOutputMs += gap.lostOutputMs;
    const { receivedMs: _, ...missed } = gap;
    this.#context.logger.info("A session goes on.", { session: this.id, ...missed });
    // what was dropped or played is told first; then the handler, which may send anew, hears of the gap
    const returned = this.sink.moveTo(writer, dialect, request);
    for (const name of returned.marks) this.session.markReturned(name);
    this.session.resumed(missed);
    if (returned.isCleared) this.session.cleared(undefined);
  }

  /** Ends the session, or joins its end; resolves when its id is free again. Never rejects. */
  end(reason: EndReason): Promise<void> {
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  async #end(reason: EndReason): Promise<void> {
    const { clock, counters, events, logger, outputs, registry } = this.#context;
    this.onEnding?.();
    clock.clearTimer(this.#limitTimer);
    await this.session.end(reason);
    const ended = this.session.endReason ?? reason;
    registry.release(this.id);
    outputs.close(this.id);
    counters.countEnd(ended.kind, this.session.counters);
    const { framesReceived, framesSent, framesDropped } = this.session.counters;
    logger.info("A session has ended.", {
      session: this.id,
      reason: ended.kind,
      durationMs: rounded(clock.now() - this.#beganMs),
      framesReceived,
      framesSent,
      framesDropped,
    });
    this.#tell("onEnd", () => events.onEnd?.(this.live, ended));
  }

  #tell(event: string, call: () => unknown): void {
    callHook(call, (error) =>
      this.#context.logger.error(`The server's ${event} callback failed.`, { session: this.id, error }),
    );
  }
}

/** To a hundredth of a ms; never below zero, not even where sums of fractions differ in their last bits. */
function rounded(ms: number): number {
  return Math.max(0, Math.round(ms * 100) / 100);
}
