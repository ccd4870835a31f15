import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder, createEncoder } from "../../../src/codecs.ts";
import { loadDspSync } from "../../../src/index.ts";
import { sameSamples } from "../../samples.ts";

const dsp = loadDspSync();

test("every built-in codec fills what it says it needs, and gives back a frame of the same length", () => {
  for (const codec of ["pcmu", "pcma", "pcm16", "g722"] as const) {
    const encoder = createEncoder(dsp, { codec });
    const decoder = createDecoder(dsp, { codec });
    const pcm = new Int16Array(320).fill(1000);
    const bytes = new Uint8Array(encoder.maxBytes(pcm.length));
    assert.is(encoder.encodeInto(pcm, bytes), bytes.length, codec);
    const out = new Int16Array(decoder.maxSamples(bytes.length));
    assert.is(decoder.decodeInto(bytes, out), pcm.length, codec);
    assert.is(encoder.codec, codec);
    assert.is(encoder.sampleRate, codec === "g722" ? 16000 : 8000);
    assert.is(decoder.sampleRate, encoder.sampleRate);
    encoder.dispose();
    decoder.dispose();
  }
});

test("pcm16 gives any samples back as they were, the low byte first", () => {
  const encoder = createEncoder(dsp, { codec: "pcm16", sampleRate: 24000 });
  const decoder = createDecoder(dsp, { codec: "pcm16", sampleRate: 24000 });
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 100 }), (pcm) => {
      const bytes = new Uint8Array(encoder.maxBytes(pcm.length));
      const out = new Int16Array(pcm.length);
      encoder.encodeInto(pcm, bytes);
      decoder.decodeInto(bytes, out);
      sameSamples(out, pcm);
      if (pcm.length > 0) assert.is(bytes[0], pcm[0]! & 255);
    }),
  );
});

test("half a sample is a bad payload: -1, and no exception", () => {
  const decoder = createDecoder(dsp, { codec: "pcm16" });
  assert.is(decoder.decodeInto(new Uint8Array(3), new Int16Array(2)), -1);
});

test.run();
