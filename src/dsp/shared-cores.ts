/**
 * The thread's shared cores, one for each backend: "auto" and the backend that it came out at are one core, and entries
 * that need less take what another has loaded. Two would make every call site see two sets of kernels.
 */
import { expectOptions, type NamesOf } from "../core/option-names.ts";
import type { Backend } from "./engine.ts";
import type { Formats } from "./formats.ts";
import type { LoadOptions } from "./load.ts";

const LOAD_OPTIONS: NamesOf<LoadOptions> = { backend: 1, memoryBytes: 1 };

const shared = new Map<"auto" | Backend, Formats>();

/** The shared cores that are at least a `C`. */
export class SharedCores<C extends Formats, E extends { readonly backend: Backend }> {
  readonly #kind: abstract new (
    engine: E,
  ) => C;
  readonly #make: (engine: E) => C;

  /** @param make a core over a new engine, warm */
  constructor(kind: abstract new (engine: E) => C, make: (engine: E) => C) {
    this.#kind = kind;
    this.#make = make;
  }

  /** What is loaded already and as asked for. */
  known(options: LoadOptions): C | undefined {
    const { backend = "auto", memoryBytes } = expectOptions("loadDsp()", options, LOAD_OPTIONS);
    if (memoryBytes !== undefined) return undefined;
    const core = shared.get(backend) ?? (backend === "auto" ? shared.get("wasm") : undefined);
    return core instanceof this.#kind ? core : undefined;
  }

  /** The core over `engine`, or what another call has loaded meanwhile. */
  keep(options: LoadOptions, engine: E): C {
    if (options.memoryBytes !== undefined) return this.#make(engine);
    const { backend } = engine;
    const core = this.known(options) ?? this.known({ backend }) ?? this.#make(engine);
    shared.set(backend, core);
    shared.set(options.backend ?? "auto", core);
    return core;
  }
}
