// The `spectral64` module: the resampler of quality `best`.
export { convert } from "./convert";
export { interpolate } from "./interpolate";
