/** Where a session in a worker sends: audio into its ring, everything else by control, in order with the audio. */
import type { EndReason } from "../../stream/handler.ts";
import type { SessionSink } from "../../stream/session-sink.ts";
import { crossingReason } from "./crossing-reason.ts";
import { RingWriter, ringSizes } from "./ring-writer.ts";
import { OUTPUT_PENDING } from "./session-fields.ts";
import type { ThreadLink } from "./thread-link.ts";
import type { FromWorker, OpenCall, SessionReply, ToWorker } from "./worker-messages.ts";

/** One per session. Lives in the worker. */
export class WorkerSink implements SessionSink {
  readonly canClear: boolean;
  readonly #link: ThreadLink<FromWorker, ToWorker>;
  readonly #slot: number;
  readonly #fields: Int32Array;
  readonly #output: RingWriter;
  readonly #reasonOf: () => EndReason | undefined;

  /** @param reasonOf why the session has ended, once it has */
  constructor(link: ThreadLink<FromWorker, ToWorker>, call: OpenCall, reasonOf: () => EndReason | undefined) {
    this.#link = link;
    this.#slot = call.slot;
    this.#reasonOf = reasonOf;
    this.canClear = call.canClear;
    this.#fields = new Int32Array(call.fields);
    this.#output = new RingWriter({
      ...ringSizes(call.wireOutput),
      buffer: call.output,
      onRing: (buffer, at) => this.#postAt({ kind: "ring", buffer }, at),
      onDrop: () => {},
    });
  }

  sendAudio(samples: Int16Array, sequence: number, timestamp: number): void {
    this.#output.write(samples, sequence | 0, timestamp | 0);
    this.#link.touch(this.#slot, this.#fields, OUTPUT_PENDING);
  }

  sendClear(): void {
    this.post({ kind: "clear" });
  }

  sendMark(name: string): void {
    this.post({ kind: "mark", name });
  }

  sendLog(message: string): void {
    this.post({ kind: "log", message });
  }

  sendWarning(message: string): void {
    this.post({ kind: "warning", message });
  }

  sendInputRequest(): void {
    this.post({ kind: "ask-input" });
  }

  sendOutput(json: string): void {
    this.post({ kind: "output", json });
  }

  sendError(code: string, message: string, hint: string): void {
    this.post({ kind: "error", code, message, hint });
  }

  close(closeCode: number, text: string): void {
    const reason = this.#reasonOf() ?? { kind: "closed", message: text };
    this.post({ kind: "close", closeCode, text, reason: crossingReason(reason) });
  }

  /** Sends control that comes after all audio so far. */
  post(reply: SessionReply): void {
    this.#postAt(reply, this.#output.position);
  }

  #postAt(reply: SessionReply, at: number): void {
    this.#link.post({ ...reply, slot: this.#slot, at });
  }
}
