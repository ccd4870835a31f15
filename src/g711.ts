/** `voxwire/g711`: G.711 and sample formats alone, for a page that needs no more. */

export { Formats } from "./dsp/formats.ts";
export type { G711, G711Convention, G711Options } from "./dsp/g711.ts";
export type { LoadOptions } from "./dsp/load.ts";
export { loadG711 } from "./dsp/load-g711.ts";
export { loadG711Sync } from "./dsp/load-g711-sync.ts";
export type { FloatToInt16Options, Pcm } from "./dsp/pcm.ts";
