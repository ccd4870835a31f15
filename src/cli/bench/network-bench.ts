/** Codecs and frame lengths side by side: what each costs on the wire, in processor time and in delay; a table and a plot. */

import { g722, type StreamCodec } from "../../codec/audio/stream-codec.ts";
import { toMono } from "../../codec/channels.ts";
import { readAudioFile } from "../../files/read.ts";
import type { Network } from "../../network/network.ts";
import { LoopedAudio } from "../echo/looped-audio.ts";
import { installedOpus } from "../installed-codecs.ts";
import { SPEECH_FILE } from "../package-info.ts";
import { drawSvg, type LinesPanel } from "../plots/svg-chart.ts";
import { type CallFigures, type CallShape, measureCall, TCP_IP_BYTES } from "./call-figures.ts";

/** Frame lengths that are compared, in ms. */
const FRAME_LENGTHS_MS: readonly number[] = [10, 20, 40, 60, 100];

/** What to measure. */
export interface NetworkBenchOptions {
  /** Length of each call. */
  seconds: number;
  frameLengthsMs?: readonly number[];
  /** The bad network on the way back, made anew for each call; undefined: loopback. */
  openNetwork?(): Promise<Network>;
  signal: AbortSignal;
  onCall?(name: string, index: number, count: number): void;
}

/** Look-ahead by codec, in ms: the filter bank of G.722 (Recommendation G.722), libopus for voice (RFC 6716, section 2). */
const LOOK_AHEAD_MS = { g722: 1.375, opus: 6.5 } as const;

/** Every codec that is there, at its usual rate, at every frame length that it has. One call after another, in real time. */
export async function benchNetwork(options: NetworkBenchOptions): Promise<readonly CallFigures[]> {
  const { samples, sampleRate, channels } = await readAudioFile(SPEECH_FILE);
  const clip = toMono(samples, channels);
  const source = new LoopedAudio(clip, sampleRate, Math.round(options.seconds * sampleRate));
  const shapes = await shapesOf(options.frameLengthsMs ?? FRAME_LENGTHS_MS);
  const figures: CallFigures[] = [];
  for (const [i, shape] of shapes.entries()) {
    options.signal.throwIfAborted();
    options.onCall?.(`${nameOf(shape)}, ${shape.frameMs} ms`, i, shapes.length);
    figures.push(await measureCall(shape, source, await options.openNetwork?.(), options.signal));
  }
  return figures;
}

/** The figures as lines. */
export function networkTable(figures: readonly CallFigures[]): string[] {
  const head = [
    "codec",
    "frame",
    "payload",
    "on the wire",
    "packets",
    "CPU",
    "mouth to ear",
    "buffer",
    "made up",
  ];
  const rows = figures.map((row) => [
    nameOf(row),
    `${row.frameMs} ms`,
    `${row.payloadKbps.toFixed(1)} kbit/s`,
    `${Math.round(row.wireBytesPerSecond)} B/s`,
    `${row.packetsPerSecond.toFixed(1)} /s`,
    `${row.cpuMsPerSecond.toFixed(1)} ms/s`,
    `${row.mouthToEarMs.toFixed(0)} ms`,
    `${row.bufferMs.toFixed(0)} ms`,
    `${row.concealedPercent.toFixed(1)} %`,
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  return [line(head), ...rows.map(line)];
}

/** What the columns are, for below the table. */
export const NETWORK_BENCH_NOTES: readonly string[] = [
  `On the wire: one direction, with 12 bytes of header, WebSocket's 6 to 8, and ${TCP_IP_BYTES} of IPv4 and TCP for each message.`,
  "CPU: both ends and both directions in this process, resampling and jitter buffer included, for a second of the call.",
  "Mouth to ear: a frame, the codec's look-ahead, the network's least delay, the jitter buffer; without sound cards.",
];

/** The figures as an SVG file: one line a codec, over the frame length. */
export function networkPlot(figures: readonly CallFigures[], title: string): string {
  const names = [...new Set(figures.map(nameOf))];
  const panel = (what: string, numberOf: (row: CallFigures) => number): LinesPanel => ({
    kind: "lines",
    title: what,
    lines: names.map((name) => ({
      name,
      points: figures
        .filter((row) => nameOf(row) === name)
        .map((row) => [row.frameMs, numberOf(row)] as const),
    })),
  });
  return drawSvg({
    title,
    xUnit: "ms",
    xMax: Math.max(...figures.map(({ frameMs }) => frameMs)),
    panels: [
      panel("bytes a second on the wire, one direction", (row) => row.wireBytesPerSecond),
      panel("packets a second", (row) => row.packetsPerSecond),
      panel("processor time, ms for a second of the call", (row) => row.cpuMsPerSecond),
      panel("mouth to ear, ms", (row) => row.mouthToEarMs),
    ],
  });
}

function nameOf({ encoding, sampleRate }: Pick<CallFigures, "encoding" | "sampleRate">): string {
  return `${encoding} ${sampleRate / 1000} kHz`;
}

async function shapesOf(frameLengthsMs: readonly number[]): Promise<CallShape[]> {
  const opus = await installedOpus();
  const codecs: { encoding: CallShape["encoding"]; sampleRate: number; codec?: StreamCodec }[] = [
    { encoding: "mulaw", sampleRate: 8000 },
    { encoding: "alaw", sampleRate: 8000 },
    { encoding: "pcm16", sampleRate: 16_000 },
    { encoding: "g722", sampleRate: 16_000, codec: g722 },
    ...(opus === undefined ? [] : [{ encoding: opus.name, sampleRate: 16_000, codec: opus }]),
  ];
  return codecs.flatMap(({ encoding, sampleRate, codec }) =>
    frameLengthsMs
      .filter((frameMs) => codec?.frameDurationsMs?.includes(frameMs) ?? true)
      .map((frameMs) => ({
        encoding,
        sampleRate,
        frameMs,
        codec,
        codecMs: codec === undefined ? 0 : LOOK_AHEAD_MS[codec.name],
      })),
  );
}
