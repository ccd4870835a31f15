// One text message that carries one frame of audio in Base64 between a fixed beginning and a fixed end: read and written
// in one call each, because a call from JavaScript costs as much as 40 samples of mu-law. What the text says is the
// protocol's business; here it is bytes.
import { alawDecode, alawEncode, mulawDecode, mulawEncode } from "./g711";
import { base64Decode, base64Encode } from "./base64";

/** `law`: 0 mu-law, 1 A-law, 2 the samples as they are (16-bit PCM, little-endian as WebAssembly memory is). */
// @ts-ignore: decorator
@inline const ALAW: i32 = 1;
// @ts-ignore: decorator
@inline const PCM16: i32 = 2;

/**
 * prefix + Base64 of the encoded samples + suffix -> dst; returns the number of bytes written.
 * `scratch` holds n bytes and 16 of slack.
 */
export function writeMessage(
  pcm: usize, n: i32, law: i32, bias: i32, scratch: usize, dst: usize,
  prefix: usize, prefixBytes: i32, suffix: usize, suffixBytes: i32,
): i32 {
  memory.copy(dst, prefix, prefixBytes);
  let characters: i32;
  if (law == PCM16) characters = base64Encode(pcm, dst + <usize>prefixBytes, n << 1);
  else {
    if (law == ALAW) alawEncode(pcm, scratch, n, bias);
    else mulawEncode(pcm, scratch, n, bias);
    characters = base64Encode(scratch, dst + <usize>prefixBytes, n);
  }
  memory.copy(dst + <usize>(prefixBytes + characters), suffix, suffixBytes);
  return prefixBytes + characters + suffixBytes;
}

/**
 * A message of exactly that shape -> int16 samples at `pcm`; returns their number, or -1: not of that shape, or not
 * strict Base64 between, or half a sample over. The end of the payload is not searched for: strict Base64 admits no quote, so what lies between
 * a matching beginning and a matching end is payload or an error. `message` has 16 readable bytes after it.
 */
export function readMessage(
  message: usize, bytes: i32, law: i32, scratch: usize, pcm: usize,
  prefix: usize, prefixBytes: i32, suffix: usize, suffixBytes: i32,
): i32 {
  const characters = bytes - prefixBytes - suffixBytes;
  if (characters < 0) return -1;
  if (memory.compare(message, prefix, prefixBytes) != 0) return -1;
  if (memory.compare(message + <usize>(bytes - suffixBytes), suffix, suffixBytes) != 0) return -1;
  const payload = message + <usize>prefixBytes;
  if (law == PCM16) {
    const pcmBytes = base64Decode(payload, pcm, characters);
    return pcmBytes < 0 || (pcmBytes & 1) != 0 ? -1 : pcmBytes >> 1;
  }
  const n = base64Decode(payload, scratch, characters);
  if (n > 0) {
    if (law == ALAW) alawDecode(scratch, pcm, n);
    else mulawDecode(scratch, pcm, n);
  }
  return n;
}
