/** `bench resample`: every quality of ours beside whoever is there, in streams of 20 ms and 60 s at once. */
import { loadDspSync } from "../../src/index.ts";
import type { Effort } from "../measure.ts";
import { alignColumns } from "../table.ts";
import { ASKED_AT_ONCE, ASKED_OF_STREAMS, ASKED_OVER_NPM, askedOf, type Expectations } from "./asked.ts";
import { type Contender, chunkOf } from "./contender.ts";
import { type Contenders, describeMissing, findContenders } from "./contenders.ts";
import { checkTone, type ToneResult } from "./correctness.ts";
import { findQualities } from "./ours.ts";
import { MAIN_PAIRS, nameOf, ODD_PAIRS } from "./rates.ts";
import { measureSpeed, type SpeedResult } from "./speed.ts";
import { measureStart, type StartResult, startTable } from "./start.ts";

const WHOLE_SECONDS = 60;
const ALL_PAIRS = [...MAIN_PAIRS, ...ODD_PAIRS];
/** In the column of ratios, libsoxr HQ is 1; where it is not there, the first peer that is. */
type Ratios = readonly [ofMinima: number, ofMedians: number];

export interface ResampleReport {
  readonly starts: readonly StartResult[];
  readonly tones: readonly ToneResult[];
  readonly streams: readonly SpeedResult[];
  readonly atOnce: readonly SpeedResult[];
  readonly atOnceInto: readonly SpeedResult[];
  readonly missing: readonly string[];
}

/** Checks, times and prints; throws where ours is wrong. */
export async function reportResampler(
  effort: Effort,
  onRound: (what: string, round: number) => void,
): Promise<ResampleReport> {
  const dsp = loadDspSync();
  const qualities = findQualities(dsp);
  const starts = ALL_PAIRS.flatMap((rates) => qualities.map((quality) => measureStart(dsp, quality, rates)));
  console.log(
    `\nOurs before the first sample: the first of a ratio, and further ones\n${startTable(starts)}\n`,
  );
  const all = await findContenders(dsp);
  try {
    const missing = describeMissing(all.missing);
    for (const line of missing) console.log(line);
    const tones = await checkAll(all);
    console.log(`\nA tone of 997 Hz in chunks of 20 ms: dB over everything else\n${toneTable(all, tones)}`);
    const both = [...all.ours, ...all.peers];
    const streams = await measureSpeed(
      both,
      ALL_PAIRS,
      ({ inputRate }) => chunkOf(inputRate),
      (contender, rates) => contender.timeStream?.(rates),
      effort,
      (round) => onRound("streams", round),
    );
    console.log("\nStreams, 20 ms of mono float32 a call, copies in and out counted");
    print(all, streams, ASKED_OF_STREAMS, true);
    const atOnce = await measureSpeed(
      both,
      MAIN_PAIRS,
      ({ inputRate }) => inputRate * WHOLE_SECONDS,
      (contender, rates) => contender.timeWhole?.(rates, rates.inputRate * WHOLE_SECONDS),
      effort,
      (round) => onRound("at once", round),
    );
    console.log(
      `\n${WHOLE_SECONDS} s at once, each result in new memory; sox and ffmpeg by command, from file to file, their start counted`,
    );
    print(all, atOnce, ASKED_AT_ONCE, false);
    const atOnceInto = await measureSpeed(
      both,
      MAIN_PAIRS,
      ({ inputRate }) => inputRate * WHOLE_SECONDS,
      (contender, rates) => contender.timeWholeInto?.(rates, rates.inputRate * WHOLE_SECONDS),
      effort,
      (round) => onRound("at once, into the same memory", round),
    );
    console.log(`\n${WHOLE_SECONDS} s at once, into memory that is used again`);
    print(all, atOnceInto, ASKED_AT_ONCE, false);
    return { starts, tones, streams, atOnce, atOnceInto, missing };
  } finally {
    all.close();
  }
}

async function checkAll(all: Contenders): Promise<ToneResult[]> {
  const tones: ToneResult[] = [];
  for (const rates of ALL_PAIRS) {
    for (const contender of [...all.ours, ...all.peers]) tones.push(await checkTone(contender, rates));
  }
  return tones;
}

function toneTable(all: Contenders, tones: readonly ToneResult[]): string {
  const contenders = [...all.ours, ...all.peers];
  const rows = [["", ...contenders.map(({ name }) => name)]];
  for (const pair of ALL_PAIRS.map(nameOf)) {
    const results = contenders.map(({ name }) =>
      tones.find((tone) => tone.pair === pair && tone.contender === name),
    );
    rows.push([pair, ...results.map((tone) => tone!.snrDb.toFixed(1))]);
  }
  const lengths = contenders.map(({ name }) => {
    const excess = tones.filter(({ contender }) => contender === name).map((tone) => tone.excessSamples);
    const [least, most] = [Math.min(...excess), Math.max(...excess)];
    return least === 0 && most === 0 ? "exact" : `${signed(least)} ... ${signed(most)}`;
  });
  rows.push(["length", ...lengths]);
  return alignColumns(rows, 1);
}

