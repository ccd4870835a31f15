/** sox and ffmpeg by command: whole files of raw float32, the start of the program included in their times. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBytes, runFilter, toBytes } from "./bytes.ts";
import { type Contender, type MissingPeer, type Rates, timeOnce, tone } from "./contender.ts";

interface Command {
  readonly name: string;
  readonly program: string;
  /** Shows what this build can do, and a word that must be in it. */
  readonly probe: readonly [words: readonly string[], wanted: RegExp];
  readonly install: string;
  readonly words: (rates: Rates, input: string, output: string) => string[];
}

const COMMANDS: readonly Command[] = [
  {
    name: "sox",
    program: "sox",
    probe: [["--version"], /SoX/i],
    install: "sudo apt install sox",
    words: ({ inputRate, outputRate }, input, output) => [
      ...["-V1", "-t", "f32", "-r", String(inputRate), "-c", "1", input],
      ...["-t", "f32", output, "rate", "-h", String(outputRate)],
    ],
  },
  ffmpeg("ffmpeg", /./, (rate) => `aresample=${rate}`),
  ffmpeg("ffmpeg soxr", /--enable-libsoxr/, (rate) => `aresample=${rate}:resampler=soxr`),
];

/** Those that this machine has, and those that it does not have. */
export function findCommands(): { contenders: Contender[]; missing: MissingPeer[] } {
  const contenders: Contender[] = [];
  const missing: MissingPeer[] = [];
  for (const command of COMMANDS) {
    const [words, wanted] = command.probe;
    const { error, stdout } = spawnSync(command.program, words, { encoding: "utf8" });
    if (error !== undefined || !wanted.test(stdout)) missing.push(command);
    else contenders.push(createCommand(command));
  }
  return { contenders, missing: missing.map(({ name, install }) => ({ name, install })) };
}

function ffmpeg(name: string, wanted: RegExp, filter: (rate: number) => string): Command {
  return {
    name,
    program: "ffmpeg",
    probe: [["-version"], wanted],
    install: "sudo apt install ffmpeg",
    words: ({ inputRate, outputRate }, input, output) => [
      ...["-nostdin", "-v", "error", "-y", "-threads", "1"],
      ...["-f", "f32le", "-ar", String(inputRate), "-ac", "1", "-i", input],
      ...["-af", filter(outputRate), "-f", "f32le", output],
    ],
  };
}

function createCommand({ name, program, words }: Command): Contender {
  return {
    name,
    kind: "command",
    keepsTime: true,
    convert: async (samples, rates) => {
      const { stdout } = await runFilter(program, words(rates, "-", "-"), toBytes(samples));
      return { samples: fromBytes(stdout), log: [] };
    },
    timeWhole: async (rates, samples) => {
      const folder = mkdtempSync(join(tmpdir(), "voxwire-bench-"));
      const input = join(folder, "in.f32");
      writeFileSync(input, toBytes(tone(samples, rates.inputRate)));
      const run = () => {
        const { status, stderr, error } = spawnSync(program, words(rates, input, join(folder, "out.f32")));
        if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr.toString()}`);
      };
      return {
        sample: () => timeOnce(run),
        dispose: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}
