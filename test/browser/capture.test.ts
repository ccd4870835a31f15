import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeWav, encodeWav } from "../../src/codec/wav/whole.ts";
import { loadDspSync } from "../../src/index.ts";
import { type AudioFrame, StreamHandler } from "../../src/server.ts";
import { fromText, setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";
import { fitDb, matchOf, placeOf } from "./signal-match.ts";

/**
 * Chromium's fake microphone has a rate of its own, 44.1 kHz on most systems: it converts a file of another rate, and a
 * context of another rate converts once more, together some 30 dB above what is looked for here. So file and context get
 * the device's rate.
 */
const DEVICE_FALLBACK_HZ = 44100;
const CAPTURED_SECONDS = 2.5;
/** What the browser's own buffers pass over or fill with silence is a step in time: the file is found again after it. */
const WINDOW_SECONDS = 0.1;
/** At first a browser passes a worklet over now and then; and the resampler's first samples are of another past. */
const SETTLING_SECONDS = 1;
/** A busy machine's browser does so later, too, which is counted: such a call is begun anew. */
const ATTEMPTS = 4;
const LEAST_DB = 60;
const dsp = loadDspSync();

/** The rate of the browser's fake microphone. */
async function deviceRate(): Promise<number> {
  const asked = await openBrowser();
  const call = await setUpCall(asked, new Listener(), { isolated: true });
  const rate = await call.page.evaluate(async () => {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    return stream.getAudioTracks()[0]?.getSettings().sampleRate;
  });
  await call.close();
  await asked.close();
  return rate ?? DEVICE_FALLBACK_HZ;
}

/** Keeps everything it receives, at the wire's rate. */
class Listener extends StreamHandler {
  readonly heard: number[];
  constructor(heard: number[] = []) {
    super();
    this.heard = heard;
  }
  copy(): Listener {
    return new Listener(this.heard);
  }
  receive({ samples }: AudioFrame): void {
    for (const sample of samples) this.heard.push(sample / 32768);
  }
  emit(): null {
    return null;
  }
}

const rate = await deviceRate();
const spoken = speechAt(rate);
const folder = mkdtempSync(join(tmpdir(), "voxwire-capture-"));
const microphoneFile = join(folder, "speech.wav");
writeFileSync(microphoneFile, encodeWav(dsp, spoken, { sampleRate: rate }));

const capture = suite("what a server hears of a microphone");
const browser = await openBrowser({ microphoneFile });
capture.after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Speech as the microphone hears it, in 16 bits. */
function speechAt(outputRate: number): Int16Array {
  const file = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));
  const { samples, sampleRate } = decodeWav(dsp, readFileSync(file));
  return dsp.pcm.floatToInt16(dsp.resample(samples, { inputRate: sampleRate, outputRate, quality: "best" }));
}

/** A call from the browser's microphone, and a plain recorder beside the capture worklet. */
async function listen(isolated: boolean, encoding: "pcm16" | "mulaw", sampleRate: number) {
  const handler = new Listener();
  const call = await setUpCall(browser, handler, { isolated });
  const page = await call.page.evaluate(
    async ([url, encoding, sampleRate, rate, settlingSeconds, seconds]) => {
      const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
      const { connect, microphone } = await import(library);
      const { play, record, sounds, toText } = await import(helpers);
      const context = new AudioContext({ sampleRate: rate });
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const source = await microphone({ ...plain, context });
      const recording = await record(source.node);
      await sounds(source.node);
      const input = { encoding, sampleRate, frameMs: 20 };
      const client = await connect(url, { source, format: { input } });
      const lostMs = async () => {
        const stats = await new Promise<typeof client.stats>((resolve) => client.once("stats", resolve));
        return 20 * stats.sendDroppedFrames + stats.captureLostMs;
      };
      await play(context, settlingSeconds);
      const lostBeforeMs = await lostMs();
      await play(context, seconds);
      await client.mark("all of it");
      const nowLostMs = (await lostMs()) - lostBeforeMs;
      await client.close();
      const recorded = await recording.stop();
      const { settings } = source;
      source.close();
      await context.close();
      return {
        isShared: crossOriginIsolated,
        deviceRate: settings.sampleRate,
        lostMs: nowLostMs,
        recorded: toText(recorded),
      };
    },
    [call.voice.url, encoding, sampleRate, rate, SETTLING_SECONDS, CAPTURED_SECONDS] as const,
  );
  assert.equal(call.complaints, []);
  assert.is(page.isShared, isolated);
  assert.is(page.deviceRate, rate);
  await call.close();
  // statistics are up to a quarter of a second old
  const from = Math.ceil((SETTLING_SECONDS + 0.3) * sampleRate);
  const heard = Float32Array.from(handler.heard.slice(from));
  return { heard, recorded: fromText(page.recorded), lostMs: page.lostMs };
}

