/** Kernels that are instantiated, and where `loadEngine` has not done it compiled, when they are first called for. */
import { WasmError } from "../core/errors.ts";

/** What `make` makes, made at the first call. That throws `ERR_WASM_UNAVAILABLE` where it cannot be made. */
export function later(make: () => object): () => object {
  let made: object | undefined;
  return () => {
    if (made === undefined) {
      try {
        made = make();
      } catch (cause) {
        throw new WasmError("ERR_WASM_UNAVAILABLE", "A module of the resampler could not be compiled here.", {
          hint: "On a browser's main thread load with loadDsp, which compiles it beforehand.",
          cause,
        });
      }
    }
    return made;
  };
}
