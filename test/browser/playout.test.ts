import { monitorEventLoopDelay } from "node:perf_hooks";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Session } from "../../src/server.ts";
import { fromText, setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

/** Seconds that are listened to; the long form is `VOXWIRE_PLAYOUT_SECONDS=60 node scripts/test.mjs browser/playout --deadline-s 900`. */
const SECONDS = Number(process.env.VOXWIRE_PLAYOUT_SECONDS ?? 2);
const RATE = 24000;
const FREQUENCY = 440;
const AMPLITUDE = 0.5;
/** What waits goes up and down with each frame, and with what the line asks: a drift shows over a longer time alone. */
const STEADY_MS = SECONDS < 30 ? Number.POSITIVE_INFINITY : 60;
/** What waits to be played: more than a busy machine's threads are late, less than the main thread is blocked. */
const MARGIN_MS = 200;
/** Threads that did not run for so long, one after the other, are no fault of the library. */
const HELD_UP_MS = MARGIN_MS / 2;
const ATTEMPTS = 4;
/** A step that is lower is not heard beside the tone. */
const CLICK = 0.01;

/** A tone without end, for as long as the client is there. */
async function* tone(session: Session) {
  for (let from = 0; !session.signal.aborted; from += 480) {
    const samples = new Int16Array(480);
    for (let i = 0; i < 480; i++) {
      samples[i] = Math.round(AMPLITUDE * 32767 * Math.sin((2 * Math.PI * FREQUENCY * (from + i)) / RATE));
    }
    yield { samples, sampleRate: RATE };
  }
}

/** Where the tone breaks off or has a step: a tone satisfies x[n] = 2 cos(w) x[n-1] - x[n-2], a click does not. */
function breaks(samples: Float32Array, rate: number): number[] {
  const twice = 2 * Math.cos((2 * Math.PI * FREQUENCY) / rate);
  const found: number[] = [];
  for (let i = 2; i < samples.length; i++) {
    if (Math.abs(samples[i]! - twice * samples[i - 1]! + samples[i - 2]!) > 1e-3) found.push(i);
  }
  return found;
}

/** The sharpest bend between samples: of the tone alone 0.0017 at 48 kHz, of a fade little more, of a step what it is high. */
function sharpest(samples: Float32Array): number {
  let most = 0;
  for (let i = 2; i < samples.length; i++) {
    most = Math.max(most, Math.abs(samples[i]! - 2 * samples[i - 1]! + samples[i - 2]!));
  }
  return most;
}

/** The least that the tone reaches in any hundredth of a second: a gap or a fade is lower. */
function weakest(samples: Float32Array, rate: number): number {
  const n = Math.round(rate / 100);
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + n <= samples.length; at += n) {
    let peak = 0;
    for (let i = at; i < at + n; i++) peak = Math.max(peak, Math.abs(samples[i]!));
    least = Math.min(least, peak);
  }
  return least;
}

const playout = suite("what a speaker plays");
const browser = await openBrowser();
playout.after(() => browser.close());

/** One listening: seconds of the tone, with the main thread busy in between where asked. */
async function listen(isolated: boolean, blockMs: number) {
  const call = await setUpCall(browser, tone, { isolated });
  const serverDelay = monitorEventLoopDelay({ resolution: 5 });
  serverDelay.enable();
  const result = await call.page.evaluate(
    async ([url, blockMs, seconds, marginMs]) => {
      const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
      const { connect, speaker } = await import(library);
      const { recordTimes, play, block, toText, watchWorker } = await import(helpers);
      const sink = await speaker();
      const format = { encoding: "pcm16", sampleRate: 24000, frameMs: 20 };
      const client = await connect(url, { sink, format: { output: format }, marginMs });
      await play(sink.context, 1.5);
      const fresh = () => new Promise<typeof client.stats>((resolve) => client.once("stats", resolve));
      const { underruns } = (await fresh()).playout;
      const watched = watchWorker();
      const recording = await recordTimes(sink.node);
      await play(sink.context, 0.5);
      const before = client.stats.playout;
      if (blockMs > 0) block(blockMs);
      await play(sink.context, seconds);
      const { samples, longestMs: audioMs, missed } = await recording.stop();
      // a gap is counted when something comes again
      await play(sink.context, 0.3);
      const workerMs = await watched.stop();
      const { playout } = await fresh();
      await client.close();
      sink.close();
      return {
        text: toText(samples),
        rate: sink.context.sampleRate,
        underruns: playout.underruns - underruns,
        movedMs: playout.waitingMs - before.waitingMs,
        missed,
        audioMs,
        workerMs,
        isShared: crossOriginIsolated,
      };
    },
    [call.voice.url, blockMs, SECONDS, MARGIN_MS] as const,
  );
  serverDelay.disable();
  assert.equal(call.complaints, []);
  await call.close();
  const heldUpMs = result.audioMs + result.workerMs + serverDelay.max / 1e6;
  return { ...result, heldUpMs, samples: fromText(result.text) };
}

for (const isolated of [true, false]) {
  const how = isolated ? "over shared memory" : "by messages";
  playout(
    `is without gap or click ${how}, and so it is while the main thread is blocked for 500 ms`,
    async () => {
      // a gap while a thread did not run is the machine's; one that has no such excuse may come but once
      let [unexplained, passedOver] = [0, 0];
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const { samples, rate, underruns, missed, movedMs, heldUpMs, isShared } = await listen(isolated, 600);
        if (missed > 0) {
          attempt--;
          assert.ok(++passedOver < 2 * ATTEMPTS, "the browser has no time for a recorder");
          console.log(`the browser passed the recorder over for ${missed} samples: it is listened to anew`);
          continue;
        }
        assert.is(isShared, isolated);
        assert.ok(samples.length > (SECONDS + 0.5) * rate, `${samples.length} samples`);
        // whatever the machine does, nothing clicks: a gap has a fade at either side
        assert.ok(sharpest(samples) < CLICK, `a click of ${sharpest(samples)}`);
        const isWhole = weakest(samples, rate) > 0.45 && breaks(samples, rate).length === 0;
        if (isWhole && underruns === 0 && Math.abs(movedMs) < STEADY_MS) return;
        const isExplained = heldUpMs > HELD_UP_MS;
        assert.ok(isWhole || underruns > 0 || isExplained, "a gap that nobody counted");
        if (!isExplained) unexplained++;
        const seen = `${underruns} gaps, ${Math.round(movedMs)} ms more wait at the end, while threads did not run for`;
        console.log(`${seen} ${Math.round(heldUpMs)} ms: it is listened to anew`);
        assert.ok(unexplained < 2, `${seen} ${Math.round(heldUpMs)} ms at most`);
      }
    },
  );
}

playout.run();
