/** G.711, sample formats and memory to work in: all that a page which only needs G.711 loads. */
import { checkInteger } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { Backend, Engine } from "./engine.ts";
import { G711 } from "./g711.ts";
import { LAW_ALAW, LAW_MULAW } from "./kernels.ts";
import { Pcm } from "./pcm.ts";
import { Slicer, type SlicerOptions } from "./slicer.ts";

/** More than any engine holds; beyond it sizes would no longer be exact. */
const MAX_ALLOC_BYTES = 2 ** 32;

const engines = new WeakMap<Formats, Engine>();

/** G.711, sample formats, slicing, and views in the engine's memory. */
export class Formats {
  readonly mulaw: G711;
  readonly alaw: G711;
  readonly pcm: Pcm;

  constructor(engine: Engine) {
    engines.set(this, engine);
    this.mulaw = new G711(engine, LAW_MULAW);
    this.alaw = new G711(engine, LAW_ALAW);
    this.pcm = new Pcm(engine);
  }

  /** `"wasm"` or `"js"`. */
  get backend(): Backend {
    return engineOf(this).backend;
  }

  /** Use of the audio memory: slots out, bytes in them, bytes there are. */
  get memory(): { slots: number; usedBytes: number; capacityBytes: number } {
    const { arena } = engineOf(this);
    return { slots: arena.slots, usedBytes: arena.usedBytes, capacityBytes: arena.capacityBytes };
  }

  /** `n` zeroed samples in the engine's memory: passed to an `...Into` form they are not copied. Give back with `free`. */
  allocInt16(n: number): Int16Array {
    const { buffer, views } = engineOf(this);
    const address = this.#alloc(n, 2);
    const view = new Int16Array(buffer, address, n);
    views.int16.set(view, address);
    return view;
  }

  /** As `allocInt16`, for float32. */
  allocFloat32(n: number): Float32Array {
    const { buffer, views } = engineOf(this);
    const address = this.#alloc(n, 4);
    const view = new Float32Array(buffer, address, n);
    views.float32.set(view, address);
    return view;
  }

  /** As `allocInt16`, for bytes. */
  allocBytes(n: number): Uint8Array {
    const { buffer, views } = engineOf(this);
    const address = this.#alloc(n, 1);
    const view = new Uint8Array(buffer, address, n);
    views.bytes.set(view, address);
    return view;
  }

  /**
   * Gives back what one of the `alloc` forms returned, cleared. Views on it must no longer be used.
   * @throws ConfigError `ERR_CONFIG` for any other array, also for a view of one that was allocated, and the second time
   */
  free(view: ArrayBufferView): void {
    const { arena, views } = engineOf(this);
    const address = views.take(view);
    if (address === undefined || !arena.free(address)) {
      throw new ConfigError("ERR_CONFIG", "This array was not allocated here, or has been freed before.", {
        hint: "Free each array from allocInt16, allocFloat32 or allocBytes once, and itself, not a view of it.",
      });
    }
  }

  #alloc(n: number, bytesPerElement: number): number {
    const { arena } = engineOf(this);
    return arena.alloc(checkInteger("n", n, 0, MAX_ALLOC_BYTES / bytesPerElement) * bytesPerElement);
  }

  /** A slicer: any chunks in, exact frames out. */
  createSlicer<S extends Int16Array | Float32Array = Int16Array>(options: SlicerOptions): Slicer<S> {
    return new Slicer<S>(options);
  }
}

/** The engine behind; for `src/dsp` only. */
export function engineOf(formats: Formats): Engine {
  const engine = engines.get(formats);
  if (engine === undefined) throw new ConfigError("ERR_CONFIG", "Not loaded by loadDsp or loadG711.");
  return engine;
}
