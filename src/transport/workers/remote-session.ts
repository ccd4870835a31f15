/**
 * A session whose handler runs in a worker, as the transport sees it: what the client sends goes into a ring, what the
 * worker's engine sends comes out of another and straight into the socket.
 */
import { ConfigError } from "../../core/errors.ts";
import type { EndReason } from "../../stream/handler.ts";
import type { SessionGap } from "../../stream/session-events.ts";
import type { SessionStats } from "../../stream/session-handle.ts";
import type { SessionSink } from "../../stream/session-sink.ts";
import { statsView } from "../../stream/stats-view.ts";
import type { SessionControl, StreamSession, StreamSessionOptions } from "../../stream/stream-session.ts";
import { createAudioRing } from "./audio-ring.ts";
import { crossingReason, reasonFrom } from "./crossing-reason.ts";
import type { PieceScratch } from "./piece-scratch.ts";
import { RemoteCounts } from "./remote-counts.ts";
import { RingReader } from "./ring-reader.ts";
import { RingWriter, ringSizes } from "./ring-writer.ts";
import { createSessionFields, INPUT_PENDING, OUTPUT_PENDING, sharedStats } from "./session-fields.ts";
import type { ThreadLink } from "./thread-link.ts";
import type { FromWorker, SessionCall, SessionReply, ToWorker } from "./worker-messages.ts";

/** What a remote session is made of. */
export interface RemoteSessionParts {
  readonly options: StreamSessionOptions;
  readonly link: ThreadLink<ToWorker, FromWorker>;
  readonly slot: number;
  /** Which of the worker's modules. */
  readonly module: number;
  readonly scratch: PieceScratch;
  /** The worker has done with the session. */
  onGone(): void;
}

/** One per session. Made and driven on the socket's thread. */
export class RemoteSession implements StreamSession {
  readonly session: SessionControl;
  readonly counters: Readonly<SessionStats>;
  endReason: EndReason | undefined;
  readonly #parts: RemoteSessionParts;
  readonly #sink: SessionSink;
  readonly #fields: Int32Array;
  readonly #input: RingWriter;
  readonly #output: RingReader;
  readonly #outputBuffer: SharedArrayBuffer;
  readonly #inputBuffer: SharedArrayBuffer;
  readonly #msPerInputSample: number;
  readonly #msPerOutputSample: number;
  readonly #counts: RemoteCounts;
  /** Samples that have come, modulo 2^32: each piece says where it belongs. */
  #inputIndex = 0;
  #isOpen = false;
  #isDraining = false;
  #isGone = false;
  #ended: Promise<void> | undefined;
  #resolveEnded: () => void = () => {};
  #drained: Promise<void> | undefined;
  #resolveDrained: () => void = () => {};

