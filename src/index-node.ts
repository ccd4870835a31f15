/** `voxwire` in Node: the same as elsewhere, with relaxed SIMD where there is any. */
import "./dsp/node-dsp.ts";

export * from "./index.ts";
