/** The discrete Fourier transform of lengths that are powers of two, in double precision, in place. */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  const { cosines, sines } = turns(n);
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) {
        const [c, s] = [cosines[k * stride]!, sines[k * stride]!];
        const [a, b] = [start + k, start + k + half];
        const re = real[b]! * c + imaginary[b]! * s;
        const im = imaginary[b]! * c - real[b]! * s;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a] = real[a]! + re;
        imaginary[a] = imaginary[a]! + im;
      }
    }
  }
}

interface Turns {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

let known: Turns = { cosines: new Float64Array(0), sines: new Float64Array(0) };

function turns(n: number): Turns {
  if (known.cosines.length !== n / 2) {
    const angle = (k: number) => (2 * Math.PI * k) / n;
    known = {
      cosines: Float64Array.from({ length: n / 2 }, (_, k) => Math.cos(angle(k))),
      sines: Float64Array.from({ length: n / 2 }, (_, k) => Math.sin(angle(k))),
    };
  }
  return known;
}
