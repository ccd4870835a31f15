import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Playout } from "../../../src/client/browser/playout.ts";
import { CONTROL, STATUS } from "../../../src/client/browser/playout-fields.ts";
import { SampleRing } from "../../../src/stream/sample-ring.ts";
import { sameSamples, sine } from "../../samples.ts";

const RATE = 48000;
const BLOCK = 128;
const FRAME = 960;
const MARGIN = 480;

const TONE = sine(RATE * 6, 440, RATE);

/** A playout with a tone to be fed to it, frame by frame, and everything that it has played. */
class Bench {
  readonly link = {
    ring: new SampleRing<Float32Array>({ capacity: 65536, sampleFormat: "float32" }),
    control: new Int32Array(16),
    status: new Int32Array(16),
  };
  readonly playout: Playout;
  readonly heard: number[] = [];
  readonly tone: Float32Array;
  written = 0;
  constructor(tone = TONE) {
    this.tone = tone;
    const { control } = this.link;
    control[CONTROL.margin] = MARGIN;
    control[CONTROL.much] = 4800;
    control[CONTROL.most] = 19200;
    this.playout = new Playout(this.link, RATE);
  }
  feed(samples = FRAME): void {
    this.written += this.link.ring.write(this.tone.subarray(this.written, this.written + samples));
  }
  play(blocks = 1): void {
    for (let i = 0; i < blocks; i++) {
      const out = new Float32Array(BLOCK);
      this.playout.process(out, this.heard.length);
      this.heard.push(...out);
    }
  }
  /** Frames as a network brings them: one each 7.5 blocks. */
  stream(frames: number): void {
    for (let i = 0; i < frames; i++) {
      this.feed();
      this.play(i % 2 === 0 ? 8 : 7);
    }
  }
  clear(): void {
    const { control } = this.link;
    control[CONTROL.clearTo] = this.written;
    control[CONTROL.clears]!++;
  }
}

/** The largest second difference: a click is a step or a corner, and neither a tone at 440 Hz nor a fade has any. */
function sharpest(samples: readonly number[]): number {
  let most = 0;
  for (let i = 2; i < samples.length; i++) {
    most = Math.max(most, Math.abs(samples[i]! - 2 * samples[i - 1]! + samples[i - 2]!));
  }
  return most;
}

/** A tone of amplitude 0.5 at 440 Hz reaches 0.0017; a step of 1 % of full scale would be 0.01. */
const CLICK = 0.008;

test("what is fed in time comes out as it is, late by the margin", () => {
  const bench = new Bench();
  bench.stream(50);
  const begin = bench.heard.findIndex((sample) => sample !== 0) - 1;
  assert.ok(begin >= MARGIN - BLOCK && begin <= MARGIN + BLOCK, `begins after ${begin}`);
  const fade = 160;
  sameSamples(bench.heard.slice(begin + fade, begin + 40 * FRAME), bench.tone.subarray(fade, 40 * FRAME));
  assert.is(bench.link.status[STATUS.underruns], 0);
  assert.ok(sharpest(bench.heard) < CLICK);
});

test("it never clicks, whatever comes whenever, and counts every sample it takes", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("feed"), n: fc.integer({ min: 1, max: 3000 }) }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant("play"), n: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear"), n: fc.constant(0) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
      const bench = new Bench();
      // a fade squeezed into the few samples of a tiny chunk is steep: real frames are longer than the reserve
      for (const { kind, n } of steps) {
        if (kind === "feed") bench.feed(Math.max(n, 300));
        else if (kind === "clear") bench.clear();
        else bench.play(n);
      }
      assert.ok(sharpest(bench.heard) < CLICK, `a click of ${sharpest(bench.heard)}`);
      assert.is(bench.link.status[STATUS.position]! + bench.link.ring.available, bench.written);
    }),
    { numRuns: 300 },
  );
});

test("clear is silent after 10 ms and a block, drops what was written before it and nothing after", () => {
  const bench = new Bench();
  bench.stream(20);
  bench.feed(4 * FRAME);
  bench.clear();
  const at = bench.heard.length;
  bench.play(5);
  const silentFrom = at + 480 + BLOCK;
  assert.ok(bench.heard.slice(silentFrom).every((sample) => sample === 0));
  assert.ok(
    bench.heard.slice(at, at + 240).some((sample) => Math.abs(sample) > 0.1),
    "it fades",
  );
  assert.is(bench.link.ring.available, 0);
  assert.is(bench.link.status[STATUS.clears], 1);
  const before = bench.heard.length;
  bench.feed();
  bench.play(12);
  assert.ok(
    bench.heard.slice(before).some((sample) => Math.abs(sample) > 0.4),
    "what comes after is played",
  );
  assert.is(bench.link.status[STATUS.underruns], 0, "a pause of ours is no underrun");
});

test("a stall is an underrun, once, with its length; a long pause is none", () => {
  const bench = new Bench();
  bench.stream(20);
  bench.play(38);
  assert.is(bench.link.status[STATUS.underruns], 0, "nobody knows yet whether more comes");
  bench.stream(20);
  assert.is(bench.link.status[STATUS.underruns], 1);
  assert.ok(bench.link.status[STATUS.silent]! > 2000);
  bench.play(400);
  bench.stream(20);
  assert.is(bench.link.status[STATUS.underruns], 1);
});

test("more than the most is skipped down to what is much, without a click", () => {
  const bench = new Bench();
  bench.stream(10);
  bench.feed(24000);
  bench.play(1);
  assert.ok(bench.link.ring.available <= 4800);
  assert.ok(bench.link.status[STATUS.skipped]! > 19000);
  bench.play(20);
  assert.ok(sharpest(bench.heard) < CLICK);
});

test("quiet stretches are shortened while much waits, loud ones are not", () => {
  for (const [gain, isShortened] of [
    [0.004, true],
    [1, false],
  ] as const) {
    const bench = new Bench(TONE.map((sample) => sample * gain));
    bench.stream(10);
    bench.feed(9600);
    bench.stream(30);
    assert.is(bench.link.status[STATUS.skipped]! > 0, isShortened);
    assert.is(bench.link.ring.available < 6000, isShortened);
  }
});

test("the least that waits is told when playing begins and for each half second, with where that was", () => {
  const bench = new Bench();
  bench.stream(10);
  assert.is(bench.link.status[STATUS.windows], 1);
  assert.is(bench.link.status[STATUS.starts], 1);
  assert.is(bench.link.status[STATUS.least], MARGIN);
  bench.stream(50);
  assert.is(bench.link.status[STATUS.windows], 3);
  const { windowFrame, windowPosition } = STATUS;
  const late = bench.link.status[windowFrame]! - bench.link.status[windowPosition]!;
  assert.ok(late >= MARGIN - BLOCK && late <= MARGIN + BLOCK, `${late} samples late`);
  const least = bench.link.status[STATUS.least]!;
  assert.ok(least >= MARGIN - BLOCK && least <= MARGIN + 2 * BLOCK, `${least} samples`);
});

test.run();
