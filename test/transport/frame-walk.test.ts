/** How much of a chunk of a client's bytes is whole messages: no more may be lent, however the bytes are split. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FrameWalk } from "../../src/transport/frame-walk.ts";

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly isMasked: boolean;
  readonly length: number;
}

const frames = fc.array(
  fc.record({
    opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
    isFinal: fc.boolean(),
    isMasked: fc.boolean(),
    length: fc.oneof(fc.nat({ max: 130 }), fc.constantFrom(125, 126, 127, 65_535, 65_536)),
  }),
  { minLength: 1, maxLength: 6 },
);

function bytesOf({ opcode, isFinal, isMasked, length }: Frame): Buffer {
  const mask = isMasked ? 0x80 : 0;
  const first = (isFinal ? 0x80 : 0) | opcode;
  let head: Buffer;
  if (length < 126) head = Buffer.from([first, mask | length]);
  else if (length < 65_536) head = Buffer.from([first, mask | 126, length >> 8, length & 255]);
  else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, Buffer.alloc((isMasked ? 4 : 0) + length, 0x81)]);
}

/** What `ws` is done with as soon as it is whole. */
function isPlainMessage({ opcode, isFinal, isMasked }: Frame): boolean {
  return (opcode === 1 || opcode === 2) && isFinal && isMasked;
}

/** Where frames begin and end. */
function placesOf(all: readonly Frame[]) {
  let at = 0;
  return all.map((frame) => {
    const start = at;
    at += bytesOf(frame).length;
    return { start, end: at, isPlain: isPlainMessage(frame) };
  });
}

test("a chunk for each frame: all of a plain message, nothing of any other frame", () => {
  fc.assert(
    fc.property(frames, (all) => {
      const walk = new FrameWalk();
      for (const frame of all) {
        const bytes = bytesOf(frame);
        assert.is(walk.wholeBytes(bytes), isPlainMessage(frame) ? bytes.length : 0);
      }
    }),
    { numRuns: 200 },
  );
});

test("bytes split anywhere: as far as the last frame that ends, if none before it in the chunk is of another kind", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 12 }), (all, cuts) => {
      const places = placesOf(all);
      const bytes = Buffer.concat(all.map(bytesOf));
      const edges = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])];
      edges.sort((a, b) => a - b);
      const walk = new FrameWalk();
      for (let i = 1; i < edges.length; i++) {
        const [start, end] = [edges[i - 1]!, edges[i]!];
        let expected = 0;
        for (const frame of places) {
          if (frame.end <= start) continue;
          if (frame.end > end || !frame.isPlain) break;
          expected = frame.end - start;
        }
        assert.is(walk.wholeBytes(bytes.subarray(start, end)), expected, `${start} to ${end}`);
      }
    }),
    { numRuns: 1000 },
  );
});

test("byte by byte: the way is never lost, and the byte that ends a message counts", () => {
  fc.assert(
    fc.property(frames, (all) => {
      const short = all.filter(({ length }) => length < 1000);
      const ends = new Set(placesOf(short).flatMap(({ end, isPlain }) => (isPlain ? [end] : [])));
      const bytes = Buffer.concat(short.map(bytesOf));
      const walk = new FrameWalk();
      for (let at = 0; at < bytes.length; at++)
        assert.is(walk.wholeBytes(bytes.subarray(at, at + 1)), ends.has(at + 1) ? 1 : 0);
    }),
    { numRuns: 200 },
  );
});

test.run();
