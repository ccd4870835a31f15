/**
 * One engine: a fixed memory, the kernel modules that work in it, and scratch space for callers whose samples lie
 * elsewhere. One per thread serves everyone; an instance for each session would make every call site megamorphic.
 */
import { WasmError } from "../core/errors.ts";
import type { FormatKernels, SampleKernels } from "./kernels.ts";
import { ARENA_START, Arena, PAGE_BYTES } from "./memory.ts";
import { ViewAddresses } from "./views.ts";

/** How the kernels run: WebAssembly SIMD, or plain TypeScript. */
export type Backend = "wasm" | "js";

/** Samples that pass through scratch at a time. Longer arrays are walked in pieces of this length. */
export const SCRATCH_SAMPLES = 16384;
const SCRATCH_BYTES = SCRATCH_SAMPLES * 4;

/** Everything in `src/dsp` works on one of these. Kernels beyond sample formats are attached to it (see attach.ts). */
export interface Engine<F extends SampleKernels = SampleKernels> {
  readonly backend: Backend;
  readonly buffer: ArrayBuffer;
  /** What modules that are attached later work in; undefined for plain TypeScript. */
  readonly memory: WebAssembly.Memory | undefined;
  readonly u8: Uint8Array;
  readonly i16: Int16Array;
  readonly f32: Float32Array;
  readonly arena: Arena;
  /** Arrays handed out to callers. */
  readonly views: ViewAddresses;
  readonly formats: F;
  /** Addresses of two scratch areas of `SCRATCH_SAMPLES` float32 each. */
  readonly scratchIn: number;
  readonly scratchOut: number;
}

/** An engine whose formats include Base64 and messages. */
export type WireEngine = Engine<FormatKernels>;

/** The memory an engine starts with: `memoryBytes` rounded up to whole pages, fixed for its life. */
export function createMemory(memoryBytes: number): WebAssembly.Memory {
  const pages = Math.ceil(memoryBytes / PAGE_BYTES);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new WasmError(
      "ERR_WASM_UNAVAILABLE",
      `No WebAssembly memory of ${memoryBytes} bytes could be had.`,
      {
        hint: "Load with a smaller memoryBytes.",
        cause,
      },
    );
  }
}

/** Puts an engine together over `buffer` and the formats that work in it. */
export function createEngine<F extends SampleKernels>(
  backend: Backend,
  buffer: ArrayBuffer,
  formats: F,
  memory?: WebAssembly.Memory,
): Engine<F> {
  const arena = new Arena(buffer);
  return {
    backend,
    buffer,
    memory,
    u8: new Uint8Array(buffer),
    i16: new Int16Array(buffer),
    f32: new Float32Array(buffer),
    arena,
    views: new ViewAddresses(),
    formats,
    scratchIn: arena.alloc(SCRATCH_BYTES),
    scratchOut: arena.alloc(SCRATCH_BYTES),
  };
}

/** The least memory an engine works with. */
export const MIN_MEMORY_BYTES = ARENA_START + 4 * PAGE_BYTES;

/** Views a `CopyOut` keeps: more frame lengths than that in one process are unusual. */
const VIEWS_KEPT = 64;

/** Copies `n` elements at `address` into `out` at `offset`; lengths seen before take no new view. */
export class CopyOut<T extends Uint8Array | Int16Array | Float32Array> {
  readonly #whole: T;
  readonly #address: number;
  readonly #views = new Map<number, T>();
  #view: T;

  constructor(whole: T, address: number) {
    this.#whole = whole;
    this.#address = address / whole.BYTES_PER_ELEMENT;
    this.#view = whole.subarray(this.#address, this.#address) as T;
  }

  copy(out: T, offset: number, n: number): void {
    if (this.#view.length !== n) this.#view = this.#viewOf(n);
    out.set(this.#view, offset);
  }

  #viewOf(n: number): T {
    let view = this.#views.get(n);
    if (view === undefined) {
      view = this.#whole.subarray(this.#address, this.#address + n) as T;
      if (this.#views.size < VIEWS_KEPT) this.#views.set(n, view);
    }
    return view;
  }
}
