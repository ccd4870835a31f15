/** Which chunks of a client's bytes are one whole message: no other may be lent, however the bytes are split. */
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

/** Only these can be lent, and only where they make up a chunk alone. */
function isPlainMessage({ opcode, isFinal, isMasked, length }: Frame): boolean {
  return (opcode === 1 || opcode === 2) && isFinal && isMasked && length < 65_536;
}

test("a chunk for each frame: exactly the whole, masked, unfragmented messages are whole", () => {
  fc.assert(
    fc.property(frames, (all) => {
      const walk = new FrameWalk();
      for (const frame of all) assert.is(walk.isWholeMessage(bytesOf(frame)), isPlainMessage(frame));
    }),
    { numRuns: 200 },
  );
});

test("bytes split anywhere: a chunk is whole only where it begins and ends with one message", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 12 }), (all, cuts) => {
      const whole = new Map<number, number>();
      let at = 0;
      for (const frame of all) {
        const { length } = bytesOf(frame);
        if (isPlainMessage(frame)) whole.set(at, at + length);
        at += length;
      }
      const bytes = Buffer.concat(all.map(bytesOf));
      const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])];
      places.sort((a, b) => a - b);
      const walk = new FrameWalk();
      for (let i = 1; i < places.length; i++) {
        const [start, end] = [places[i - 1]!, places[i]!];
        if (walk.isWholeMessage(bytes.subarray(start, end))) assert.is(whole.get(start), end);
      }
    }),
    { numRuns: 500 },
  );
});

test("a header that is split loses the way for good: what looks like a message afterwards is not lent", () => {
  const walk = new FrameWalk();
  const message = bytesOf({ opcode: 1, isFinal: true, isMasked: true, length: 20 });
  assert.ok(walk.isWholeMessage(message));
  assert.not(walk.isWholeMessage(message.subarray(0, 1)));
  assert.not(walk.isWholeMessage(message.subarray(1)));
  assert.not(walk.isWholeMessage(message));
});

test.run();
