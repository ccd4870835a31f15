/**
 * The kernels' signatures: what the WebAssembly modules export and what their plain TypeScript twins provide.
 *
 * All addresses are byte offsets into the engine's memory. They exist only inside `src/dsp`. Kernels allocate nothing,
 * never throw, and trust their arguments: lengths and alignment are checked by the wrappers.
 */

/** Sample formats and G.711: the module `g711`, and a part of `formats`. */
export interface SampleKernels {
  floatToInt16(src: number, dst: number, n: number): void;
  floatToInt16Fastrtc(src: number, dst: number, n: number): void;
  int16ToFloat(src: number, dst: number, n: number): void;
  mixInt16(a: number, b: number, dst: number, n: number): void;
  mixFloat(a: number, b: number, dst: number, n: number): void;
  gainInt16(src: number, dst: number, n: number, gain: number): void;
  gainFloat(src: number, dst: number, n: number, gain: number): void;
  mulawEncode(src: number, dst: number, n: number, bias: number): void;
  mulawDecode(src: number, dst: number, n: number): void;
  alawEncode(src: number, dst: number, n: number, bias: number): void;
  alawDecode(src: number, dst: number, n: number): void;
}

/** The module `formats`: sample formats, G.711, Base64, and messages made of them. */
export interface FormatKernels extends SampleKernels {
  /** Returns the number of characters. */
  base64Encode(src: number, dst: number, n: number): number;
  /** Returns the number of bytes, or -1 for anything that is not strict Base64. */
  base64Decode(src: number, dst: number, n: number): number;
  writeMessage(
    pcm: number,
    n: number,
    law: number,
    bias: number,
    scratch: number,
    dst: number,
    prefix: number,
    prefixBytes: number,
    suffix: number,
    suffixBytes: number,
  ): number;
  readMessage(
    message: number,
    bytes: number,
    law: number,
    scratch: number,
    pcm: number,
    prefix: number,
    prefixBytes: number,
    suffix: number,
    suffixBytes: number,
  ): number;
}

/** `law` of the message kernels. */
export const LAW_MULAW = 0;
export const LAW_ALAW = 1;
/** 16-bit PCM as it lies in memory, little-endian. */
export const LAW_PCM16 = 2;
