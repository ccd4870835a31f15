/** What the recorder's worklet and the page agree on. */

export const RECORDER_PROCESSOR = "voxwire-recorder";
/** Samples to a message: 170 ms at 48 kHz. */
export const RECORDER_PIECE = 8192;
