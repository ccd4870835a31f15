/** The recorder's worklet: what comes in goes to the page, in pieces, as 16-bit samples. */
import { RECORDER_PIECE, RECORDER_PROCESSOR } from "./recorder-names.ts";

// what the platform gives a worklet and TypeScript's types for pages lack
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class Recorder extends AudioWorkletProcessor {
  readonly #piece = new Int16Array(RECORDER_PIECE);
  #filled = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.#send();
      this.#isOver = true;
      this.port.postMessage("over");
      this.port.close();
    };
  }

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const samples = input?.[0];
    const n = samples?.length ?? 128;
    for (let i = 0; i < n; i++) {
      const scaled = Math.round((samples?.[i] ?? 0) * 32768);
      this.#piece[this.#filled++] = Math.max(-32768, Math.min(32767, scaled));
      if (this.#filled === this.#piece.length) this.#send();
    }
    return !this.#isOver;
  }

  #send(): void {
    const piece = this.#piece.slice(0, this.#filled);
    this.port.postMessage(piece, [piece.buffer]);
    this.#filled = 0;
  }
}

registerProcessor(RECORDER_PROCESSOR, Recorder);
