/** Kernel modules that an engine gets when they are first asked for, so that only those who use them load them. */
import type { Engine } from "./engine.ts";
import { instantiate, type KernelSource } from "./load.ts";

const attached = new WeakMap<Engine, Map<string, object>>();

/**
 * The kernels of `source` over the engine's memory: one instance an engine, made at the first call. The twin where the
 * engine is plain TypeScript, or where the platform refuses to compile at once (a browser's main thread, large modules).
 * `K` is the interface that belongs to the source.
 */
export function attachKernels<K extends object>(engine: Engine, source: KernelSource): K {
  let modules = attached.get(engine);
  if (modules === undefined) {
    modules = new Map();
    attached.set(engine, modules);
  }
  let kernels = modules.get(source.name);
  if (kernels === undefined) {
    kernels = make(engine, source);
    modules.set(source.name, kernels);
  }
  return kernels as K;
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
