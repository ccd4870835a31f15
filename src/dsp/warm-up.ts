/** Runs each kernel a few times at load: the first call of a kernel costs 500 times a warm one. */
import type { Engine, WireEngine } from "./engine.ts";

const SAMPLES = 320;
const ROUNDS = 4;

/** Sample formats and G.711. */
export function warmUpSamples(engine: Engine): void {
  const { formats, scratchIn: a, scratchOut: b } = engine;
  for (let round = 0; round < ROUNDS; round++) {
    formats.floatToInt16(a, b, SAMPLES);
    formats.floatToInt16Fastrtc(a, b, SAMPLES);
    formats.int16ToFloat(b, a, SAMPLES);
    formats.mixInt16(a, a, b, SAMPLES);
    formats.mixFloat(a, a, b, SAMPLES);
    formats.gainInt16(a, b, SAMPLES, 1);
    formats.gainFloat(a, b, SAMPLES, 1);
    formats.mulawEncode(a, b, SAMPLES, 131);
    formats.mulawDecode(b, a, SAMPLES);
    formats.alawEncode(a, b, SAMPLES, -1);
    formats.alawDecode(b, a, SAMPLES);
  }
  clear(engine);
}

/** What of it a call needs. */
export function warmUpSpeech(engine: Engine): void {
  const { formats, scratchIn: a, scratchOut: b } = engine;
  for (let round = 0; round < ROUNDS; round++) {
    formats.floatToInt16(a, b, SAMPLES);
    formats.int16ToFloat(b, a, SAMPLES);
    formats.mulawEncode(a, b, SAMPLES, 131);
    formats.mulawDecode(b, a, SAMPLES);
    formats.alawEncode(a, b, SAMPLES, -1);
    formats.alawDecode(b, a, SAMPLES);
  }
  clear(engine);
}

/** Base64. */
export function warmUpBase64(engine: WireEngine): void {
  const { formats, scratchIn: a, scratchOut: b } = engine;
  for (let round = 0; round < ROUNDS; round++) {
    const characters = formats.base64Encode(a, b, SAMPLES);
    formats.base64Decode(b, a, characters);
  }
  clear(engine);
}

/** Messages that carry it. */
export function warmUpMessages(engine: WireEngine): void {
  const { formats, scratchIn: a, scratchOut: b } = engine;
  for (let round = 0; round < ROUNDS; round++) {
    const message = formats.writeMessage(a, SAMPLES, 0, 131, a + 8192, b, a, 0, a, 0);
    formats.readMessage(b, message, 0, a + 8192, a, a, 0, a, 0);
  }
  clear(engine);
}

function clear({ u8, scratchIn: a, scratchOut: b }: Engine): void {
  u8.fill(0, a, a + 16384);
  u8.fill(0, b, b + 16384);
}
