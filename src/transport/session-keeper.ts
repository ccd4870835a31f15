/** One session's stay on the server, whichever connection carries it: its id, outputs, limit in time, and the end. */
import type { EndReason } from "../stream/handler.ts";
import type { StreamSession } from "../stream/stream-session.ts";
import type { ConnectionContext } from "./connection-context.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import type { WireAgreement } from "./protocol/fastrtc-format.ts";
import type { LiveSession } from "./session-registry.ts";

/** Whoever the session hangs on now. */
export interface SessionHolder {
  /** The session has ended itself, or wants to. */
  onSessionClose(closeCode: number, message: string): void;
  /** The session has lasted as long as it may. */
  onTimeLimit(limitMs: number): void;
}

/** What a keeper is made of: a session that has been made but not opened, its id reserved. */
export interface KeptSession {
  readonly context: ConnectionContext;
  readonly holder: SessionHolder;
  readonly session: StreamSession;
  readonly sink: ConnectionSink;
  readonly live: LiveSession;
  readonly format: WireAgreement;
  /** How much may wait in the socket. */
  readonly maxBufferedBytes: number;
}

/** One per session. */
export class SessionKeeper {
  readonly session: StreamSession;
  readonly sink: ConnectionSink;
  readonly live: LiveSession;
  readonly format: WireAgreement;
  readonly maxBufferedBytes: number;
  holder: SessionHolder;
  readonly #context: ConnectionContext;
  #limitTimer: unknown;
  #ended: Promise<void> | undefined;

  constructor(kept: KeptSession) {
    this.#context = kept.context;
    this.holder = kept.holder;
    this.session = kept.session;
    this.sink = kept.sink;
    this.live = kept.live;
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
    this.#tell("onSession", () => this.#context.events.onSession?.(this.live));
    void this.session.open();
  }

  /** Ends the session, or joins its end; resolves when its id is free again. Never rejects. */
  end(reason: EndReason): Promise<void> {
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  async #end(reason: EndReason): Promise<void> {
    const { clock, counters, events, outputs, registry } = this.#context;
    clock.clearTimer(this.#limitTimer);
    await this.session.end(reason);
    const ended = this.session.endReason ?? reason;
    registry.release(this.id);
    outputs.close(this.id);
    counters.countEnd(ended.kind, this.session.counters);
    this.#tell("onEnd", () => events.onEnd?.(this.live, ended));
  }

  #tell(event: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#context.logger.error(`The server's ${event} callback failed.`, { error });
    }
  }
}
