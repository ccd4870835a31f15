// Bytes as text that needs no escape in a string and that gzip makes little of: see unpackBytes in src/dsp/compile.ts.

/** The byte that the first digit stands for. */
const FIRST_BYTE = 0xfc;
/** Digits that stand for a byte alone; the others lead a pair. */
const SINGLES = 88;
const DIGITS = 90;

/** Text in the characters from # to ~ without ' and \: one for the bytes that kernels are full of, two for the rest. */
export function packBytes(bytes) {
  const digits = [];
  for (const byte of bytes) {
    const rank = (byte - FIRST_BYTE) & 0xff;
    if (rank < SINGLES) digits.push(rank);
    else digits.push(SINGLES + Math.floor((rank - SINGLES) / DIGITS), (rank - SINGLES) % DIGITS);
  }
  return Buffer.from(digits.map((digit) => digit + (digit > 55 ? 37 : digit > 3 ? 36 : 35))).toString(
    "latin1",
  );
}
