/** What stands for a handler on the socket's thread while the handler itself lives in a worker. */
import { StreamHandler } from "../../stream/handler.ts";
import type { HandlerTraits } from "./worker-messages.ts";

/** Says which module a session is for, and what rates its handlers have. */
export class RemoteHandler extends StreamHandler {
  readonly module: number;

  constructor(module: number, { inputRate, outputRate, frameMs }: HandlerTraits) {
    super();
    this.module = module;
    this.inputRate = inputRate;
    this.outputRate = outputRate;
    this.frameMs = frameMs;
  }

  copy(): RemoteHandler {
    return new RemoteHandler(this.module, {
      ...this,
      inputRate: this.inputRate,
      outputRate: this.outputRate,
      frameMs: this.frameMs,
    });
  }

  receive(): void {}

  emit(): null {
    return null;
  }
}
