/** G.722 (ITU-T Recommendation G.722, 09/2012): 7 kHz wide speech at 64 kbit/s, over the kernels. */
import { CodecError, VoxwireError } from "../../core/errors.ts";
import { expectBytes, expectInt16, expectRoom } from "../arguments.ts";
import { CopyOut, type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import { G722_STATE_BYTES, type G722Kernels } from "./kernels.ts";
import { g722Kernels } from "./source.ts";

/** What encoder and decoder share: a slot of state in the engine's memory. */
abstract class G722Stream {
  protected readonly engine: Engine;
  protected readonly kernels: G722Kernels;
  #state: number;

  constructor(engine: Engine) {
    this.engine = engine;
    this.kernels = g722Kernels(engine);
    this.#state = engine.arena.alloc(G722_STATE_BYTES);
    this.kernels.g722Reset(this.#state);
  }

  protected get state(): number {
    if (this.#state === 0) {
      throw new VoxwireError("ERR_DISPOSED", "This G.722 codec has been disposed of.", {
        hint: "Create a new one.",
      });
    }
    return this.#state;
  }

  /** As new: the next frame begins a stream. */
  reset(): void {
    this.kernels.g722Reset(this.state);
  }

  /** Gives the memory back; every later call but this one throws `ERR_DISPOSED`. */
  dispose(): void {
    if (this.#state === 0) return;
    this.kernels.g722Reset(this.#state);
    this.engine.arena.free(this.#state);
    this.#state = 0;
  }
}

/** The filter pair's delay, both ends together: 22 samples, 1.375 ms. */
const LATENCY_SAMPLES = 22;
const SAMPLE_RATE = 16000;

/** One stream of samples at 16 kHz to bytes, one for two samples. No allocation per frame. */
export class G722Encoder extends G722Stream {
  readonly codec = "g722";
  readonly sampleRate = SAMPLE_RATE;
  readonly latencySamples = LATENCY_SAMPLES;
  readonly #bytesOut: CopyOut<Uint8Array>;

  constructor(engine: Engine) {
    super(engine);
    this.#bytesOut = new CopyOut(engine.u8, engine.scratchOut);
  }

  /** Bytes that so many samples take. */
  maxBytes(samples: number): number {
    return Math.ceil(samples / 2);
  }

  /**
   * Encodes the next samples of the stream; any even number of them, and the bytes do not depend on how they are cut.
   * @param pcm 16 kHz; views of the engine's memory are not copied
   * @returns the number of bytes written, `pcm.length / 2`
   * @throws CodecError `ERR_FRAME_LENGTH` for an odd number, `ERR_OUTPUT_TOO_SMALL`; nothing is encoded then
   */
  encodeInto(pcm: Int16Array, out: Uint8Array): number {
    expectInt16(pcm, "pcm");
    expectBytes(out, "out");
    const total = pcm.length;
    if ((total & 1) !== 0) {
      throw new CodecError("ERR_FRAME_LENGTH", `G.722 was given ${total} samples; it takes an even number.`, {
        hint: "Slice the audio into frames first: 320 samples are 20 ms at 16 kHz.",
      });
    }
    expectRoom(out.length, total / 2, "bytes");
    const { engine, kernels, state } = this;
    const isIn = pcm.buffer === engine.buffer;
    const isOut = out.buffer === engine.buffer;
    for (let at = 0; at < total; ) {
      const n = isIn && isOut ? total : Math.min(SCRATCH_SAMPLES, total - at);
      if (!isIn) engine.i16.set(n === total ? pcm : pcm.subarray(at, at + n), engine.scratchIn >> 1);
      const src = isIn ? pcm.byteOffset + at * 2 : engine.scratchIn;
      kernels.g722Encode(state, src, isOut ? out.byteOffset + at / 2 : engine.scratchOut, n);
      if (!isOut) this.#bytesOut.copy(out, at / 2, n / 2);
      at += n;
    }
    return total / 2;
  }
}

/** The most that `followHeard` looks at: 60 ms. */
const MOST_HEARD_SAMPLES = 960;
/** Where in its scratch area `g722Follow` puts samples, behind the bytes. */
const FOLLOWED_AT_BYTES = 1024;

/** One stream of bytes to samples at 16 kHz, two a byte. Any byte is valid. No allocation per frame. */
export class G722Decoder extends G722Stream {
  readonly codec = "g722";
  readonly sampleRate = SAMPLE_RATE;
  /** Of `followHeard`. */
  readonly beyondSamples = LATENCY_SAMPLES;
  readonly #samplesOut: CopyOut<Int16Array>;
  #spare: number;

  constructor(engine: Engine) {
    super(engine);
    this.#spare = engine.arena.alloc(G722_STATE_BYTES);
    this.#samplesOut = new CopyOut(engine.i16, engine.scratchOut);
  }

  /** Samples that so many bytes hold. */
  maxSamples(bytes: number): number {
    return bytes * 2;
  }

  /** Samples that these bytes hold. */
  samplesIn(bytes: Uint8Array): number {
    return bytes.length * 2;
  }

  /**
   * Goes on as if `heard` had been decoded, in place of bytes that are lost: the predictors' memory of the signal becomes
   * that of `heard`, what they have learnt stays. Without it the first milliseconds after a hole are predicted from before it.
   * @param heard its end lies `beyondSamples` after the place where the next bytes' samples begin; 24 samples at least
   */
  followHeard(heard: Int16Array): void {
    expectInt16(heard, "heard");
    const { engine, kernels, state } = this;
    const n = Math.min(MOST_HEARD_SAMPLES, heard.length - LATENCY_SAMPLES) & ~1;
    if (n <= 0) return;
    const from = heard.length - LATENCY_SAMPLES - n;
    const at = engine.scratchIn >> 1;
    for (let i = 0; i < LATENCY_SAMPLES + n; i++) engine.i16[at + i] = heard[from + i]!;
    const codes = engine.scratchOut;
    kernels.g722Follow(state, this.#spare, engine.scratchIn, codes, codes + FOLLOWED_AT_BYTES, n);
  }

  /** As `reset`. */
  beginAnew(): void {
    this.reset();
  }

  /** Gives the memory back; every later call but this one throws `ERR_DISPOSED`. */
  override dispose(): void {
    super.dispose();
    if (this.#spare === 0) return;
    this.engine.arena.free(this.#spare);
    this.#spare = 0;
  }

  /**
   * Decodes the next bytes of the stream; the samples do not depend on how they are cut.
   * @returns the number of samples written, `2 * bytes.length`
   * @throws CodecError `ERR_OUTPUT_TOO_SMALL`; nothing is decoded then
   */
  decodeInto(bytes: Uint8Array, out: Int16Array): number {
    expectBytes(bytes, "bytes");
    expectInt16(out, "out");
    const total = bytes.length;
    expectRoom(out.length, total * 2, "samples");
    const { engine, kernels, state } = this;
    const isIn = bytes.buffer === engine.buffer;
    const isOut = out.buffer === engine.buffer;
    for (let at = 0; at < total; ) {
      const n = isIn && isOut ? total : Math.min(SCRATCH_SAMPLES / 2, total - at);
      if (!isIn) engine.u8.set(n === total ? bytes : bytes.subarray(at, at + n), engine.scratchIn);
      const src = isIn ? bytes.byteOffset + at : engine.scratchIn;
      kernels.g722Decode(state, src, isOut ? out.byteOffset + at * 4 : engine.scratchOut, n);
      if (!isOut) this.#samplesOut.copy(out, at * 2, n * 2);
      at += n;
    }
    return total * 2;
  }
}
