/** What the audio core says in Node to the person who writes it: names that there are not, and nothing at all. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder, createEncoder } from "../../src/codecs.ts";
import { convertFile } from "../../src/files.ts";
import {
  createConcealer,
  createJitterBuffer,
  loadDsp,
  loadDspSync,
  Slicer,
  VoxwireError,
} from "../../src/index-node.ts";
import { createNetwork } from "../../src/network.ts";
import { AudioQueue, EchoHandler } from "../../src/server.ts";
import { callTwilio, TwilioLine, testHandler } from "../../src/testing.ts";

const dsp = loadDspSync();
// biome-ignore lint/suspicious/noExplicitAny: what plain JavaScript can write
type Anything = any;

/** What takes options, with such as are right. */
const TAKERS: Record<string, readonly [right: object, make: (options: Anything) => unknown]> = {
  loadDsp: [{}, (options) => loadDsp(options)],
  loadDspSync: [{}, (options) => loadDspSync(options)],
  createResampler: [
    { inputRate: 8000, outputRate: 16000 },
    (options) => dsp.createResampler(options).dispose(),
  ],
  resample: [{ inputRate: 8000, outputRate: 16000 }, (options) => dsp.resample(new Float32Array(8), options)],
  createSlicer: [{ frameSamples: 160 }, (options) => dsp.createSlicer(options)],
  Slicer: [{ frameSamples: 160 }, (options) => new Slicer(options)],
  createJitterBuffer: [{ sampleRate: 8000 }, (options) => createJitterBuffer(dsp, options).dispose()],
  createConcealer: [{ sampleRate: 8000, frameMs: 20 }, (options) => createConcealer(dsp, options).dispose()],
  createEncoder: [{ codec: "pcmu" }, (options) => createEncoder(dsp, options)],
  createDecoder: [{ codec: "g722" }, (options) => createDecoder(dsp, options).dispose()],
  createNetwork: [{}, (options) => createNetwork("wifi", options)],
  AudioQueue: [{ sampleRate: 8000 }, (options) => new AudioQueue(options)],
  EchoHandler: [{}, (options) => new EchoHandler(options)],
  TwilioLine: [{ send: () => {} }, (options) => new TwilioLine(options)],
};

for (const [name, [right, make]] of Object.entries(TAKERS)) {
  test(`${name} takes what there is, and refuses in words what there is not`, async () => {
    await make(right);
    const wrong: readonly Anything[] = [
      null,
      5,
      "x",
      [],
      { ...right, nonsense: 1 },
      { ...right, toString: 1 },
    ];
    for (const options of wrong) {
      try {
        await make(options);
      } catch (error) {
        assert.instance(error, VoxwireError, error instanceof Error ? error.stack : "");
        assert.is((error as VoxwireError).code, "ERR_CONFIG");
        assert.ok((error as VoxwireError).hint.length > 0);
        continue;
      }
      assert.unreachable("nothing was refused");
    }
  });
}

test("an audio core that was left out, or is still a promise, is asked for", () => {
  for (const core of [undefined, null, 5, {}, { sampleRate: 8000 }, loadDsp()] as Anything[]) {
    for (const make of [
      () => createJitterBuffer(core, { sampleRate: 8000 }),
      () => createConcealer(core, { sampleRate: 8000, frameMs: 20 }),
      () => createEncoder(core, { codec: "pcmu" }),
      () => createDecoder(core, { codec: "g722" }),
    ]) {
      assert.throws(
        make,
        (error: VoxwireError) => error.code === "ERR_CONFIG" && /await loadDsp/.test(error.hint),
      );
    }
  }
});

test("samples of another format, and none, are refused where they would be noise or nothing", () => {
  const buffer = createJitterBuffer(dsp, { sampleRate: 8000 });
  const int16 = new AudioQueue({ sampleRate: 8000 });
  const float32 = new AudioQueue<Float32Array>({ sampleRate: 8000, sampleFormat: "float32" });
  for (const samples of [undefined, null, 5, [1, 2], new Uint8Array(4)] as Anything[]) {
    for (const take of [
      () => buffer.pull(samples, 0),
      () => int16.push(samples),
      () => float32.push(samples),
      () => int16.push(new Float32Array(4) as Anything),
      () => float32.push(new Int16Array(4) as Anything),
    ]) {
      assert.throws(take, (error: VoxwireError) => error.code === "ERR_CONFIG" && error.hint.length > 0);
    }
  }
  assert.is(int16.length + float32.length, 0);
  buffer.dispose();
});

test("null in place of options is none", () => {
  const pcm = new Int16Array(4).fill(1000);
  assert.equal(dsp.mulaw.encode(pcm, null as Anything), dsp.mulaw.encode(pcm));
  const float = new Float32Array(4).fill(0.5);
  assert.equal(dsp.pcm.floatToInt16(float, null as Anything), dsp.pcm.floatToInt16(float));
});

test("what takes longer to try says so as well", async () => {
  const tries: readonly Promise<unknown>[] = [
    testHandler(EchoHandler, { samples: new Float32Array(8), sampleRate: 8000 }, { tailMS: 1 } as Anything),
    testHandler(EchoHandler, { samples: new Float32Array(8), sampleRate: 8000 }, {
      limits: { leadMS: 1 },
    } as Anything),
    callTwilio({ url: "ws://127.0.0.1:1/telephone/handler", tail: 1 } as Anything),
    convertFile("no.wav", "none.wav", { rate: 8000 } as Anything),
  ];
  for (const tried of tries) {
    const error = await tried.then(
      () => assert.unreachable("nothing was refused"),
      (thrown) => thrown,
    );
    assert.match(error.message, /has no option/);
    assert.is(error.code, "ERR_CONFIG");
  }
});

test.run();
