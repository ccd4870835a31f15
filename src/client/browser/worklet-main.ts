/** The worklet's file: bundled into one script without imports, since an AudioWorklet cannot fetch any. */
import { CaptureBlocks } from "./capture-blocks.ts";
import { Playout } from "./playout.ts";
import { LinkConsumer, type LinkEnd, LinkProducer } from "./sample-link.ts";
import { CAPTURE_PROCESSOR, PLAYOUT_PROCESSOR } from "./worklet-names.ts";

// what the platform gives a worklet and TypeScript's types for pages lack
declare const sampleRate: number;
declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Blocks between two reports of a playout that has no shared memory. */
const REPORT_BLOCKS = 4;

class CaptureProcessor extends AudioWorkletProcessor {
  #link: LinkProducer | undefined;
  #blocks: CaptureBlocks | undefined;
  #isClosed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<LinkEnd | "close">) => {
      if (data !== "close") {
        this.#link = new LinkProducer(data);
        this.#blocks = new CaptureBlocks(this.#link);
        return;
      }
      this.#isClosed = true;
      this.#link?.close();
      this.port.close();
    };
  }

  process(
    [input]: readonly (readonly Float32Array[])[],
    [output]: readonly (readonly Float32Array[])[],
  ): boolean {
    if (this.#isClosed) return false;
    const blockSamples = output?.[0]?.length ?? 128;
    this.#blocks?.push(input ?? [], blockSamples, currentFrame);
    return true;
  }
}

class PlayoutProcessor extends AudioWorkletProcessor {
  #link: LinkConsumer | undefined;
  #playout: Playout | undefined;
  #blocks = 0;
  #isClosed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<LinkEnd | "close">) => {
      if (data !== "close") {
        this.#link = new LinkConsumer(data);
        this.#playout = new Playout(this.#link, sampleRate);
        return;
      }
      this.#isClosed = true;
      this.#link?.close();
      this.port.close();
    };
  }

  process(_inputs: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
    if (this.#isClosed) return false;
    const out = output?.[0];
    if (out === undefined) return true;
    this.#playout?.process(out, currentFrame);
    if (++this.#blocks % REPORT_BLOCKS === 0) this.#link?.publish();
    return true;
  }
}

registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
registerProcessor(PLAYOUT_PROCESSOR, PlayoutProcessor);
