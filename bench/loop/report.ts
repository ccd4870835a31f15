/**
 * `npm run bench -- loop`: from the capture worklet's input to the playback worklet's output, through an echo on this
 * machine, in a real browser; with its parts, with shared memory and without.
 */
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { fromText } from "../../test/browser/call.ts";
import { openBrowser, openPage } from "../../test/browser/open-browser.ts";
import { serveStatic } from "../../test/browser/static-server.ts";
import { alignColumns } from "../table.ts";
import { signalLags } from "./signal-lag.ts";

/** What the page counts, every 50 ms. */
interface LoopSample {
  readonly loopMs: number;
  readonly pingMs: number;
  readonly spareMs: number;
  readonly marginMs: number;
}

interface Measured {
  readonly stats: readonly LoopSample[];
  readonly trips: readonly number[];
  readonly said: string;
  readonly heard: string;
  readonly sampleRate: number;
  readonly blockMs: number;
  readonly isShared: boolean;
  readonly underruns: number;
  readonly silentMs: number;
  readonly underrunsBefore: number;
  readonly captureLostMs: number;
}

/** One line of the table. Durations in ms. */
interface LoopFigures {
  readonly memory: string;
  readonly frameMs: number;
  readonly askedMs: number;
  readonly loop: number;
  readonly loopP95: number;
  /** By the audio at both ends. */
  readonly bySignal: number;
  readonly frame: number;
  readonly network: number;
  readonly server: number;
  readonly playout: number;
  readonly rest: number;
  /** What it would be with nothing late: the usual loop less what waits, and the least margin. */
  readonly calm: number;
  readonly margin: number;
  readonly block: number;
  readonly underruns: number;
  readonly silent: number;
  readonly underrunsBefore: number;
  readonly load: number;
}

const ASKED_MS: Readonly<Record<number, number>> = { 20: 60, 10: 45 };
const LONGEST_MS = 400;
const SPEECH = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));

/** Prints a table; returns its figures. @param seconds of listening for each of its lines */
export async function reportLoop(seconds: number): Promise<unknown> {
  const figures: LoopFigures[] = [];
  const browser = await openBrowser({ microphoneFile: SPEECH });
  try {
    for (const isShared of [true, false]) {
      for (const frameMs of [20, 10]) figures.push(await measureLoop(browser, isShared, frameMs, seconds));
    }
  } finally {
    await browser.close();
  }
  console.log(`\n${table(figures)}\n\n${NOTES}`);
  return figures;
}

const NOTES = `Medians in ms. loop: by position; by signal: by the audio at both ends, which is what the parts add up to.
frame: filling one. network: a ping. server: an echo's round trip beyond it. playout: the least that waits in half a second.
rest: resampling, and the threads' waiting for each other. calm: the loop if nothing came late, as where nothing else runs.
margin: what playout aims at. block: what the browser plays at once. underruns: while it was listened, and in the seconds
before that. load: processes of this machine that want to run.`;

async function measureLoop(
  browser: Awaited<ReturnType<typeof openBrowser>>,
  isolated: boolean,
  frameMs: number,
  seconds: number,
): Promise<LoopFigures> {
  const voice = await serve({ port: 0, handler: EchoHandler, allowOrigin: "*", logger: silentLogger });
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
  const files = { "/taps-worklet.js": read("taps-worklet.mjs"), "/loop-page.js": read("loop-page.mjs") };
  const web = await serveStatic({ isolated, files });
  const { page } = await openPage(browser, web.url);
  const [loadBefore = 0] = loadavg();
  const plan = { url: voice.url, frameMs, settleSeconds: Math.min(20, seconds), seconds };
  const measured = (await page.evaluate(async (given) => {
    const script = "/loop-page.js";
    return (await import(script)).measure(given);
  }, plan)) as Measured;
  await page.context().close();
  await web.close();
  await voice.close({ drainMs: 0 });
  return figuresOf(measured, frameMs, loadBefore);
}

function figuresOf(measured: Measured, frameMs: number, load: number): LoopFigures {
  const { stats, trips, sampleRate } = measured;
  if (stats.length === 0) throw new Error("Nothing was played.");
  const of = (key: keyof LoopSample) => median(stats.map((sample) => sample[key]));
  const lags = signalLags(fromText(measured.said), fromText(measured.heard), sampleRate, LONGEST_MS);
  const [bySignal, network, trip, playout] = [median(lags), of("pingMs"), median(trips), of("spareMs")];
  return {
    memory: measured.isShared ? "shared memory" : "messages",
    frameMs,
    askedMs: ASKED_MS[frameMs]!,
    loop: of("loopMs"),
    loopP95: quantile(
      stats.map(({ loopMs }) => loopMs),
      0.95,
    ),
    bySignal,
    frame: frameMs,
    network,
    server: Math.max(0, trip - network),
    playout,
    calm: median(stats.map(({ loopMs, spareMs }) => loopMs - spareMs)) + measured.blockMs + 5,
    rest: bySignal - frameMs - Math.max(trip, network) - playout,
    margin: of("marginMs"),
    block: measured.blockMs,
    underruns: measured.underruns,
    silent: measured.silentMs,
    underrunsBefore: measured.underrunsBefore,
    load,
  };
}

function table(figures: readonly LoopFigures[]): string {
  const columns: readonly (readonly [head: string, value: (one: LoopFigures) => string])[] = [
    ["", ({ memory, frameMs }) => `${memory}, ${frameMs} ms frames`],
    ["asked", ({ askedMs }) => `<= ${askedMs}`],
    ["loop", ({ loop }) => loop.toFixed(1)],
    ["p95", ({ loopP95 }) => loopP95.toFixed(1)],
    ["by signal", ({ bySignal }) => bySignal.toFixed(1)],
    ["frame", ({ frame }) => frame.toFixed(1)],
    ["network", ({ network }) => network.toFixed(1)],
    ["server", ({ server }) => server.toFixed(1)],
    ["playout", ({ playout }) => playout.toFixed(1)],
    ["calm", ({ calm }) => calm.toFixed(1)],
    ["rest", ({ rest }) => rest.toFixed(1)],
    ["margin", ({ margin }) => margin.toFixed(0)],
    ["block", ({ block }) => block.toFixed(1)],
    ["underruns", ({ underruns, underrunsBefore }) => `${underruns} (${underrunsBefore})`],
    ["load", ({ load }) => load.toFixed(1)],
  ];
  const rows = figures.map((one) => columns.map(([, value]) => value(one)));
  return alignColumns([columns.map(([head]) => head), ...rows], 1);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
