/** A session in its worker: the engine with the handler, fed from one ring, its output written to another. */
import type { EndReason } from "../../stream/handler.ts";
import type { EngineSession } from "../../stream/stream-session.ts";
import { crossingReason, reasonFrom } from "./crossing-reason.ts";
import type { PieceScratch } from "./piece-scratch.ts";
import { RingReader } from "./ring-reader.ts";
import { INPUT_PENDING, publishStats } from "./session-fields.ts";
import type { ThreadLink } from "./thread-link.ts";
import type { FromWorker, OpenCall, SessionCall, ToWorker } from "./worker-messages.ts";
import type { WorkerSink } from "./worker-sink.ts";

/** What a hosted session is made of. */
export interface HostedSessionParts {
  readonly call: OpenCall;
  readonly link: ThreadLink<FromWorker, ToWorker>;
  readonly session: EngineSession;
  readonly sink: WorkerSink;
  readonly scratch: PieceScratch;
  /** The session has ended. */
  onGone(): void;
}

/** One per session. Lives in the worker. */
export class HostedSession {
  readonly #parts: HostedSessionParts;
  readonly #fields: Int32Array;
  readonly #input: RingReader;
  /** Where the next piece belongs, if none is dropped, in samples modulo 2^32; and how many have been. */
  #expected = 0;
  #skipped = 0;

  constructor(parts: HostedSessionParts) {
    this.#parts = parts;
    const { call, link, scratch } = parts;
    this.#fields = new Int32Array(call.fields);
    this.#input = new RingReader({
      buffer: call.input,
      fields: this.#fields,
      pending: INPUT_PENDING,
      link,
      scratch,
      onPiece: (samples, _writtenMs, index) => this.#onPiece(samples, index),
    });
  }

  /** Begins: the session can be found by what comes for it. */
  open(): void {
    void this.#parts.session.open();
    // what has come while there was nobody to look at it
    this.onAudio();
  }

  /** Audio has come for the handler. */
  onAudio(): void {
    this.#input.look();
    this.publish();
  }

  /** Control has come for the session. */
  onCall(call: SessionCall, at: number): void {
    this.#input.takeUntil(at);
    const { session } = this.#parts;
    switch (call.kind) {
      case "ring":
        this.#input.replace(call.buffer);
        break;
      case "mark":
        session.markReturned(call.name);
        break;
      case "cleared":
        session.cleared(call.playedMs, call.interrupts);
        break;
      case "dtmf":
        session.dtmf(call.digit);
        break;
      case "lost":
        session.lost();
        break;
      case "resumed":
        session.resumed(call.gap);
        break;
      case "input":
        session.session.setInput(...call.values);
        break;
      case "close":
        session.session.close(call.reason);
        break;
      case "drain":
        void session.drain().then(() => this.#parts.sink.post({ kind: "drained" }));
        break;
      case "end":
        this.end(reasonFrom(call.reason));
        break;
    }
    this.publish();
  }

  /** Ends the session, and says so when it has ended. */
  end(reason: EndReason): void {
    const { session, sink } = this.#parts;
    void session.end(reason).then(() => {
      this.publish();
      sink.post({ kind: "ended", reason: crossingReason(session.endReason ?? reason) });
      this.#parts.onGone();
    });
  }

  /** Shows the counters to the socket's thread. */
  publish(): void {
    publishStats(this.#fields, this.#parts.session.counters, this.#skipped);
  }

  #onPiece(samples: Int16Array, index: number): void {
    const { session } = this.#parts;
    const missing = (index - this.#expected) | 0;
    if (missing > 0) {
      this.#skipped = (this.#skipped + missing) | 0;
      session.skip(missing);
    }
    this.#expected = (index + samples.length) | 0;
    session.receive(samples);
  }
}
