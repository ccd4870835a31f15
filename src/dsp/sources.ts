/** The `formats` module, from its two sources. */
import { formatsWasm } from "./generated/formats-wasm.ts";
import type { KernelSource } from "./load.ts";
import { createFormatTwins } from "./twins/formats.ts";

export const formatsSource: KernelSource = { name: "formats", hex: formatsWasm, twin: createFormatTwins };
