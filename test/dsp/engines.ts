/** Two engines over the same kind of memory, WebAssembly and its twin, for tests that hold one against the other. */
import type { WireEngine } from "../../src/dsp/engine.ts";
import { formatsSource } from "../../src/dsp/formats-source.ts";
import { loadEngineSync } from "../../src/dsp/load.ts";
import { wireTwins } from "../../src/dsp/twins/wire-set.ts";
import { bringTwins } from "../../src/dsp/twins.ts";

/** A pair with memories laid out alike: an address means the same place in both. */
export function enginePair(memoryBytes = 1 << 20): { wasm: WireEngine; twin: WireEngine } {
  bringTwins(wireTwins);
  const sources = { formats: formatsSource, attached: [] };
  return {
    wasm: loadEngineSync(sources, { backend: "wasm", memoryBytes }),
    twin: loadEngineSync(sources, { backend: "js", memoryBytes }),
  };
}
