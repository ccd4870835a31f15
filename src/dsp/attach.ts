/**
 * Kernel modules beside an engine's formats: each a source of its own, so that only those who use one load it.
 *
 * `loadEngine` attaches what belongs to it, in WebAssembly or not at all. Others are attached by whoever first asks.
 */
import { instantiate, type KernelSource } from "./compile.ts";
import type { Engine } from "./engine.ts";

const attached = new WeakMap<Engine, Map<string, object>>();

/**
 * The kernels of `source` over the engine's memory: one instance an engine, made at the first call. The twin where the
 * engine is plain TypeScript, or where the platform refuses to compile at once (a browser's main thread, large modules).
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
  known.set(source.name, memory === undefined ? source.twin(buffer) : instantiate(source, memory));
}

function modulesOf(engine: Engine): Map<string, object> {
  let modules = attached.get(engine);
  if (modules === undefined) {
    modules = new Map();
    attached.set(engine, modules);
  }
  return modules;
}

function make(engine: Engine, source: KernelSource): object {
  if (engine.memory !== undefined) {
    try {
      return instantiate(source, engine.memory);
    } catch {
      // the twin does the same, only slower
    }
  }
  return source.twin(engine.buffer);
}
