/** The kernels of the module `formats` in plain TypeScript, bit for bit as in WebAssembly (see samples.ts). */
import type { FormatKernels } from "../kernels.ts";
import { LAW_ALAW, LAW_PCM16 } from "../kernels.ts";
import { createSampleTwins } from "./samples.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD = 61;

/** The kernels over `buffer`. */
export function createFormatTwins(buffer: ArrayBuffer): FormatKernels {
  const u8 = new Uint8Array(buffer);
  const letters = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
  const sextets = new Int8Array(256).fill(-1);
  letters.forEach((letter, sextet) => {
    sextets[letter] = sextet;
  });

  const kernels: FormatKernels = {
    ...createSampleTwins(buffer),
    base64Encode(src, dst, n) {
      let d = dst;
      for (let i = 0; i < n; i += 3) {
        const w =
          (u8[src + i]! << 16) |
          ((i + 1 < n ? u8[src + i + 1]! : 0) << 8) |
          (i + 2 < n ? u8[src + i + 2]! : 0);
        u8[d++] = letters[w >> 18]!;
        u8[d++] = letters[(w >> 12) & 63]!;
        u8[d++] = i + 1 < n ? letters[(w >> 6) & 63]! : PAD;
        u8[d++] = i + 2 < n ? letters[w & 63]! : PAD;
      }
      return d - dst;
    },
    base64Decode(src, dst, n) {
      if ((n & 3) !== 0) return -1;
      let d = dst;
      for (let s = src; s < src + n; s += 4) {
        const a = sextets[u8[s]!]!;
        const b = sextets[u8[s + 1]!]!;
        if ((a | b) < 0) return -1;
        const isLast = s + 4 === src + n;
        u8[d++] = (a << 2) | (b >> 4);
        if (isLast && u8[s + 2] === PAD) return u8[s + 3] === PAD && (b & 15) === 0 ? d - dst : -1;
        const c = sextets[u8[s + 2]!]!;
        if (c < 0) return -1;
        u8[d++] = (b << 4) | (c >> 2);
        if (isLast && u8[s + 3] === PAD) return (c & 3) === 0 ? d - dst : -1;
        const e = sextets[u8[s + 3]!]!;
        if (e < 0) return -1;
        u8[d++] = (c << 6) | e;
      }
      return d - dst;
    },
    writeMessage(pcm, n, law, bias, scratch, dst, prefix, prefixBytes, suffix, suffixBytes) {
      if (law === LAW_ALAW) kernels.alawEncode(pcm, scratch, n, bias);
      else if (law !== LAW_PCM16) kernels.mulawEncode(pcm, scratch, n, bias);
      u8.copyWithin(dst, prefix, prefix + prefixBytes);
      const isPcm = law === LAW_PCM16;
      const characters = kernels.base64Encode(isPcm ? pcm : scratch, dst + prefixBytes, isPcm ? n * 2 : n);
      u8.copyWithin(dst + prefixBytes + characters, suffix, suffix + suffixBytes);
      return prefixBytes + characters + suffixBytes;
    },
    readMessage(message, bytes, law, scratch, pcm, prefix, prefixBytes, suffix, suffixBytes) {
      const characters = bytes - prefixBytes - suffixBytes;
      if (characters < 0) return -1;
      for (let i = 0; i < prefixBytes; i++) if (u8[message + i] !== u8[prefix + i]) return -1;
      for (let i = 0; i < suffixBytes; i++)
        if (u8[message + bytes - suffixBytes + i] !== u8[suffix + i]) return -1;
      if (law === LAW_PCM16) {
        const pcmBytes = kernels.base64Decode(message + prefixBytes, pcm, characters);
        return pcmBytes < 0 || (pcmBytes & 1) !== 0 ? -1 : pcmBytes >> 1;
      }
      const n = kernels.base64Decode(message + prefixBytes, scratch, characters);
      if (n > 0) {
        if (law === LAW_ALAW) kernels.alawDecode(scratch, pcm, n);
        else kernels.mulawDecode(scratch, pcm, n);
      }
      return n;
    },
  };
  return kernels;
}
