// The `resampler` module.
export { voice } from "./voice";
