/** `voxwire demo`: a recording through client, wire, server and echo, and back, in real time; measured and judged. */
import { Command, Option } from "commander";
import { toMono } from "../../codec/channels.ts";
import { show } from "../../core/check.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../../core/rates.ts";
import { readAudioFile } from "../../files/read.ts";
import type { Network } from "../../network/network.ts";
import { EchoHandler } from "../../stream/echo-handler.ts";
import { serve } from "../../transport/serve.ts";
import { readInteger, readNumber, readRate } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import {
  describeVerdict,
  echoFigures,
  printFigures,
  printRoundTrips,
  printWaveforms,
  verdictFigures,
  waveformColumns,
} from "../echo/echo-report.ts";
import { noAudio } from "../echo/file-faults.ts";
import { type Judgement, judgeRun } from "../echo/judge-run.ts";
import { LoopedAudio } from "../echo/looped-audio.ts";
import { judgeNetworkCalls, type NetworkCalls, runNetworkCalls } from "../echo/network-demo.ts";
import { checkNetworkDemo, networkDemoFigures, printNetworkDemo } from "../echo/network-report.ts";
import { type EchoRun, runEcho } from "../echo/run-echo.ts";
import { EXIT_FAILED } from "../exit-codes.ts";
import { rounded, seconds } from "../figures.ts";
import { checkInput, checkPlace, checkWavPath } from "../file-arguments.ts";
import { Interrupted, Interruption } from "../interruption.ts";
import { addNetworkOptions, type NetworkFlags, networkOf } from "../network-options.ts";
import { SPEECH_FILE, shortPath } from "../package-info.ts";
import { startProgress } from "../progress.ts";
import { refuseSameFile } from "../same-file.ts";
import type { Terminal } from "../terminal.ts";
import { terminalLogger } from "../terminal-logger.ts";
import { UsageError } from "../usage-error.ts";

interface DemoFlags extends NetworkFlags {
  file: string;
  out: string;
  rate?: number;
  frameMs: number;
  seconds?: number;
  repeat?: number;
  json?: boolean;
}

const ENCODING = "mulaw";
const CODEC_NAME = "mu-law";
/** After the last frame has been sent, nothing for so long means that the rest is lost. */
const SILENCE_MS = 2000;

const EXAMPLES = `
Examples:
  voxwire demo                       the bundled recording, some ten seconds
  voxwire demo --seconds 600         ten minutes of it: does the round trip grow?
  voxwire demo --file my.wav --rate 8000
  voxwire demo --network wifi        what a bad network does, and what is made of it: two recordings and a plot

Exit code 0 only if every sample of the echo came back, and came back right.`;

/** The command, to be added to the program. */
export function demoCommand(context: CliContext): Command {
  const command = new Command("demo")
    .description("server, client and a recording on this machine, measured")
    .addOption(new Option("--file <path>", "the recording to send").default(SPEECH_FILE, "the bundled one"))
    .option("--out <path>", "where to write the echo", "echo.wav")
    .addOption(
      new Option("--rate <hz>", "of the wire (default: the recording's)").argParser(readRate("--rate")),
    )
    .addOption(
      new Option("--frame-ms <ms>", "duration of a frame")
        .argParser(readInteger("--frame-ms", 5, 500, "ms"))
        .default(20),
    )
    .addOption(
      new Option("--seconds <s>", "how long; the recording is repeated or cut short").argParser(
        readNumber("--seconds", 0.1, 86_400, "seconds"),
      ),
    )
    .addOption(
      new Option("--repeat <n>", "how often the recording is sent")
        .argParser(readInteger("--repeat", 1, 10_000))
        .conflicts("seconds"),
    );
  return addNetworkOptions(command, "over a bad network, heard twice: before and after the jitter buffer")
    .option("--json", "print the figures as JSON")
    .addHelpText("after", EXAMPLES)
    .action((flags: DemoFlags) => runDemo(flags, context));
}

