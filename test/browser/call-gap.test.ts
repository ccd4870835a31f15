/** A microphone across a gap in the connection: what is kept of what was said meanwhile, what is lost, what is told. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AudioFrame, StreamHandler } from "../../src/server.ts";
import { cutProxy } from "../cut-proxy.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const RATE = 48000;
const MS = RATE / 1000;
/** What a client holds unless it is told otherwise. */
const HELD_MS = 500;
const FRAME_MS = 20;

const gaps = suite("a microphone across a gap");
const browser = await openBrowser();
gaps.after(() => browser.close());

/** Keeps everything it receives. */
class Listener extends StreamHandler {
  readonly heard: Int16Array[];
  constructor(heard: Int16Array[] = []) {
    super();
    this.heard = heard;
  }
  copy(): Listener {
    return new Listener(this.heard);
  }
  receive({ samples }: AudioFrame): void {
    this.heard.push(samples.slice());
  }
  emit(): null {
    return null;
  }
}

/** The number of each sample that was heard: its place in what was said. */
function placesOf(frames: readonly Int16Array[]): number[] {
  const samples = frames.flatMap((frame) => Array.from(frame));
  const first = samples.findIndex((sample) => sample !== 0);
  const places: number[] = [];
  // what was said says its own place: the lower 15 bits of a pair's number, then the higher ones below zero
  for (let i = samples[first]! > 0 ? first : first + 1; i + 1 < samples.length; i += 2) {
    const [low, high] = [samples[i]!, samples[i + 1]!];
    assert.ok(low > 0 && high < 0, `samples ${low}, ${high} at ${i} were never said`);
    places.push((-1 - high) * 32767 + low - 1);
  }
  return places.map((pair) => 2 * pair);
}

/** What the page says of its call. Places are samples of what was said. */
interface Told {
  /** When the loss was told, and when the return. */
  readonly lostAt: number;
  readonly resumedAt: number;
  /** Lost to the gap, by the event of the return and by the counters. */
  readonly toldMs: number;
  readonly lostSentMs: number;
  /** Left out because the socket was full: what was held goes into it all at once. */
  readonly droppedMs: number;
  /** What the browser has passed the capture worklet over. */
  readonly passedOverMs: number;
  readonly reconnects: number;
}

/** One call with a gap of `gapMs`, by the context's own clock. */
async function callAcross(gapMs: number, maxBufferedMs: number) {
  const handler = new Listener();
  const call = await setUpCall(browser, handler, { isolated: true });
  const proxy = await cutProxy(call.voice.url);
  try {
    await call.page.evaluate(
      async ([url, maxBufferedMs]) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { connect, microphone } = await import(library);
        const { play } = await import(helpers);
        const context = new AudioContext({ sampleRate: 48000 });
        const samples = new Float32Array(60 * 48000);
        for (let pair = 0; 2 * pair < samples.length; pair++) {
          samples[2 * pair] = ((pair % 32767) + 1) / 32768;
          samples[2 * pair + 1] = (-1 - Math.floor(pair / 32767)) / 32768;
        }
        const buffer = context.createBuffer(1, samples.length, 48000);
        buffer.copyToChannel(samples, 0);
        const speech = new AudioBufferSourceNode(context, { buffer });
        const source = await microphone({ from: speech });
        const input = { encoding: "pcm16", sampleRate: 48000, frameMs: 20 };
        const reconnect = { firstDelayMs: 20, maxDelayMs: 50 };
        const client = await connect(url, { source, format: { input }, maxBufferedMs, reconnect });
        const { captureLostMs: lostBeforeMs } = await new Promise<{ captureLostMs: number }>((resolve) =>
          client.once("stats", resolve),
        );
        // at the beginning of a block, so that a pair is never torn apart
        const startFrame = 128 * Math.ceil(((context.currentTime + 0.05) * 48000) / 128);
        speech.start(startFrame / 48000);
        const placeNow = () => Math.round(context.currentTime * 48000) - startFrame;
        let lostAt = 0;
        const lost = new Promise<void>((resolve) => {
          client.once("reconnecting", () => {
            lostAt = placeNow();
            resolve();
          });
        });
        const resumed = new Promise((resolve) => client.once("resumed", resolve));
        await play(context, 0.5);
        Object.assign(globalThis, {
          waitOut: async (durationMs: number) => {
            await lost;
            await play(context, durationMs / 1000);
          },
          goOn: async () => {
            const info = (await resumed) as { lostSentMs: number };
            const resumedAt = placeNow();
            await play(context, 0.5);
            await client.mark("all of it");
            const { lostSentMs, captureLostMs, sendDroppedFrames, reconnects } = await new Promise<
              typeof client.stats
            >((resolve) => client.once("stats", resolve));
            await client.close();
            source.close();
            await context.close();
            const passedOverMs = captureLostMs - lostBeforeMs;
            const droppedMs = 20 * sendDroppedFrames;
            const toldMs = info.lostSentMs;
            return { lostAt, resumedAt, toldMs, lostSentMs, droppedMs, passedOverMs, reconnects };
          },
        });
      },
      [proxy.url, maxBufferedMs] as const,
    );
    proxy.block(true);
    proxy.cut();
    await call.page.evaluate(
      (gapMs) => (globalThis as unknown as { waitOut(gapMs: number): Promise<void> }).waitOut(gapMs),
      gapMs,
    );
    proxy.block(false);
    const told = await call.page.evaluate<Told>("goOn()");
    assert.equal(
      call.complaints.filter((line) => !line.includes("WebSocket")),
      [],
    );
    return { ...told, places: placesOf(handler.heard) };
  } finally {
    await proxy.close();
    await call.close();
  }
}

