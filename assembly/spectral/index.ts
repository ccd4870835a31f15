// The `spectral` module: the resampler of quality `high`.
export { convert } from "./convert";
export { interpolate } from "./interpolate";
export { pair } from "./pairs";
export { joinFloats, joinInt16s, splitFloats, splitInt16s } from "./channels";
