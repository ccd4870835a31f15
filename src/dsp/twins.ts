/**
 * Plain TypeScript in the place of kernel modules. Few ever run it, so modules do not name their twins: who loads an engine
 * brings them along, asynchronous loading only once WebAssembly is refused, by an import that bundlers make a file of its
 * own of.
 */
import { WasmError } from "../core/errors.ts";

/** Makes one module's kernels over an engine's memory. */
export type Twin<K extends object = object> = (buffer: ArrayBuffer) => K;

/** Twins by the names of their modules. */
export type TwinSet = Readonly<Record<string, Twin>>;

const brought = new Map<string, Twin>();

/** From now on engines can have these. */
export function bringTwins(twins: TwinSet): void {
  for (const [name, twin] of Object.entries(twins)) brought.set(name, twin);
}

/**
 * As `bringTwins`, from a file that is fetched now.
 * @throws WasmError `ERR_WASM_UNAVAILABLE`
 */
export async function fetchTwins(fetch: () => Promise<TwinSet>): Promise<void> {
  try {
    bringTwins(await fetch());
  } catch (cause) {
    throw new WasmError("ERR_WASM_UNAVAILABLE", "What stands in for WebAssembly could not be loaded.", {
      hint: "It is a file of its own beside the bundle: is it served too?",
      cause,
    });
  }
}

/** The twin of a module; undefined where it has none of its own and nobody has brought it. */
export function twinOf<K extends object>({
  name,
  twin,
}: {
  readonly name: string;
  readonly twin?: Twin<K>;
}): Twin<K> | undefined {
  return twin ?? (brought.get(name) as Twin<K> | undefined);
}
