/** `bench convert`: a stereo file from 44.1 to 16 kHz by our command and by others, each on one core, in turns. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWavFile, openAudioFile } from "../src/files.ts";
import { loadDspSync } from "../src/index.ts";
import { findQualities } from "./resample/ours.ts";
import { alignColumns } from "./table.ts";

const RATES = { inputRate: 44_100, outputRate: 16_000 } as const;
const CHANNELS = 2;
const MOST_ROUNDS = 3;
const CLI = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

interface Converter {
  readonly name: string;
  readonly program: string;
  readonly words: (input: string, output: string) => string[];
  readonly install: string;
}

/** The start of the program included. */
export interface ConversionResult {
  readonly converter: string;
  /** By the clock. */
  readonly minSeconds: number;
  readonly medianSeconds: number;
  /** The processor's, in the program and in the system for it; NaN where there is no bash to tell. */
  readonly minCpuSeconds: number;
}

interface RunTime {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const PEERS: readonly Converter[] = [
  {
    name: "sox rate -h",
    program: "sox",
    // -D: no dither, which none of the others adds
    words: (input, output) => ["-V1", "-D", input, output, "rate", "-h", String(RATES.outputRate)],
    install: "sudo apt install sox",
  },
  ffmpeg("ffmpeg soxr", "aresample=16000:resampler=soxr"),
  ffmpeg("ffmpeg", "aresample=16000"),
];

export async function reportConversion(minutes: number, rounds: number): Promise<ConversionResult[]> {
  const pinned = pinning();
  const converters = [...ourConverters(), ...PEERS.filter(isHere)];
  for (const { name, install } of PEERS.filter((peer) => !isHere(peer))) {
    console.log(`not here: ${name}; to have it: ${install}`);
  }
  const folder = mkdtempSync(join(tmpdir(), "voxwire-bench-"));
  const times = new Map(converters.map(({ name }) => [name, [] as RunTime[]]));
  try {
    const input = join(folder, "in.wav");
    const samples = await writeInput(input, minutes);
    const expected = Math.ceil((samples * RATES.outputRate) / RATES.inputRate);
    for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round++) {
      for (const [i, converter] of converters.entries()) {
        const output = join(folder, `out-${i}.wav`);
        times.get(converter.name)!.push(run(pinned, converter, input, output));
        await checkLength(converter.name, output, expected);
        rmSync(output);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const results = [...times].map(([converter, runs]) => {
    const sorted = runs.map(({ seconds }) => seconds).sort((a, b) => a - b);
    const minCpuSeconds = Math.min(...runs.map(({ cpuSeconds }) => cpuSeconds));
    return { converter, minSeconds: sorted[0]!, medianSeconds: sorted[sorted.length >> 1]!, minCpuSeconds };
  });
  const where = pinned.length > 0 ? "each on one core" : "not held to one core: taskset is not here";
  console.log(`\n${minutes} min of stereo, 16 bit, 44.1 to 16 kHz, from file to file, ${where}`);
  console.log(table(results, minutes));
  return results;
}

/** Holds a program to the last core, where the system has a command for it. */
function pinning(): string[] {
  const core = String(availableParallelism() - 1);
  return spawnSync("taskset", ["-c", core, "true"]).status === 0 ? ["taskset", "-c", core] : [];
}

function ourConverters(): Converter[] {
  return findQualities(loadDspSync()).map((quality) => ({
    name: `voxwire ${quality}`,
    program: process.execPath,
    words: (input, output) => [
      ...[CLI, "convert", input, output],
      ...["--rate", String(RATES.outputRate), "--quality", quality],
    ],
    install: "npm run build",
  }));
}

function ffmpeg(name: string, filter: string): Converter {
  return {
    name,
    program: "ffmpeg",
    words: (input, output) => [
      "-nostdin",
      "-v",
      "error",
      "-y",
      "-threads",
      "1",
      "-i",
      input,
      "-af",
      filter,
      output,
    ],
    install: "sudo apt install ffmpeg",
  };
}

function isHere({ program }: Converter): boolean {
  return spawnSync(program, ["-version"]).error === undefined;
}

/** Tones with a little noise, a second of them over and over; returns samples per channel. */
async function writeInput(path: string, minutes: number): Promise<number> {
  const { inputRate } = RATES;
  const file = await createWavFile(path, { sampleRate: inputRate, channels: CHANNELS, encoding: "pcm16" });
  let state = 1;
  const second = Float32Array.from({ length: inputRate * CHANNELS }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return 0.4 * Math.sin(((i >> 1) * Math.PI * (i % 2 === 0 ? 440 : 3000)) / inputRate) + state / 2 ** 36;
  });
  for (let i = 0; i < minutes * 60; i++) await file.write(second);
  await file.close();
  return minutes * 60 * inputRate;
}

/** Through bash, which counts the processor's time of what it runs; Node does not. */
function run(
  pinned: readonly string[],
  { program, words, name }: Converter,
  input: string,
  output: string,
): RunTime {
  const timed = hasBash() ? ["bash", "-c", 'TIMEFORMAT="%U %S"; time "$@"', "bash"] : [];
  const [command, ...rest] = [...timed, ...pinned, program, ...words(input, output)];
  const start = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(command!, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ${error?.message ?? stderr}`);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const [user, system] = stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  return { seconds, cpuSeconds: hasBash() ? user! + system! : Number.NaN };
}

let bash: boolean | undefined;

function hasBash(): boolean {
  bash ??= spawnSync("bash", ["-c", "true"]).status === 0;
  return bash;
}

async function checkLength(name: string, path: string, expected: number): Promise<void> {
  const source = await openAudioFile(path);
  let samples = 0;
  for await (const piece of source) samples += piece.samples.length / source.channels;
  await source.close();
  const isOurs = name.startsWith("voxwire");
  if (source.sampleRate !== RATES.outputRate || Math.abs(samples - expected) > (isOurs ? 0 : 64)) {
    throw new Error(`${name}: ${samples} samples at ${source.sampleRate} Hz; expected ${expected}.`);
  }
}

function table(results: readonly ConversionResult[], minutes: number): string {
  const ours = results[0]!;
  const rows = results.map(({ converter, minSeconds, medianSeconds, minCpuSeconds }) => [
    converter,
    minSeconds.toFixed(2),
    medianSeconds.toFixed(2),
    Math.round((minutes * 60) / minSeconds).toLocaleString("en-US"),
    (minSeconds / ours.minSeconds).toFixed(2),
    minCpuSeconds.toFixed(2),
    (minCpuSeconds / ours.minCpuSeconds).toFixed(2),
  ]);
  const beside = `x ${ours.converter}`;
  return alignColumns([["", "min s", "median s", "x real time", beside, "cpu s", beside], ...rows], 1);
}
