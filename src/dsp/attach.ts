/**
 * Kernel modules beside an engine's formats: each a source of its own, so that only those who use one load it.
 *
 * `loadEngine` attaches what belongs to it, in WebAssembly or not at all. Others are attached by whoever first asks.
 */
import { instantiate, type KernelSource } from "./compile.ts";
import type { Engine } from "./engine.ts";
import { twinOf } from "./twins.ts";

const attached = new WeakMap<Engine, Map<string, object>>();

/**
 * The kernels of `source` over the engine's memory: one instance an engine, made at the first call. The twin where the
 * engine is plain TypeScript, or where the platform refuses to compile at once (a browser's main thread, large modules).
 * @throws WasmError `ERR_WASM_UNAVAILABLE` where it refuses and nobody has brought the twin
 */
export function attachKernels<K extends object>(engine: Engine, source: KernelSource<K>): K {
  const known = modulesOf(engine);
  let kernels = known.get(source.name);
  if (kernels === undefined) {
    kernels = make(engine, source);
    known.set(source.name, kernels);
  }
  return kernels as K;
}

/**
 * As `attachKernels`, but without a twin in the place of WebAssembly that cannot be had.
 * @throws WasmError `ERR_WASM_UNAVAILABLE`
 */
export function attachStrictly(engine: Engine, source: KernelSource): void {
  const known = modulesOf(engine);
  if (known.has(source.name)) return;
  const { memory, buffer } = engine;
  known.set(source.name, memory === undefined ? createTwin(source, buffer) : instantiate(source, memory));
}

/** The kernels of `source` in plain TypeScript. Those who load an engine without WebAssembly have brought them. */
export function createTwin<K extends object>(source: KernelSource<K>, buffer: ArrayBuffer): K {
  return twinOf(source)!(buffer);
}

function modulesOf(engine: Engine): Map<string, object> {
  let modules = attached.get(engine);
  if (modules === undefined) {
    modules = new Map();
    attached.set(engine, modules);
  }
  return modules;
}

function make<K extends object>({ memory, buffer }: Engine, source: KernelSource<K>): K {
  if (memory !== undefined) {
    try {
      return instantiate(source, memory);
    } catch (error) {
      // the twin does the same, only slower
      if (twinOf(source) === undefined) throw error;
    }
  }
  return createTwin(source, buffer);
}
