/** Something like speech to work on: tones that swell and fade, with a little noise, the same in every process. */

/** `n` int16 samples. */
export function speechLike(n: number): Int16Array {
  let state = 12345;
  return Int16Array.from({ length: n }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    const swell = 0.5 + 0.5 * Math.sin(i / 997);
    return swell * (9000 * Math.sin(i / 11) + 4000 * Math.sin(i / 3.7)) + (state >> 22);
  });
}