async function runDemo(flags: DemoFlags, context: CliContext): Promise<void> {
  const { terminal } = context;
  await checkInput(flags.file);
  checkWavPath(flags.out, "--out");
  await checkPlace(flags.out);
  await refuseSameFile(flags.file, flags.out, "--out");
  const source = await loadSource(flags);
  const sampleRate = wireRate(flags, source);
  const durationMs = (source.totalSamples * 1000) / source.sampleRate;
  if ((await networkOf(flags)) !== undefined) checkNetworkDemo(sampleRate, durationMs);
  const interruption = new Interruption();
  const server = await serve({
    handler: EchoHandler,
    port: 0,
    inputRate: sampleRate,
    outputRate: sampleRate,
    frameMs: flags.frameMs,
    logger: terminalLogger(terminal),
  });
  if (flags.json !== true) {
    terminal.print(`${seconds(durationMs)} of ${shortPath(flags.file)} to an echo and back, in real time`);
    terminal.print(`(${CODEC_NAME}, ${sampleRate} Hz, frames of ${flags.frameMs} ms, ${server.url})`);
    terminal.print();
  }
  const progress = startProgress(terminal, "streaming");
  const format = { encoding: ENCODING, sampleRate, frameMs: flags.frameMs } as const;
  if (flags.network !== undefined) {
    const demo = {
      url: server.url,
      source,
      format,
      out: flags.out,
      networkName: flags.network,
      // the echo's way back is the bad one: what is lost on the way up nobody down here can know of
      openNetwork: async () => (await networkOf(flags, "down")) as Network,
      signal: interruption.signal,
      onProgress: (receivedMs: number) => progress.update(receivedMs / durationMs, seconds(receivedMs)),
    };
    let calls: NetworkCalls;
    try {
      calls = await runNetworkCalls(demo);
    } catch (error) {
      if (interruption.signal.aborted) throw new Interrupted();
      throw error;
    } finally {
      progress.stop();
      interruption.dispose();
      await server.close({ drainMs: 0 });
    }
    const judged = await judgeNetworkCalls(demo, calls);
    if (flags.json === true)
      terminal.printJson({ ok: true, file: flags.file, ...networkDemoFigures(judged, flags) });
    else printNetworkDemo(terminal, judged, sampleRate);
    return;
  }
  const notes: string[] = [];
  let run: EchoRun;
  try {
    run = await runEcho({
      url: server.url,
      connect: { format: { input: format, output: format } },
      source,
      out: flags.out,
      silenceMs: SILENCE_MS,
      isEcho: true,
      signal: interruption.signal,
      onNote: (text) => notes.push(text),
      onFrame: (receivedMs) => progress.update(receivedMs / durationMs, seconds(receivedMs)),
    });
  } finally {
    progress.stop();
    interruption.dispose();
    await server.close({ drainMs: 0 });
  }
  for (const note of notes) terminal.note(note);
  if (run.end === "interrupted") throw new Interrupted();
  const judgement = await judgeRun({ source, format, out: flags.out, columns: waveformColumns(terminal) });
  const { isIdentical } = judgement.verdict;
  if (!isIdentical) context.exitCode = EXIT_FAILED;
  if (flags.json === true) terminal.printJson(demoJson(flags, run, judgement));
  else print(terminal, flags, run, judgement);
}

async function loadSource({ file, seconds: wanted, repeat = 1 }: DemoFlags): Promise<LoopedAudio> {
  const { samples, sampleRate, channels } = await readAudioFile(file);
  const clip = toMono(samples, channels);
  if (clip.length === 0) throw noAudio(file);
  const total = wanted === undefined ? clip.length * repeat : Math.round(wanted * sampleRate);
  return new LoopedAudio(clip, sampleRate, total);
}

function wireRate({ file, rate }: DemoFlags, { sampleRate }: LoopedAudio): number {
  if (rate !== undefined) return rate;
  if (sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE) return sampleRate;
  throw new UsageError(
    `${show(file)} has ${sampleRate} Hz, which the wire does not take.`,
    "Write --rate 24000.",
  );
}

function demoJson(flags: DemoFlags, run: EchoRun, { verdict, codecSnrDb }: Judgement): object {
  return {
    ok: verdict.isIdentical,
    file: flags.file,
    out: flags.out,
    ...echoFigures(run),
    echo: verdictFigures(verdict),
    codecSnrDb: rounded(codecSnrDb),
  };
}

function print(terminal: Terminal, flags: DemoFlags, run: EchoRun, judgement: Judgement): void {
  const { verdict, codecSnrDb, input, echo } = judgement;
  printFigures(terminal, echoFigures(run), true);
  terminal.print(`  echo        ${describeVerdict(verdict, CODEC_NAME)}`);
  terminal.print(`  codec       ${CODEC_NAME} itself: ${codecSnrDb.toFixed(1)} dB signal to noise`);
  terminal.print(`  written     ${flags.out}`);
  terminal.print();
  printWaveforms(terminal, input.peaks, echo.peaks);
  terminal.print();
  printRoundTrips(terminal, run);
  terminal.print();
  terminal.print(verdict.isIdentical ? "The echo is complete and right." : "The echo is NOT right.");
}
