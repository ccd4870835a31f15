/**
 * The audio core of a page's worker: what a client's connection needs, over kernels that have no more than that (see
 * scripts/build.mjs). One engine, one client.
 */
import type { ClientDsp, ClientResampler } from "./client-dsp.ts";
import { CopyOut, SCRATCH_SAMPLES, type WireEngine } from "./engine.ts";
import { formatsSource } from "./formats-source.ts";
import { loadEngine } from "./load.ts";
import { MessageReader, type MessageReaderOptions } from "./message-reader.ts";
import { MessageWriter, type MessageWriterOptions } from "./message-writer.ts";
import { PacketReader, type PacketReaderOptions } from "./packet-reader.ts";
import { PacketWriter, type PacketWriterOptions } from "./packet-writer.ts";
import { MonoStream } from "./resampler/mono-stream.ts";
import { resamplerSource } from "./resampler/source.ts";
import { warmUpResampler } from "./resampler/warm-up.ts";
import type { TwinSet } from "./twins.ts";
import { warmUpMessages, warmUpSpeech } from "./warm-up.ts";

/** See `ClientDsp`. */
export class WorkerDsp implements ClientDsp {
  readonly pcm: ClientDsp["pcm"];
  readonly #engine: WireEngine;

  constructor(engine: WireEngine) {
    this.#engine = engine;
    this.pcm = new Conversions(engine);
  }

  createResampler(options: { inputRate: number; outputRate: number }): ClientResampler {
    return new MonoStream(this.#engine, options);
  }

  createMessageWriter(options: MessageWriterOptions): MessageWriter {
    return new MessageWriter(this.#engine, options);
  }

  createMessageReader(options: MessageReaderOptions): MessageReader {
    return new MessageReader(this.#engine, options);
  }

  createPacketWriter(options: PacketWriterOptions): PacketWriter {
    return new PacketWriter(this.#engine, options);
  }

  createPacketReader(options: PacketReaderOptions): PacketReader {
    return new PacketReader(this.#engine, options);
  }

  allocBytes(n: number): Uint8Array {
    const { arena, buffer, views } = this.#engine;
    const view = new Uint8Array(buffer, arena.alloc(n), n);
    views.bytes.set(view, view.byteOffset);
    return view;
  }

  free(view: ArrayBufferView): void {
    const { arena, views } = this.#engine;
    views.take(view);
    arena.free(view.byteOffset);
  }
}

/**
 * A core whose kernels have been run.
 * @param twins plain TypeScript for where WebAssembly is refused
 * @throws WasmError `ERR_WASM_UNAVAILABLE` where it is, and there are no twins
 */
export async function loadWorkerDsp(twins: TwinSet | undefined): Promise<WorkerDsp> {
  const sources = { formats: formatsSource, attached: [resamplerSource] };
  const backend = twins === undefined ? "wasm" : "auto";
  const engine = await loadEngine(sources, { backend }, async () => twins ?? {});
  warmUpSpeech(engine);
  warmUpMessages(engine);
  const core = new WorkerDsp(engine);
  warmUpResampler(core);
  return core;
}

/** Between float32 and int16, as `Pcm` does it, for arrays anywhere. */
class Conversions {
  readonly #engine: WireEngine;
  readonly #int16Out: CopyOut<Int16Array>;
  readonly #floatOut: CopyOut<Float32Array>;

  constructor(engine: WireEngine) {
    this.#engine = engine;
    this.#int16Out = new CopyOut(engine.i16, engine.scratchOut);
    this.#floatOut = new CopyOut(engine.f32, engine.scratchOut);
  }

  floatToInt16Into(samples: Float32Array, out: Int16Array): number {
    const { f32, formats, scratchIn, scratchOut } = this.#engine;
    for (let at = 0; at < samples.length; at += SCRATCH_SAMPLES) {
      const n = Math.min(SCRATCH_SAMPLES, samples.length - at);
      f32.set(n === samples.length ? samples : samples.subarray(at, at + n), scratchIn >> 2);
      formats.floatToInt16(scratchIn, scratchOut, n);
      this.#int16Out.copy(out, at, n);
    }
    return samples.length;
  }

  int16ToFloatInto(samples: Int16Array, out: Float32Array): number {
    const { formats, i16, scratchIn, scratchOut } = this.#engine;
    for (let at = 0; at < samples.length; at += SCRATCH_SAMPLES) {
      const n = Math.min(SCRATCH_SAMPLES, samples.length - at);
      i16.set(n === samples.length ? samples : samples.subarray(at, at + n), scratchIn >> 1);
      formats.int16ToFloat(scratchIn, scratchOut, n);
      this.#floatOut.copy(out, at, n);
    }
    return samples.length;
  }
}
