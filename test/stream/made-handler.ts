/** Handlers put together from functions, for tests of sessions. */
import type { AudioFrame } from "../../src/core/types.ts";
import { type Emitted, type EndReason, StreamHandler } from "../../src/stream/handler.ts";
import type { Session } from "../../src/stream/session-handle.ts";

export const LEFT: EndReason = { kind: "client-left", message: "left" };

/** A handler put together from functions. */
export class Made extends StreamHandler {
  readonly parts: Partial<
    Pick<StreamHandler, "receive" | "emit" | "startUp" | "shutdown" | "onMark" | "onCleared">
  >;
  constructor(parts: Made["parts"]) {
    super();
    this.parts = parts;
    if (parts.startUp !== undefined) this.startUp = parts.startUp;
    if (parts.shutdown !== undefined) this.shutdown = parts.shutdown;
    if (parts.onMark !== undefined) this.onMark = parts.onMark;
    if (parts.onCleared !== undefined) this.onCleared = parts.onCleared;
  }
  copy(): Made {
    return new Made(this.parts);
  }
  receive(frame: AudioFrame, session: Session): void | Promise<void> {
    return this.parts.receive?.call(this, frame, session);
  }
  emit(session: Session): Emitted | Promise<Emitted> {
    return this.parts.emit?.call(this, session) ?? null;
  }
}
