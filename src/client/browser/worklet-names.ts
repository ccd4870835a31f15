/** The names under which the worklet's file registers its processors. */
export const CAPTURE_PROCESSOR = "voxwire-capture";
export const PLAYOUT_PROCESSOR = "voxwire-playout";
