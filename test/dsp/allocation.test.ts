import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { heapBytesPerCall } from "../heap-use.ts";

/** The smallest object there is takes 12 bytes, a view of an array 100. */
const MOST_BYTES_PER_CALL = 2;

test("the meter sees one small object a call", () => {
  let kept: unknown;
  const bytes = heapBytesPerCall(() => {
    kept = { call: kept === undefined };
  });
  assert.ok(kept !== undefined && bytes >= 12, `${bytes} bytes a call`);
});

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });
  // so short that a million calls are quick in plain TypeScript too; two lengths in turn, as with two kinds of session
  for (const where of ["inside", "outside"] as const) {
    const frames = [20, 40].map((n) => {
      const isInside = where === "inside";
      return {
        i16: isInside ? dsp.allocInt16(n) : new Int16Array(n),
        other: isInside ? dsp.allocInt16(n) : new Int16Array(n),
        f32: isInside ? dsp.allocFloat32(n) : new Float32Array(n),
        bytes: isInside ? dsp.allocBytes(n) : new Uint8Array(n),
        text: isInside ? dsp.allocBytes(4 * Math.ceil(n / 3)) : new Uint8Array(4 * Math.ceil(n / 3)),
      };
    });
    type Frame = (typeof frames)[number];
    const options = { convention: "audioop" } as const;
    const fastrtc = { convention: "fastrtc" } as const;
    const shape = { prefix: '{"payload":"', suffix: '"}' };
    const writer = dsp.createMessageWriter({ encoding: "mulaw", ...shape, maxSamples: 40 });
    const reader = dsp.createMessageReader({
      encoding: "mulaw",
      prefixes: ['{"x":"', shape.prefix],
      suffix: shape.suffix,
      maxBytes: 100,
    });
    const message = Buffer.from(writer.write(new Int16Array(20)));
    const operations: Record<string, (frame: Frame) => unknown> = {
      "mulaw.encodeInto": (f) => dsp.mulaw.encodeInto(f.i16, f.bytes, options),
      "mulaw.decodeInto": (f) => dsp.mulaw.decodeInto(f.bytes, f.i16),
      "alaw.encodeInto": (f) => dsp.alaw.encodeInto(f.i16, f.bytes),
      "alaw.decodeInto": (f) => dsp.alaw.decodeInto(f.bytes, f.i16),
      "pcm.floatToInt16Into": (f) => dsp.pcm.floatToInt16Into(f.f32, f.i16, fastrtc),
      "pcm.int16ToFloatInto": (f) => dsp.pcm.int16ToFloatInto(f.i16, f.f32),
      "pcm.mixInto": (f) => dsp.pcm.mixInto(f.i16, f.other, f.i16),
      "pcm.gainInto int16": (f) => dsp.pcm.gainInto(f.i16, 0.5, f.i16),
      "pcm.gainInto float32": (f) => dsp.pcm.gainInto(f.f32, 0.5, f.f32),
      "base64.encodeInto": (f) => dsp.base64.encodeInto(f.bytes, f.text),
      "base64.decodeInto": (f) => dsp.base64.decodeInto(f.text, f.bytes),
      "MessageWriter.write": (f) => writer.write(f.i16),
      "MessageReader.read of bytes": () => reader.read(message),
      "MessageReader.read of a mismatch": (f) => reader.read(f.bytes),
    };
    for (const [name, operation] of Object.entries(operations)) {
      test(`${backend}: ${name} allocates nothing over a million calls, arrays ${where}`, () => {
        let turn = 0;
        const bytes = heapBytesPerCall(() => {
          turn ^= 1;
          operation(frames[turn]!);
        });
        assert.ok(bytes < MOST_BYTES_PER_CALL, `${bytes} bytes a call`);
      });
    }
  }
}

test("reading a message from text allocates TextEncoder's own small result and no more", () => {
  const reader = loadDspSync().createMessageReader({
    encoding: "mulaw",
    prefixes: ['{"payload":"'],
    suffix: '"}',
    maxBytes: 100,
  });
  const bytes = heapBytesPerCall(() => {
    reader.read('{"payload":"AAAAAAAAAAAA"}');
  });
  assert.ok(bytes <= 48, `${bytes} bytes a call`);
});

test("a slicer fed less than a frame at a time allocates nothing over a million calls", () => {
  const slicer = dspSlicer();
  const chunk = new Int16Array(50);
  let frames = 0;
  const consume = () => {
    frames++;
  };
  const bytes = heapBytesPerCall(() => {
    slicer.push(chunk, consume);
  });
  assert.ok(frames > 300_000);
  assert.ok(bytes < MOST_BYTES_PER_CALL, `${bytes} bytes a call`);
});

function dspSlicer() {
  return loadDspSync().createSlicer({ frameSamples: 160 });
}

test.run();