/** What was said and not heard; each place is heard once, in order. */
function holesIn(places: readonly number[]): { from: number; to: number }[] {
  const holes: { from: number; to: number }[] = [];
  for (let i = 1; i < places.length; i++) {
    const [before, now] = [places[i - 1]!, places[i]!];
    assert.ok(now > before, `place ${now} is heard after ${before}`);
    if (now > before + 2) holes.push({ from: before + 2, to: now });
  }
  return holes;
}

type Call = Awaited<ReturnType<typeof callAcross>>;

/** Every sample that was not heard is one that was counted. */
function allAreCounted({ places, toldMs, lostSentMs, droppedMs, passedOverMs, reconnects }: Call): void {
  assert.is(reconnects, 1);
  assert.is(toldMs, lostSentMs);
  const missingMs = holesIn(places).reduce((sum, { from, to }) => sum + to - from, 0) / MS;
  const counted = `${lostSentMs} + ${droppedMs} + ${passedOverMs} ms are counted, ${missingMs} ms missing`;
  // of what the browser passed over, some may have been before the first word
  assert.ok(missingMs >= lostSentMs + droppedMs, counted);
  assert.ok(missingMs <= lostSentMs + droppedMs + passedOverMs + 0.01, counted);
}

gaps(
  "that is shorter than what is held: nothing that was said in it is lost, and nothing is said twice",
  async () => {
    const call = await callAcross(700, 20_000);
    allAreCounted(call);
    assert.ok(call.places.at(-1)! > call.resumedAt, "what is said afterwards is heard");
    if (call.passedOverMs + call.droppedMs > 0) return;
    for (const { to } of holesIn(call.places)) {
      assert.ok(to <= call.lostAt, `up to ${to} is lost: the loss was told at ${call.lostAt}`);
    }
  },
);

gaps(
  "that is longer: the latest half second of it is heard, once, and the rest counted as lost",
  async () => {
    const call = await callAcross(1500, HELD_MS);
    allAreCounted(call);
    const hole = holesIn(call.places).find(({ from, to }) => from <= call.lostAt && to > call.lostAt);
    assert.ok(hole !== undefined, "what was said first in the gap is lost");
    const heldMs = (call.resumedAt - hole.to) / MS;
    assert.ok(heldMs >= HELD_MS - FRAME_MS, `${heldMs} ms of the gap are heard`);
  },
);

gaps.run();
