/** Two engines over the same kind of memory, WebAssembly and its twin, for tests that hold one against the other. */
import type { Engine } from "../../src/dsp/engine.ts";
import { loadEngineSync } from "../../src/dsp/load.ts";
import { formatsSource } from "../../src/dsp/sources.ts";

/** A pair with memories laid out alike: an address means the same place in both. */
export function enginePair(memoryBytes = 1 << 20): { wasm: Engine; twin: Engine } {
  return {
    wasm: loadEngineSync([formatsSource], { backend: "wasm", memoryBytes }),
    twin: loadEngineSync([formatsSource], { backend: "js", memoryBytes }),
  };
}
