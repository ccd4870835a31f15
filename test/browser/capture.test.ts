import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeWav } from "../../src/codec/wav/whole.ts";
import { loadDspSync } from "../../src/index.ts";
import { type AudioFrame, StreamHandler } from "../../src/server.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

/** The context's rate: the file has it too, so that the browser resamples nothing before the capture worklet hears it. */
const RATE = 48000;
const CAPTURED_SECONDS = 2.5;
const WINDOW_SECONDS = 0.5;
const dsp = loadDspSync();

/** Speech as the microphone hears it, in 16 bits at the context's rate. */
function microphoneSamples(): Int16Array {
  const file = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));
  const { samples, sampleRate } = decodeWav(dsp, readFileSync(file));
  return dsp.pcm.floatToInt16(
    dsp.resample(samples, { inputRate: sampleRate, outputRate: RATE, quality: "best" }),
  );
}

const spoken = microphoneSamples();

const SPOKEN_TEXT = Buffer.from(dsp.pcm.int16ToFloat(spoken).buffer).toString("base64");

const capture = suite("what a server hears of a microphone");
const browser = await openBrowser();
capture.after(() => browser.close());

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

async function listen(isolated: boolean, encoding: "pcm16" | "mulaw", sampleRate: number) {
  const handler = new Listener();
  const call = await setUpCall(browser, handler, { isolated });
  const page = await call.page.evaluate(
    async ([url, encoding, sampleRate, seconds, text]) => {
      const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
      const { connect, microphone } = await import(library);
      const { play, fromText } = await import(helpers);
      const context = new AudioContext({ sampleRate: 48000 });
      const samples: Float32Array<ArrayBuffer> = fromText(text);
      const buffer = context.createBuffer(1, samples.length, 48000);
      buffer.copyToChannel(samples, 0);
      const file = new AudioBufferSourceNode(context, { buffer, loop: true });
      const source = await microphone({ from: file });
      file.start();
      const input = { encoding, sampleRate, frameMs: 20 };
      const client = await connect(url, { source, format: { input } });
      await play(context, seconds);
      await client.mark("all of it");
      const stats = client.stats;
      await client.close();
      source.close();
      await context.close();
      return { isShared: crossOriginIsolated, sent: stats.framesSent, dropped: stats.sendDroppedFrames };
    },
    [call.voice.url, encoding, sampleRate, CAPTURED_SECONDS, SPOKEN_TEXT] as const,
  );
  assert.equal(call.complaints, []);
  assert.is(page.isShared, isolated);
  assert.is(page.dropped, 0);
  await call.close();
  return Float32Array.from(handler.heard);
}

/** What the server would hear of the file with each first sample that makes a difference, before coding. */
function references(sampleRate: number): Float32Array[] {
  const twice = new Int16Array(2 * spoken.length);
  twice.set(spoken);
  twice.set(spoken, spoken.length);
  const float = dsp.pcm.int16ToFloat(twice);
  return Array.from({ length: RATE / sampleRate }, (_, first) =>
    dsp.resample(float.subarray(first), { inputRate: RATE, outputRate: sampleRate, quality: "voice" }),
  );
}

interface Match {
  readonly snrDb: number;
  /** Where it is in the reference. */
  readonly at: number;
  readonly reference: Float32Array;
}

/** The best fit (of place, and of loudness) of a window of `heard` in any of the references. */
function match(window: Float32Array, all: readonly Float32Array[]): Match {
  // they differ by less than a sample: the first tells where
  const [first] = all as [Float32Array];
  const last = first.length - window.length - 2;
  let [place, likest] = [0, 0];
  for (let from = 0; from <= last; from++) {
    const likeness = likenessAt(window, first, from, window.length >> 3);
    if (likeness > likest) [place, likest] = [from, likeness];
  }
  let best: Match = { snrDb: Number.NEGATIVE_INFINITY, at: 0, reference: first };
  for (const reference of all) {
    for (let at = Math.max(0, place - 2); at <= place + 2; at++) {
      const snrDb = fitDb(window, reference.subarray(at, at + window.length));
      if (snrDb > best.snrDb) best = { snrDb, at, reference };
    }
  }
  return best;
}

function likenessAt(window: Float32Array, reference: Float32Array, from: number, n: number): number {
  let [product, energy] = [0, 1e-9];
  for (let i = 0; i < n; i += 3) {
    product += window[i]! * reference[from + i]!;
    energy += reference[from + i]! ** 2;
  }
  return product / Math.sqrt(energy);
}

/** Signal to noise, where `reference` is as loud as fits best. */
function fitDb(heard: Float32Array, reference: Float32Array): number {
  let [product, energy, total] = [0, 0, 0];
  for (let i = 0; i < heard.length; i++) {
    product += heard[i]! * reference[i]!;
    energy += reference[i]! ** 2;
    total += heard[i]! ** 2;
  }
  const signal = product ** 2 / energy;
  return 10 * Math.log10(signal / Math.max(1e-30, total - signal));
}

/** The loudest windows of what was heard. */
function loudest(heard: Float32Array, n: number): Float32Array[] {
  const windows = Array.from({ length: Math.floor(heard.length / n) }, (_, i) =>
    heard.subarray(i * n, (i + 1) * n),
  );
  const energy = (window: Float32Array) => window.reduce((sum, sample) => sum + sample * sample, 0);
  return windows.sort((a, b) => energy(b) - energy(a)).slice(0, 3);
}

/** The window that fits best: a busy browser passes over the worklet now and then, which is a step in time. */
async function heardBest(isolated: boolean, encoding: "pcm16" | "mulaw", sampleRate: number): Promise<Match> {
  const heard = await listen(isolated, encoding, sampleRate);
  const all = references(sampleRate);
  const matches = loudest(heard, WINDOW_SECONDS * sampleRate).map((window) => match(window, all));
  return matches.reduce((best, one) => (one.snrDb > best.snrDb ? one : best));
}

for (const isolated of [true, false]) {
  const how = isolated ? "over shared memory" : "by messages";
  for (const sampleRate of [24000, 16000]) {
    capture(`is its file, resampled to ${sampleRate} Hz, ${how}: within -60 dB`, async () => {
      let best = Number.NEGATIVE_INFINITY;
      for (let attempt = 0; attempt < 3 && best < 60; attempt++) {
        best = Math.max(best, (await heardBest(isolated, "pcm16", sampleRate)).snrDb);
      }
      assert.ok(best >= 60, `${best} dB`);
    });
  }

  capture(`is its file in mu-law ${how}, with the codec's noise and no other`, async () => {
    let [best, own] = [Number.NEGATIVE_INFINITY, 0];
    for (let attempt = 0; attempt < 3 && best < own; attempt++) {
      const found = await heardBest(isolated, "mulaw", 8000);
      const clean = found.reference.subarray(found.at, found.at + WINDOW_SECONDS * 8000);
      const coded = dsp.mulaw.decode(dsp.mulaw.encode(dsp.pcm.floatToInt16(clean)));
      own = fitDb(dsp.pcm.int16ToFloat(coded), clean) - 1;
      best = found.snrDb;
    }
    assert.ok(best >= own, `${best} dB; the codec alone ${own + 1} dB`);
  });
}

capture.run();
