/** Samples that lie channel after channel, to interleaved ones. */

/**
 * @param planes one array for each channel, all of one length
 * @param channels how many are wanted: a single plane is repeated on each, two are averaged to one
 * @returns the caller's own array, or undefined where the planes cannot be brought to `channels`
 */
export function interleave(planes: readonly Float32Array[], channels: number): Float32Array | undefined {
  const length = planes[0]?.length ?? 0;
  const samples = new Float32Array(length * channels);
  if (planes.length === 2 && channels === 1) {
    for (let i = 0; i < length; i++) samples[i] = (planes[0]![i]! + planes[1]![i]!) / 2;
    return samples;
  }
  if (planes.length !== channels && planes.length !== 1) return undefined;
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[planes.length === 1 ? 0 : channel]!;
    for (let i = 0, at = channel; i < length; i++, at += channels) samples[at] = plane[i]!;
  }
  return samples;
}
