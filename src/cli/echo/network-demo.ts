/** One recording over a bad network to an echo and back, heard twice: as it comes, and through the jitter buffer. */
import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "../../client.ts";
import { systemClock } from "../../core/clock.ts";
import { loadDsp } from "../../dsp/dsp.ts";
import { createWavFile } from "../../files/wav-file.ts";
import type { Network } from "../../network/network.ts";
import type { JitterStats } from "../../stream/jitter/jitter-stats.ts";
import { drawSvg, type WaveformPanel } from "../plots/svg-chart.ts";
import { PeakMeter } from "../plots/waveform.ts";
import { AsItComes } from "./as-it-comes.ts";
import type { LoopedAudio } from "./looped-audio.ts";
import { type SpectralDistance, spectralDistance } from "./spectral-distance.ts";
import { throughCodec, wireSamples } from "./wire-samples.ts";

/** What to play over what. */
export interface NetworkDemoOptions {
  url: string;
  source: LoopedAudio;
  format: { encoding: "mulaw"; sampleRate: number; frameMs: number };
  /** Makes the network anew: both calls meet the same fates. */
  openNetwork(): Promise<Network>;
  /** Of the WAV that would hold the echo: two are written beside it, and an SVG. */
  out: string;
  networkName: string;
  signal: AbortSignal;
  onProgress(receivedMs: number): void;
}

/** One of the two calls. */
export interface NetworkCall {
  /** What was heard, from the first frame's arrival on. */
  readonly sound: Int16Array;
  /** Silence in place of audio that was late, where there was no jitter buffer. */
  readonly silentMs: number;
  /** The jitter buffer's account, where there was one. */
  readonly jitter: JitterStats | undefined;
  readonly network: Network;
}

/** Both. */
export interface NetworkCalls {
  readonly before: NetworkCall;
  readonly after: NetworkCall;
}

/** One of the two recordings. */
export interface HeardEcho extends SpectralDistance {
  readonly file: string;
  readonly call: NetworkCall;
}

/** Both recordings, judged. */
export interface NetworkDemo {
  readonly before: HeardEcho;
  readonly after: HeardEcho;
  readonly plot: string;
}

/** What may still be on its way when a call has ended. */
const SETTLE_MS = 150;
const PLOT_COLUMNS = 600;

/** Runs both calls at the same time. @throws what `connect` throws, the signal's reason */
export async function runNetworkCalls(options: NetworkDemoOptions): Promise<NetworkCalls> {
  const [before, after] = await Promise.all([call(options, false), call(options, true)]);
  return { before, after };
}

/** Judges both calls, writes two WAV files and a plot. @throws what the files throw */
export async function judgeNetworkCalls(
  options: NetworkDemoOptions,
  calls: NetworkCalls,
): Promise<NetworkDemo> {
  const dsp = await loadDsp();
  const { sampleRate, frameMs, encoding } = options.format;
  const frameSamples = Math.round((sampleRate * frameMs) / 1000);
  const sent: Int16Array[] = [];
  for await (const samples of wireSamples(dsp, options.source, { encoding, sampleRate, frameSamples }))
    sent.push(throughCodec(dsp, samples, encoding));
  const reference = joined(sent);
  const judged = async (one: NetworkCall, what: string): Promise<HeardEcho> => {
    const file = beside(options.out, what, "wav");
    const wav = await createWavFile(file, { sampleRate });
    await wav.write(one.sound);
    await wav.close();
    return { ...spectralDistance(dsp, reference, one.sound, sampleRate), file, call: one };
  };
  const before = await judged(calls.before, "before");
  const after = await judged(calls.after, "after");
  const plot = beside(options.out, "network", "svg");
  await writeFile(plot, plotOf(options, reference, before, after));
  return { before, after, plot };
}

async function call(options: NetworkDemoOptions, isBuffered: boolean): Promise<NetworkCall> {
  const { format, signal, source, url } = options;
  const network = await options.openNetwork();
  const plain = new AsItComes(format.sampleRate);
  const clocked: Int16Array[] = [];
  let receivedMs = 0;
  const client = await connect(url, {
    protocol: "binary",
    format: { input: format, output: format },
    sampleFormat: "int16",
    network,
    jitter: isBuffered,
    signal,
    on: {
      audio: ({ samples }) => {
        if (isBuffered) clocked.push(samples as Int16Array);
        else plain.take(samples as Int16Array, systemClock.now());
        receivedMs += (samples.length * 1000) / format.sampleRate;
        if (isBuffered) options.onProgress(receivedMs);
      },
    },
  });
  try {
    await client.stream(source, { signal });
    await client.mark("all sent");
    await wait(network.stats.down.maxDelayMs + SETTLE_MS, undefined, { signal });
  } finally {
    await client.close();
  }
  const { jitter } = client.stats;
  return { sound: isBuffered ? joined(clocked) : plain.sound, silentMs: plain.silentMs, jitter, network };
}

function plotOf(
  { networkName, format }: NetworkDemoOptions,
  reference: Int16Array,
  before: HeardEcho,
  after: HeardEcho,
): string {
  const longest = Math.max(reference.length, before.call.sound.length, after.call.sound.length);
  const peaks = (sound: Int16Array) => {
    const meter = new PeakMeter(PLOT_COLUMNS, longest);
    meter.add(sound);
    return meter.peaks;
  };
  const all = [reference, before.call.sound, after.call.sound].map(peaks);
  const fullScale = Math.max(...all.flatMap((one) => Array.from(one)));
  const panel = (title: string, i: number): WaveformPanel => ({
    kind: "waveform",
    title,
    peaks: all[i]!,
    fullScale,
  });
  const lagOf = ({ lags }: HeardEcho) => lags.map(({ atMs, lagMs }) => [atMs / 1000, lagMs] as const);
  return drawSvg({
    title: `${networkName}: one call, heard twice`,
    xUnit: "s",
    xMax: longest / format.sampleRate,
    panels: [
      panel("sent", 0),
      panel(`before: played as it comes (distance ${before.distance.toFixed(3)})`, 1),
      panel(`after: through the jitter buffer (distance ${after.distance.toFixed(3)})`, 2),
      {
        kind: "lines",
        title: "how late each piece of speech is heard, ms after the first frame's arrival",
        lines: [
          { name: "before", points: lagOf(before) },
          { name: "after", points: lagOf(after) },
        ],
      },
    ],
  });
}

/** `echo.wav` -> `echo-before.wav` */
function beside(out: string, what: string, extension: string): string {
  return `${out.replace(/\.wav$/i, "")}-${what}.${extension}`;
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
