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