  constructor(parts: RemoteSessionParts) {
    this.#parts = parts;
    const { link, options, scratch } = parts;
    const { id, params, wireInput, wireOutput, sink } = options;
    this.#sink = sink;
    this.#msPerInputSample = 1000 / wireInput.sampleRate;
    this.#msPerOutputSample = 1000 / wireOutput.sampleRate;
    const fields = createSessionFields();
    this.#fields = new Int32Array(fields);
    const inputSizes = ringSizes(wireInput);
    this.#inputBuffer = createAudioRing(inputSizes.usualWords);
    this.#outputBuffer = createAudioRing(ringSizes(wireOutput).usualWords);
    this.#output = new RingReader({
      buffer: this.#outputBuffer,
      fields: this.#fields,
      pending: OUTPUT_PENDING,
      link,
      scratch,
      onPiece: (samples, sequence, timestamp) => this.#onPiece(samples, sequence, timestamp),
    });
    this.#input = new RingWriter({
      ...inputSizes,
      buffer: this.#inputBuffer,
      onRing: (buffer, at) => this.#postAt({ kind: "ring", buffer }, at),
      onDrop: (samples) => {
        this.#counts.droppedSamples += samples;
      },
    });
    this.#counts = new RemoteCounts(wireInput, () => this.#waitingSamples());
    this.counters = sharedStats(this.#fields, this.#counts);
    this.session = {
      id,
      params,
      stats: statsView(this.counters),
      setInput: (...values) => this.#setInput(values),
      close: (reason) => this.#close(reason),
    };
  }

  open(): Promise<void> {
    if (this.endReason !== undefined || this.#isOpen) return Promise.resolve();
    this.#isOpen = true;
    const { options, link, slot, module } = this.#parts;
    const { id, params, wireInput, wireOutput, sink } = options;
    link.post({
      kind: "open",
      slot,
      module,
      id,
      params,
      wireInput,
      wireOutput,
      canClear: sink.canClear,
      fields: this.#fields.buffer as SharedArrayBuffer,
      input: this.#inputBuffer,
      output: this.#outputBuffer,
    });
    return Promise.resolve();
  }

  receive(samples: Int16Array): void {
    if (this.endReason !== undefined || this.#isDraining) return;
    const { link, options, slot } = this.#parts;
    const nowMs = options.clock.now() | 0;
    this.#counts.receivedMs += samples.length * this.#msPerInputSample;
    this.#input.write(samples, nowMs, this.#inputIndex);
    this.#inputIndex = (this.#inputIndex + samples.length) | 0;
    this.#dropStale(nowMs);
    link.touch(slot, this.#fields, INPUT_PENDING);
  }

  markReturned(name: string): void {
    this.#post({ kind: "mark", name });
  }

  cleared(playedMs: number | undefined, interrupts = false): void {
    this.#post({ kind: "cleared", playedMs, interrupts });
  }

  dtmf(digit: string): void {
    this.#post({ kind: "dtmf", digit });
  }

  lost(): void {
    this.#post({ kind: "lost" });
  }

  resumed(gap: SessionGap): void {
    if (this.endReason !== undefined) return;
    this.#counts.resumes++;
    this.#counts.lostInputMs += gap.lostInputMs;
    this.#counts.lostOutputMs += gap.lostOutputMs;
    this.#post({ kind: "resumed", gap });
  }

  drain(): Promise<void> {
    if (this.endReason !== undefined || !this.#isOpen) return Promise.resolve();
    this.#drained ??= new Promise((resolve) => {
      this.#resolveDrained = resolve;
      this.#post({ kind: "drain" });
      this.#isDraining = true;
    });
    return this.#drained;
  }

  end(reason: EndReason): Promise<void> {
    this.#ended ??= new Promise((resolve) => {
      this.#resolveEnded = resolve;
      this.endReason ??= reason;
      this.#resolveDrained();
      if (this.#isGone || !this.#isOpen) this.#leave();
      else this.#postAt({ kind: "end", reason: crossingReason(reason) }, this.#input.position);
    });
    return this.#ended;
  }

  /** Audio has come from the worker. */
  onAudio(): void {
    this.#output.look();
  }

  /** Control has come from the worker. */
  onReply(reply: SessionReply, at: number): void {
    this.#output.takeUntil(at);
    switch (reply.kind) {
      case "ring":
        this.#output.replace(reply.buffer);
        return;
      case "drained":
        this.#resolveDrained();
        return;
      case "ended":
        this.endReason ??= reasonFrom(reply.reason);
        this.#leave();
        return;
    }
    if (this.endReason !== undefined) return;
    switch (reply.kind) {
      case "clear":
        this.#sink.sendClear();
        break;
      case "mark":
        this.#sink.sendMark(reply.name);
        break;
      case "log":
        this.#sink.sendLog(reply.message);
        break;
      case "warning":
        this.#sink.sendWarning(reply.message);
        break;
      case "ask-input":
        this.#sink.sendInputRequest();
        break;
      case "output":
        this.#sink.sendOutput(reply.json);
        break;
      case "error":
        this.#sink.sendError(reply.code, reply.message, reply.hint);
        break;
      case "close":
        this.endReason = reasonFrom(reply.reason);
        this.#sink.close(reply.closeCode, reply.text);
        break;
    }
  }

  /** The worker has died, and with it the handler: nobody is left whose `shutdown` could run. */
  lose(reason: EndReason, code: string, hint: string, closeCode: number): void {
    if (this.#isGone) return;
    this.#isGone = true;
    if (this.endReason === undefined) {
      this.#sink.sendError(code, reason.message, hint);
      this.endReason = reason;
      this.#sink.close(closeCode, reason.message);
    }
    this.#leave();
  }

  #onPiece(samples: Int16Array, sequence: number, timestamp: number): void {
    if (this.endReason !== undefined) return;
    this.#counts.framesSent++;
    this.#counts.sentMs += samples.length * this.#msPerOutputSample;
    // they cross as int32, and are uint32
    this.#sink.sendAudio(samples, sequence >>> 0, timestamp >>> 0);
  }

  #waitingSamples(): number {
    return this.#input.peek() ? (this.#inputIndex - this.#input.second) | 0 : 0;
  }

  /** What has waited longer than `maxInputMs`, and is more than that, is of no use to a conversation. */
  #dropStale(nowMs: number): void {
    const { maxInputMs } = this.#parts.options.limits;
    while (this.#input.peek()) {
      const waitedMs = (nowMs - this.#input.first) | 0;
      const waitingMs = ((this.#inputIndex - this.#input.second) | 0) * this.#msPerInputSample;
      if (waitedMs < maxInputMs || waitingMs <= maxInputMs) return;
      this.#input.drop();
    }
  }

  #setInput(values: readonly unknown[]): void {
    try {
      this.#post({ kind: "input", values });
    } catch (cause) {
      throw new ConfigError("ERR_CONFIG", "setInput() got a value that cannot go to another thread.", {
        hint: "Pass plain objects, lists, strings, numbers, booleans or null.",
        cause,
      });
    }
  }

  #close(reason: string | undefined): void {
    this.#post({ kind: "close", reason: reason === undefined ? undefined : String(reason) });
  }

  #post(call: SessionCall): void {
    if (this.endReason === undefined && this.#isOpen) this.#postAt(call, this.#input.position);
  }

  #postAt(call: SessionCall, at: number): void {
    const { link, slot } = this.#parts;
    if (!this.#isGone) link.post({ ...call, slot, at });
  }

  #leave(): void {
    this.#isGone = true;
    this.#resolveDrained();
    this.#resolveEnded();
    this.#parts.onGone();
  }
}
