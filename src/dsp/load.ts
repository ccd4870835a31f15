/**
 * Loads engines. The modules are embedded, so neither Node, a bundler, a worker nor a worklet needs a path or a fetch;
 * each is compiled once per realm and instantiated once per engine.
 */
import { checkInteger, checkOneOf } from "../core/check.ts";
import { WasmError } from "../core/errors.ts";
import {
  type Backend,
  createEngine,
  createMemory,
  type Engine,
  type KernelModules,
  MIN_MEMORY_BYTES,
} from "./engine.ts";
import { PAGE_BYTES } from "./memory.ts";
import { warmUp } from "./warm-up.ts";

/** One kernel module: its WebAssembly in hexadecimal, and its twin. */
export interface KernelSource {
  readonly name: string;
  readonly hex: string;
  twin(buffer: ArrayBuffer): object;
  /** Stands in for the kernels until they are called for; `loadEngine` compiles them all the same. */
  later?(make: () => object): object;
}

/** Options of `loadDsp` and its kin. */
export interface LoadOptions {
  /**
   * `"auto"` (default): WebAssembly where the platform allows it, else plain TypeScript. `"wasm"`: that or an error.
   * `"js"`: plain TypeScript, bit for bit the same for integers, formats and G.711.
   */
  backend?: "auto" | Backend;
  /**
   * Fixed size of the audio memory, 320 KiB to 2 GiB; default 64 MiB (16 MiB for `"js"`). Untouched pages cost address
   * space only. With this option the engine is a new one; without it, one engine per thread is shared.
   */
  memoryBytes?: number;
}

const DEFAULT_WASM_BYTES = 64 * 1024 * 1024;
const DEFAULT_JS_BYTES = 16 * 1024 * 1024;
const MAX_MEMORY_BYTES = 2 ** 31;

const compiled = new Map<string, WebAssembly.Module>();

/** Compiles off the main path where the platform can; the asynchronous form of `loadEngineSync`. */
export async function loadEngine(
  sources: readonly KernelSource[],
  options: LoadOptions = {},
): Promise<Engine> {
  if (options.backend !== "js" && isWasmThere()) {
    for (const source of sources) {
      if (compiled.has(source.name)) continue;
      try {
        const module = await WebAssembly.compile(bytesOf(source));
        compiled.set(source.name, module);
      } catch (cause) {
        if (options.backend === "wasm") throw unavailable(cause);
        return loadEngineSync(sources, { ...options, backend: "js" });
      }
    }
  }
  return loadEngineSync(sources, options);
}

/**
 * A new engine at once. Safe in Node, workers and worklets; a browser's main thread refuses to compile modules of more
 * than 4 KiB synchronously unless `loadEngine` has compiled them before.
 */
export function loadEngineSync(sources: readonly KernelSource[], options: LoadOptions = {}): Engine {
  const wanted = checkOneOf("backend", options.backend ?? "auto", ["auto", "wasm", "js"]);
  if (options.memoryBytes !== undefined) {
    checkInteger("memoryBytes", options.memoryBytes, MIN_MEMORY_BYTES, MAX_MEMORY_BYTES);
  }
  let engine: Engine | undefined;
  if (wanted !== "js") {
    try {
      engine = createWasmEngine(sources, options.memoryBytes ?? DEFAULT_WASM_BYTES);
    } catch (cause) {
      if (wanted === "wasm") throw cause instanceof WasmError ? cause : unavailable(cause);
    }
  }
  engine ??= createTwinEngine(sources, options.memoryBytes ?? DEFAULT_JS_BYTES);
  warmUp(engine);
  return engine;
}

function createWasmEngine(sources: readonly KernelSource[], memoryBytes: number): Engine {
  if (!isWasmThere()) throw unavailable(undefined);
  const memory = createMemory(memoryBytes);
  return createEngine(
    "wasm",
    memory.buffer as ArrayBuffer,
    modulesOf(sources, (source) => instantiate(source, memory)),
    memory,
  );
}

/** The kernels of one module over `memory`; compiled here where that has not been done yet. */
export function instantiate(source: KernelSource, memory: WebAssembly.Memory): object {
  let module = compiled.get(source.name);
  if (module === undefined) {
    module = new WebAssembly.Module(bytesOf(source));
    compiled.set(source.name, module);
  }
  // an exports object is a dictionary to V8; a plain copy lets calls through it be compiled as direct ones
  return { ...new WebAssembly.Instance(module, { env: { memory } }).exports };
}

function createTwinEngine(sources: readonly KernelSource[], memoryBytes: number): Engine {
  const buffer = new ArrayBuffer(Math.ceil(memoryBytes / PAGE_BYTES) * PAGE_BYTES);
  return createEngine(
    "js",
    buffer,
    modulesOf(sources, (source) => source.twin(buffer)),
  );
}

function modulesOf(sources: readonly KernelSource[], make: (source: KernelSource) => object): KernelModules {
  const kernels: Record<string, object> = {};
  for (const source of sources) {
    kernels[source.name] = source.later?.(() => make(source)) ?? make(source);
  }
  return kernels as unknown as KernelModules;
}

function isWasmThere(): boolean {
  return typeof WebAssembly === "object" && typeof WebAssembly.Module === "function";
}

/** Hexadecimal and not Base64: digits that fall on bytes let gzip and brotli see the code, and the page is a third smaller. */
function bytesOf({ hex }: KernelSource): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function unavailable(cause: unknown): WasmError {
  return new WasmError("ERR_WASM_UNAVAILABLE", "WebAssembly with SIMD could not be compiled here.", {
    hint: 'A page needs "wasm-unsafe-eval" in its script-src policy; backend "js" does without WebAssembly.',
    cause,
  });
}
