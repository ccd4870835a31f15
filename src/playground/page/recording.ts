/** Records what is heard, for a WAV file. */
import { buildHeader } from "../../codec/wav/header-builder.ts";
import { RECORDER_PROCESSOR } from "../threads/recorder-names.ts";

/** 58 MB at 48 kHz; then it stops by itself. */
const MOST_SECONDS = 600;

/** One recording: begins at once. */
export class Recording {
  readonly #node: AudioWorkletNode;
  readonly #source: AudioNode;
  readonly #pieces: Int16Array<ArrayBuffer>[] = [];
  #samples = 0;
  #isStopped = false;
  readonly #over: Promise<void>;

  /** Loads the worklet and begins. @param worklet its file's address; @param onFull called when there is no more room */
  static async start(source: AudioNode, worklet: URL, onFull: () => void): Promise<Recording> {
    await source.context.audioWorklet.addModule(worklet);
    return new Recording(source, onFull);
  }

  private constructor(source: AudioNode, onFull: () => void) {
    this.#source = source;
    this.#node = new AudioWorkletNode(source.context, RECORDER_PROCESSOR, {
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.#over = new Promise((resolve) => {
      this.#node.port.onmessage = ({ data }: MessageEvent<Int16Array<ArrayBuffer> | "over">) => {
        if (data === "over") resolve();
        else this.#take(data, onFull);
      };
    });
    source.connect(this.#node);
  }

  /** What has been recorded so far. */
  get seconds(): number {
    return this.#samples / this.#source.context.sampleRate;
  }

  /** Ends it. @returns a WAV file, mono, 16 bits, at the context's rate */
  async stop(): Promise<Blob> {
    if (!this.#isStopped) {
      this.#isStopped = true;
      this.#node.port.postMessage("stop");
    }
    await this.#over;
    this.#source.disconnect(this.#node);
    const { sampleRate } = this.#source.context;
    const layout = { sampleRate, channels: 1, encoding: "pcm16", hasRoomForRf64: false } as const;
    const header = new Uint8Array(buildHeader(layout, 2 * this.#samples));
    return new Blob([header, ...this.#pieces], { type: "audio/wav" });
  }

  #take(piece: Int16Array<ArrayBuffer>, onFull: () => void): void {
    if (this.seconds >= MOST_SECONDS) return;
    this.#pieces.push(piece);
    this.#samples += piece.length;
    if (this.seconds >= MOST_SECONDS) onFull();
  }
}
