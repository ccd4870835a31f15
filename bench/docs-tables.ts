/**
 * `--docs`: what was measured, into the tables of docs/resampler.md. Each stands between a comment that names it and one
 * that ends it, with a line on where it was measured and by which command.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ConversionResult } from "./convert.ts";
import type { QualityLine } from "./quality.ts";
import type { ResampleReport } from "./resample/report.ts";
import type { SpeedResult } from "./resample/speed.ts";

const PAGE = fileURLToPath(new URL("../docs/resampler.md", import.meta.url));
const OURS = ["voice", "high", "best"];
const NPM = ["libsamplerate fastest", "libsamplerate medium", "wave-resampler", "speex-resampler"];

type Rows = readonly (readonly string[])[];

/** Rewrites the tables of the report `name`, if it has any; `place` is the machine, and the Node. */
export function writeDocs(name: string, result: unknown, place: string): void {
  const command = `npm run bench -- ${name}`;
  for (const [table, rows] of Object.entries(tablesOf(name, result))) {
    const page = readFileSync(PAGE, "utf8");
    const begin = `<!-- figures: ${table} -->\n`;
    const from = page.indexOf(begin);
    const to = page.indexOf("<!-- end of figures -->", from);
    if (from < 0 || to < 0) throw new Error(`${PAGE} has no place for the figures "${table}".`);
    const text = `\n\`${command}\` on ${place}:\n\n${markdown(rows)}\n`;
    writeFileSync(PAGE, `${page.slice(0, from)}${begin}${text}${page.slice(to)}`);
  }
}

function tablesOf(name: string, result: unknown): Readonly<Record<string, Rows>> {
  if (name === "resample") {
    const { starts, streams, atOnce, atOnceInto } = result as ResampleReport;
    return {
      start: [
        ["kHz", "", "first, ms", "KiB", "each further, ms", "KiB", "latency, ms"],
        ...starts.map((line) => [
          line.pair,
          `\`${line.quality}\``,
          line.firstMs.toFixed(2),
          (line.firstBytes / 1024).toFixed(1),
          line.furtherMs.toFixed(3),
          (line.furtherBytes / 1024).toFixed(1),
          line.latencyMs.toFixed(2),
        ]),
      ],
      streams: speeds(streams, []),
      "at once": speeds(atOnce, ["sox", "ffmpeg soxr"]),
      "at once, into": speeds(atOnceInto, []),
    };
  }
  if (name === "quality") return { quality: qualities(result as readonly QualityLine[]) };
  if (name === "convert") return { convert: conversions(result as readonly ConversionResult[]) };
  return {};
}

/** Ours as multiples of libsoxr too: `best` of VHQ, the others of HQ. */
function speeds(results: readonly SpeedResult[], others: readonly string[]): Rows {
  const pairs = [...new Set(results.map(({ pair }) => pair))];
  const found = (contender: string, pair: string) =>
    results.find((result) => result.contender === contender && result.pair === pair);
  const speed = (result: SpeedResult | undefined) =>
    result === undefined ? "" : ((result.inputSamples / result.minNs) * 1000).toFixed(1);
  const peerOf = (quality: string) => (quality === "best" ? "libsoxr VHQ" : "libsoxr HQ");
  const times = (quality: string, pair: string) => {
    const [ours, peer] = [found(quality, pair), found(peerOf(quality), pair)];
    return ours === undefined || peer === undefined ? "" : `**${(peer.minNs / ours.minNs).toFixed(2)}**`;
  };
  const fastest = (pair: string) =>
    NPM.flatMap((npm) => found(npm, pair) ?? []).sort((a, b) => a.minNs - b.minNs)[0];
  return [
    [
      "kHz",
      ...OURS.flatMap((quality) => [`\`${quality}\``, `× ${peerOf(quality).slice(3)}`]),
      ...["libsoxr HQ", "libsoxr VHQ", "npm's fastest"],
      ...others.map((other) => `${other}, file to file`),
    ],
    ...pairs.map((pair) => [
      pair,
      ...OURS.flatMap((quality) => [speed(found(quality, pair)), times(quality, pair)]),
      ...["libsoxr HQ", "libsoxr VHQ"].map((peer) => speed(found(peer, pair))),
      speed(fastest(pair)),
      ...others.map((other) => speed(found(other, pair))),
    ]),
  ];
}

function qualities(lines: readonly QualityLine[]): Rows {
  const shown = lines.filter(({ contender }) => OURS.includes(contender) || contender.startsWith("libsoxr"));
  return [
    [
      "kHz",
      "",
      "ripple dB",
      "−0.1 dB at",
      "from 1.0, dB",
      "from 1.1, dB",
      "SNR 1 kHz, dB",
      "latency, ms",
      "length",
    ],
    ...shown.map((line) => [
      line.pair,
      OURS.includes(line.contender) ? `\`${line.contender}\`` : line.contender,
      line.rippleDb.toFixed(4),
      line.edge01.toFixed(3),
      line.rejectionFrom10Db.toFixed(1),
      line.rejectionFrom11Db.toFixed(1),
      line.snr1kDb.toFixed(1),
      line.latencyMs?.toFixed(2) ?? "",
      line.excessSamples === 0 ? "exact" : line.excessSamples.toFixed(0),
    ]),
  ];
}

function conversions(results: readonly ConversionResult[]): Rows {
  const ours = results[0]!;
  return [
    ["", "s by the clock", `× \`${ours.converter}\``, "s of the processor", `× \`${ours.converter}\``],
    ...results.map(({ converter, minSeconds, minCpuSeconds }) => [
      converter,
      minSeconds.toFixed(2),
      (minSeconds / ours.minSeconds).toFixed(2),
      minCpuSeconds.toFixed(2),
      (minCpuSeconds / ours.minCpuSeconds).toFixed(2),
    ]),
  ];
}

/** The first row is the head; columns of words to the left, the others to the right. */
function markdown([head, ...rows]: Rows): string {
  const isText = head!.map((_, column) => rows.some((row) => /[a-z`]{3}/i.test(row[column]!)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = isText.map((text, column) => (text || column === 0 ? "---" : "---:"));
  return [line(head!), `|${rule.join("|")}|`, ...rows.map(line)].join("\n") + "\n";
}
