/** Where the arrays come from that resampling at once returns. */
import type { SampleArray } from "../../core/types.ts";

/** A new buffer of so many bytes, whatever they are. */
type NewBuffer = (bytes: number) => ArrayBuffer;

let newBuffer: NewBuffer = (bytes) => new ArrayBuffer(bytes);

/** For platforms that can leave out clearing what is written all over anyway. */
export function bringResultMemory(source: NewBuffer): void {
  newBuffer = source;
}

/** An array of the type of `like`, all of which is yet to be written. */
export function newSamples<S extends SampleArray>(like: S, length: number): S {
  const buffer = newBuffer(length * like.BYTES_PER_ELEMENT);
  return (like instanceof Float32Array ? new Float32Array(buffer) : new Int16Array(buffer)) as S;
}