/** A call of which nothing was lost. */
async function listenToAll(isolated: boolean, encoding: "pcm16" | "mulaw", sampleRate: number) {
  let call = await listen(isolated, encoding, sampleRate);
  for (let attempt = 1; attempt < ATTEMPTS && call.lostMs > 0; attempt++) {
    console.log(`the browser passed the worklet over for ${call.lostMs} ms: the call is begun anew`);
    call = await listen(isolated, encoding, sampleRate);
  }
  assert.is(call.lostMs, 0);
  return call;
}

/** What was heard, and what it would be if all that was recorded had been resampled at once. */
function compare(heard: Float32Array, recorded: Float32Array, sampleRate: number) {
  const { reference, at } = matchOf(heard, recorded, rate, sampleRate);
  const n = Math.min(heard.length, reference.length - at);
  return { heard: heard.subarray(0, n), clean: reference.subarray(at, at + n) };
}

/** How much of the recording is the file, and as exactly as 16 bits allow. */
function shareOfFile(recorded: Float32Array): number {
  const file = dsp.pcm.int16ToFloat(spoken);
  const n = Math.round(WINDOW_SECONDS * rate);
  let [loud, good, at] = [0, 0, 0];
  for (let from = 0; from + n <= recorded.length; from += n) {
    const window = recorded.subarray(from, from + n);
    at += n;
    if (!window.some((sample) => Math.abs(sample) > 0.05)) continue;
    loud++;
    // after a step in time it is elsewhere
    if (at + n > file.length || fitDb(window, file.subarray(at, at + n)) < LEAST_DB)
      at = placeOf(window, file);
    if (fitDb(window, file.subarray(at, at + n)) >= LEAST_DB) good++;
  }
  assert.ok(loud >= 5, `${loud} windows with speech`);
  return good / loud;
}

for (const isolated of [true, false]) {
  const how = isolated ? "over shared memory" : "by messages";
  for (const sampleRate of [24000, 16000]) {
    capture(`is its file, resampled to ${sampleRate} Hz, ${how}: within -60 dB`, async () => {
      const { heard, recorded } = await listenToAll(isolated, "pcm16", sampleRate);
      const both = compare(heard, recorded, sampleRate);
      assert.ok(both.heard.length > 0.8 * CAPTURED_SECONDS * sampleRate, `${both.heard.length} samples`);
      const snrDb = fitDb(both.heard, both.clean);
      const share = shareOfFile(recorded);
      assert.ok(snrDb >= LEAST_DB, `${snrDb} dB from microphone to server`);
      assert.ok(share >= 0.5, `${share} of what the microphone gave is the file`);
    });
  }

  capture(`is its file in mu-law ${how}, with the codec's noise and no other`, async () => {
    const { heard, recorded } = await listenToAll(isolated, "mulaw", 8000);
    const both = compare(heard, recorded, 8000);
    const coded = dsp.mulaw.decode(dsp.mulaw.encode(dsp.pcm.floatToInt16(both.clean)));
    const ownDb = fitDb(dsp.pcm.int16ToFloat(coded), both.clean);
    const snrDb = fitDb(both.heard, both.clean);
    assert.ok(Math.abs(snrDb - ownDb) < 0.5, `${snrDb} dB; the codec alone ${ownDb} dB`);
  });
}

capture.run();
