/**
 * Kernel modules from what is embedded of them: unpacked, compiled once per realm, instantiated once per engine. Neither
 * Node, a bundler, a worker nor a worklet needs a path or a fetch.
 */
import { WasmError } from "../core/errors.ts";
import type { Twin } from "./twins.ts";

/** One kernel module as the build packs it. */
export interface KernelSource<K extends object = object> {
  /** Its own among all modules. */
  readonly name: string;
  /** See `unpackBytes`. */
  readonly wasm: string;
  /** The same kernels in plain TypeScript; absent where those who load an engine bring it along (see twins.ts). */
  readonly twin?: Twin<K>;
}

const compiled = new Map<string, WebAssembly.Module>();
const preferred = new Map<string, string>();

/** From now on modules of these names are compiled from other images of the same kernels. Engines that are there keep theirs. */
export function preferImages(images: Readonly<Record<string, string>>): void {
  for (const [name, wasm] of Object.entries(images)) {
    preferred.set(name, wasm);
    compiled.delete(name);
  }
}

let isLate = false;

/** From now on what few need is compiled when it is first used: for platforms that compile large modules at once. */
export function compileLate(): void {
  isLate = true;
}

/** As `compileAhead`, unless `compileLate` has been called. */
export async function compileUnlessLate(sources: readonly KernelSource[]): Promise<void> {
  if (!isLate) await compileAhead(sources);
}

/** @throws WasmError `ERR_WASM_UNAVAILABLE` where the platform has no WebAssembly */
export function expectWasm(): void {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.Module !== "function")
    throw unavailable(undefined);
}

/**
 * Compiles off the main path what is not compiled yet, so that `instantiate` is quick, and possible where the platform
 * compiles large modules in no other way (a browser's main thread, some of them).
 * @throws WasmError `ERR_WASM_UNAVAILABLE`
 */
export async function compileAhead(sources: readonly KernelSource[]): Promise<void> {
  expectWasm();
  for (const { name, wasm } of sources) {
    if (compiled.has(name)) continue;
    try {
      compiled.set(name, await WebAssembly.compile(unpackBytes(preferred.get(name) ?? wasm)));
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

/**
 * The kernels of one module over `memory`; compiled here where that has not been done yet.
 * @throws WasmError `ERR_WASM_UNAVAILABLE`
 */
export function instantiate<K extends object>(
  { name, wasm }: KernelSource<K>,
  memory: WebAssembly.Memory,
): K {
  try {
    let module = compiled.get(name);
    if (module === undefined) {
      module = new WebAssembly.Module(unpackBytes(preferred.get(name) ?? wasm));
      compiled.set(name, module);
    }
    // an exports object is a dictionary to V8; a plain copy lets calls through it be compiled as direct ones
    return { ...new WebAssembly.Instance(module, { env: { memory } }).exports } as K;
  } catch (cause) {
    throw unavailable(cause);
  }
}

/** The byte that the first digit stands for: from here on come those that kernels are full of. */
const FIRST_BYTE = 0xfc;
/** Digits that stand for a byte alone; the others lead a pair. */
const SINGLES = 88;
const DIGITS = 90;

/**
 * Bytes from text in the characters from # to ~ without ' and \, which need no escape in any string. Most are one character, so
 * gzip and brotli see the code itself, and make a tenth less of it than of hexadecimal digits (of Base64, whose digits do
 * not fall on bytes, half as much again).
 */
export function unpackBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    let digit = digitAt(text, i);
    if (digit >= SINGLES) digit = SINGLES + (digit - SINGLES) * DIGITS + digitAt(text, ++i);
    bytes[count++] = FIRST_BYTE + digit;
  }
  return bytes.subarray(0, count);
}

function digitAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  return code > 92 ? code - 37 : code > 39 ? code - 36 : code - 35;
}

function unavailable(cause: unknown): WasmError {
  return new WasmError("ERR_WASM_UNAVAILABLE", "WebAssembly with SIMD could not be compiled here.", {
    hint: 'A page needs "wasm-unsafe-eval" in its script-src policy; backend "js" does without WebAssembly.',
    cause,
  });
}
