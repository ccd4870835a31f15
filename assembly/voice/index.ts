// The `voice` module: linear prediction for concealment.
export { burg } from "./burg";
export { extrapolate } from "./extrapolate";
export { correlate } from "./correlate";
export { solveToeplitz } from "./toeplitz";
