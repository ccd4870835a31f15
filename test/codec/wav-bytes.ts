/** WAV files put together by hand, right and wrong. */

/** The body of a fmt chunk: 16-bit PCM, one channel, 8 kHz. */
export const TONE_FMT: readonly number[] = [1, 0, 1, 0, 64, 31, 0, 0, 128, 62, 0, 0, 2, 0, 16, 0];

/** A chunk; `size` in place of the length of its body, `isPadded: false` as from a writer that forgets the pad byte. */
export function chunk(
  id: string,
  body: readonly number[],
  { size = body.length, isPadded = true }: { size?: number; isPadded?: boolean } = {},
): Uint8Array {
  const bytes = new Uint8Array(8 + body.length + (isPadded ? body.length % 2 : 0));
  bytes.set(new TextEncoder().encode(id));
  new DataView(bytes.buffer).setUint32(4, size, true);
  bytes.set(body, 8);
  return bytes;
}

/** The first 12 bytes of a file. */
export function riff(id: string, size: number, form: string): Uint8Array {
  return Uint8Array.of(...chunk(id, [], { size }), ...new TextEncoder().encode(form));
}

/** A file of these chunks, with the right size. */
export function wavOf(...chunks: readonly Uint8Array[]): Uint8Array {
  const length = chunks.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(12 + length);
  bytes.set(riff("RIFF", 4 + length, "WAVE"));
  let at = 12;
  for (const part of chunks) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
