/** The way in: whole frames are handed on as they are, everything else by way of a slicer, and nobody can tell which. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/dsp/dsp.ts";
import { SessionInput } from "../../src/stream/session-input.ts";
import { sameSamples } from "../samples.ts";
import { Made } from "./made-handler.ts";

const FRAME = 160;
const dsp = loadDspSync();

interface Taken {
  readonly samples: number[];
  readonly timestamp: number;
  readonly sequence: number;
}

function taken(lengths: readonly number[], takesShortFrames: boolean): { frames: Taken[]; sent: number[] } {
  const handler = new Made({});
  handler.takesShortFrames = takesShortFrames;
  const input = new SessionInput({
    dsp,
    handler,
    wireRate: 8000,
    sampleRate: 8000,
    frameSamples: FRAME,
    maxInputMs: 500,
  });
  const frames: Taken[] = [];
  input.deliverTo({
    offer(frame) {
      const { samples, timestamp, sequence } = frame;
      frames.push({ samples: [...samples], timestamp, sequence });
      input.release(frame);
    },
  });
  const sent: number[] = [];
  for (const length of lengths) {
    const samples = Int16Array.from({ length }, (_, i) => sent.length + i);
    sent.push(...samples);
    input.push(samples);
  }
  assert.is(input.receivedMs, sent.length / 8);
  input.dispose();
  return { frames, sent };
}

const anyLengths = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(FRAME) },
    fc.constantFrom(0, 1, FRAME - 1, FRAME + 1, 2 * FRAME, 400),
    fc.nat({ max: 500 }),
  ),
  { maxLength: 30 },
);

test("however a stream is cut, the handler gets its samples in whole frames, with time stamps and numbers in order", () => {
  fc.assert(
    fc.property(anyLengths, (lengths) => {
      const { frames, sent } = taken(lengths, false);
      const whole = Math.floor(sent.length / FRAME) * FRAME;
      sameSamples(
        frames.flatMap(({ samples }) => samples),
        sent.slice(0, whole),
      );
      for (const [n, { samples, timestamp, sequence }] of frames.entries()) {
        assert.is(samples.length, FRAME);
        assert.is(timestamp, n * FRAME);
        assert.is(sequence, n);
      }
    }),
    { numRuns: 300 },
  );
});

test("a handler that takes short frames gets every sample of a message in the turn it came in", () => {
  fc.assert(
    fc.property(anyLengths, (lengths) => {
      const { frames, sent } = taken(lengths, true);
      sameSamples(
        frames.flatMap(({ samples }) => samples),
        sent,
      );
      let at = 0;
      for (const { samples, timestamp } of frames) {
        assert.is(timestamp, at);
        at += samples.length;
      }
    }),
    { numRuns: 300 },
  );
});

test.run();