function print(
  all: Contenders,
  results: readonly SpeedResult[],
  asked: Readonly<Record<string, Expectations>>,
  isAskedOverNpm: boolean,
): void {
  const find = (contender: string, pair: string) =>
    results.find((result) => result.contender === contender && result.pair === pair);
  const names = [...all.ours, ...all.peers]
    .map(({ name }) => name)
    .filter((name) => results.some(({ contender }) => contender === name));
  const pairs = ALL_PAIRS.map(nameOf).filter((pair) => results.some((result) => result.pair === pair));
  const reference = all.peers[0]!.name;

  const speeds = pairs.map((pair) => [pair, ...names.map((name) => megasamples(find(name, pair)))]);
  console.log(
    `\nmillions of input samples a second (minima)\n${alignColumns([["", ...names], ...speeds], 1)}`,
  );

  const columns = names.filter((name) => name !== reference);
  const cells = pairs.map((pair) => [
    pair,
    ...columns.map((name) => {
      const wanted = askedOf(asked, name, pair);
      const peer = find(wanted?.ofPeer ?? reference, pair);
      const ratios = ratioOf(find(name, pair), peer);
      if (ratios === undefined) return "";
      // an expectation of another peer than the column's has its own table
      const own = wanted !== undefined && wanted.ofPeer === reference ? verdict(ratios, wanted) : "";
      return `${showRatios(ratioOf(find(name, pair), find(reference, pair))!)}${own}`;
    }),
  ]);
  console.log(
    `\nspeed as a multiple of ${reference}'s (minima / medians)\n${alignColumns([["", ...columns], ...cells], 1)}`,
  );
  printOthers(all, pairs, find, asked, reference);
  printOverNpm(all, pairs, find, isAskedOverNpm);
  if (Object.keys(asked).some((name) => columns.includes(name))) {
    console.log("++ what is aimed at, + what is asked, - less");
  }
}

/** Qualities that are held against another peer than the reference. */
function printOthers(
  all: Contenders,
  pairs: readonly string[],
  find: (contender: string, pair: string) => SpeedResult | undefined,
  asked: Readonly<Record<string, Expectations>>,
  reference: string,
): void {
  for (const { name } of all.ours) {
    const peer = asked[name]?.ofPeer;
    if (peer === undefined || peer === reference) continue;
    const rows = pairs.flatMap((pair) => {
      const ratios = ratioOf(find(name, pair), find(peer, pair));
      const wanted = askedOf(asked, name, pair);
      return ratios === undefined || wanted === undefined
        ? []
        : [[pair, `${showRatios(ratios)}${verdict(ratios, wanted)}`]];
    });
    if (rows.length > 0) {
      console.log(`\n${name} as a multiple of ${peer}'s speed\n${alignColumns(rows, 1)}`);
    }
  }
}

/** Ours as a multiple of whichever npm resampler is fastest on the pair. */
function printOverNpm(
  all: Contenders,
  pairs: readonly string[],
  find: (contender: string, pair: string) => SpeedResult | undefined,
  isAsked: boolean,
): void {
  const npm = all.peers.filter(({ kind }) => kind === "npm");
  const rows = [["", "fastest", ...all.ours.map(({ name }) => name)]];
  for (const pair of pairs) {
    const fastest = fastestOf(npm, pair, find);
    if (fastest === undefined) continue;
    const cells = all.ours.map(({ name }) => {
      const ratios = ratioOf(find(name, pair), fastest);
      if (ratios === undefined) return "";
      const mark = !isAsked || name === "best" ? "" : verdict(ratios, { reach: ASKED_OVER_NPM, aim: 50 });
      return `${Math.round(ratios[0])}${mark}`;
    });
    rows.push([pair, fastest.contender, ...cells]);
  }
  if (rows.length === 1) return;
  console.log(`\nspeed as a multiple of the fastest npm resampler's\n${alignColumns(rows, 2)}`);
}

function fastestOf(
  contenders: readonly Contender[],
  pair: string,
  find: (contender: string, pair: string) => SpeedResult | undefined,
): SpeedResult | undefined {
  return contenders
    .flatMap(({ name }) => find(name, pair) ?? [])
    .sort((a, b) => a.minNs - b.minNs)
    .at(0);
}

function ratioOf(ours: SpeedResult | undefined, peer: SpeedResult | undefined): Ratios | undefined {
  if (ours === undefined || peer === undefined) return undefined;
  return [peer.minNs / ours.minNs, peer.medianNs / ours.medianNs];
}

function showRatios([ofMinima, ofMedians]: Ratios): string {
  return `${ofMinima.toFixed(2)} / ${ofMedians.toFixed(2)}`;
}

function verdict([ofMinima]: Ratios, { reach, aim }: { reach: number; aim: number }): string {
  return ofMinima >= aim ? " ++" : ofMinima >= reach ? " + " : " - ";
}

function megasamples(result: SpeedResult | undefined): string {
  return result === undefined ? "" : ((result.inputSamples / result.minNs) * 1000).toFixed(1);
}

function signed(n: number): string {
  return n > 0 ? `+${n}` : String(n);
}
