/** `voxwire stream`: a file to a server in real time, the answer into a file. */
import { Argument, Command, Option } from "commander";
import type { AudioSource } from "../../client/audio-source.ts";
import type { SessionInfo } from "../../client/client-events.ts";
import type { ConnectOptions } from "../../client/options.ts";
import { protocolOfUrl } from "../../client/server-url.ts";
import type { FileWarning } from "../../codec/wav/format.ts";
import { checkInteger, show } from "../../core/check.ts";
import { VoxwireError } from "../../core/errors.ts";
import { openAudioFile } from "../../files/open.ts";
import { unusableRate } from "../../files/unusable-rate.ts";
import type { Network } from "../../network/network.ts";
import { CLIENT_PROTOCOLS, type ClientProtocol } from "../../transport/protocol/client-protocols.ts";
import {
  isSampleEncoding,
  WIRE_ENCODINGS,
  type WireEncoding,
} from "../../transport/protocol/fastrtc-shapes.ts";
import { readInteger, readNumber, readOneOf, readRate } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { chooseFrame, describeChoice, type FrameChoice } from "../echo/choose-frame.ts";
import { echoFigures, printFigures, printRoundTrips } from "../echo/echo-report.ts";
import { noAudio } from "../echo/file-faults.ts";
import { limitSource } from "../echo/limit-source.ts";
import { type EchoRun, runEcho } from "../echo/run-echo.ts";
import { EXIT_FAILED, EXIT_INTERRUPTED } from "../exit-codes.ts";
import { seconds } from "../figures.ts";
import { checkInput, checkPlace, checkWavPath } from "../file-arguments.ts";
import { codecsFor } from "../installed-codecs.ts";
import { Interrupted, Interruption } from "../interruption.ts";
import {
  addNetworkOptions,
  describeNetwork,
  type NetworkFlags,
  networkFigures,
  networkOf,
} from "../network-options.ts";
import { shortPath } from "../package-info.ts";
import { startProgress } from "../progress.ts";
import { refuseSameFile } from "../same-file.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

interface StreamFlags extends NetworkFlags {
  url: string;
  out: string;
  inputRate?: number;
  outputRate?: number;
  id?: string;
  frameMs?: number | "auto";
  protocol?: ClientProtocol;
  encoding?: WireEncoding;
  normalize?: boolean | number;
  legacy?: boolean;
  seconds?: number;
  silence: number;
  jitter?: boolean;
  comfortNoise?: boolean;
  json?: boolean;
}

const DEFAULT_PEAK_DB = -3;

const EXAMPLES = `
Examples:
  voxwire stream speech.wav --url ws://localhost:8765 --out echo.wav
  voxwire stream speech.wav --url http://localhost:7860 --input-rate 24000 --output-rate 24000 --out answer.wav
                                             an original FastRTC server: it does not say its rates

Ends when, after the last frame, nothing has come back for --silence seconds, or when the server ends the session.
Ctrl-C ends it at once (exit code 130). The output can be played in any case.`;

/** The command, to be added to the program. */
export function streamCommand(context: CliContext): Command {
  const command = new Command("stream")
    .description("stream a file to a server, write down the answer")
    .addArgument(new Argument("<file>", "the audio file to send"))
    .option(
      "--url <url>",
      "of the server: ws, wss, http or https, with or without a route such as /websocket/offer (required)",
    )
    .option("--out <path>", "the WAV file to write the answer to (required)")
    .addOption(
      new Option(
        "--input-rate <hz>",
        "what the server takes (default: its own wish, FastRTC: 48000)",
      ).argParser(readRate("--input-rate")),
    )
    .addOption(
      new Option(
        "--output-rate <hz>",
        "what the server sends (default: its own wish, FastRTC: 24000)",
      ).argParser(readRate("--output-rate")),
    )
    .option("--id <id>", "of the session (default: random)")
    .addOption(
      new Option(
        "--frame-ms <ms|auto>",
        "duration of a frame; auto: by what a short session before measures",
      ).argParser(readFrameMs),
    )
    .addOption(
      new Option(
        "--protocol <name>",
        "binary, fastrtc, or twilio: as a telephone call (default: by the URL's path, else binary, else fastrtc)",
      ).argParser(readOneOf("--protocol", CLIENT_PROTOCOLS)),
    )
    .addOption(
      new Option("--encoding <name>", `one of ${WIRE_ENCODINGS.join(", ")} (default: mulaw)`).argParser(
        readOneOf("--encoding", WIRE_ENCODINGS),
      ),
    )
    .addOption(
      new Option(
        "--normalize [dB]",
        `bring the loudest sample to this level (${DEFAULT_PEAK_DB} where none is given)`,
      ).argParser(readNumber("--normalize", -120, 0, "dB")),
    )
    .option("--legacy", "speak as an original FastRTC client, without asking for a format")
    .addOption(
      new Option("--seconds <s>", "send no more than this").argParser(
        readNumber("--seconds", 0.01, 86_400, "seconds"),
      ),
    )
    .addOption(
      new Option("--silence <s>", "how long nothing may come back before it ends")
        .argParser(readNumber("--silence", 0.1, 3600, "seconds"))
        .default(2),
    )
    .option("--comfort-noise", "leave silence out of what is sent, where the server takes that (RFC 3389)")
    .option("--jitter", "write down what a listener hears: by a clock, through a jitter buffer");
  return addNetworkOptions(command, "a bad network for trying, in front of this client")
    .option("--json", "print the figures as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: Partial<StreamFlags>) =>
      runStream(file, await withRequired(file, flags), context),
    );
}

/** A file that is not there is said before an option that is missing: it is the likelier slip. */
async function withRequired(file: string, flags: Partial<StreamFlags>): Promise<StreamFlags> {
  await checkInput(file);
  const { url, out } = flags;
  if (url === undefined) {
    throw new UsageError("--url is missing.", "Say where the server is: --url ws://localhost:8765.");
  }
  if (out === undefined) {
    throw new UsageError("--out is missing.", "Say where the answer goes: --out echo.wav.");
  }
  checkWavPath(out, "--out");
  await checkPlace(out);
  return { ...(flags as StreamFlags), url, out };
}

async function runStream(file: string, flags: StreamFlags, context: CliContext): Promise<void> {
  const { terminal } = context;
  checkFlags(flags);
  await refuseSameFile(file, flags.out, "--out");
  const network = await networkOf(flags);
  const { source, durationMs, warnings } = await openSource(file, flags);
  const interruption = new Interruption();
  const choice = flags.frameMs === "auto" ? await chosenFrame(flags, network, interruption) : undefined;
  const progress = startProgress(terminal, "streaming");
  let run: EchoRun;
  try {
    run = await runEcho({
      url: flags.url,
      connect: {
        ...connectOptions(flags, choice?.frameMs),
        codecs: await codecsFor(flags.encoding),
        ...(network !== undefined && { network }),
        jitter: flags.jitter === true,
      },
      source,
      peakDb: flags.normalize === true ? DEFAULT_PEAK_DB : flags.normalize || undefined,
      out: flags.out,
      silenceMs: flags.silence * 1000,
      isEcho: false,
      signal: interruption.signal,
      onNote: (text) => terminal.note(text),
      onStarted: (session) => {
        if (session.isLegacy) noteLegacy(session, flags, terminal);
      },
      onFrame: (receivedMs) => {
        progress.update(
          durationMs === undefined ? 0 : receivedMs / durationMs,
          `${seconds(receivedMs)} received`,
        );
      },
    });
  } finally {
    progress.stop();
    interruption.dispose();
  }
  for (const { message } of warnings) terminal.note(`warning: ${message}`);
  report(run, file, flags, { network, choice }, context);
}

/** Measures and chooses. On an interruption it gives up. */
async function chosenFrame(
  flags: StreamFlags,
  network: Network | undefined,
  { signal }: Interruption,
): Promise<FrameChoice> {
  const codecs = await codecsFor(flags.encoding);
  const { id: _, ...options } = connectOptions(flags, undefined);
  try {
    return await chooseFrame(flags.url, {
      ...options,
      codecs,
      signal,
      ...(network !== undefined && { network }),
    });
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error;
  }
}

/** Frame lengths in ms, or the word. */
function readFrameMs(text: string): number | "auto" {
  return text === "auto" ? text : readInteger("--frame-ms", 5, 500, "ms, or auto")(text);
}

/** What the client would refuse in its own words, in those of the command line. */
function checkFlags(flags: StreamFlags): void {
  if (flags.legacy === true && flags.protocol === "binary") {
    throw new UsageError(
      "--legacy and --protocol binary exclude each other.",
      "An original FastRTC server speaks JSON: leave one of them out.",
    );
  }
  if (flags.protocol === "fastrtc" && flags.encoding !== undefined && !isSampleEncoding(flags.encoding)) {
    throw new UsageError(
      `--protocol fastrtc and --encoding ${flags.encoding} exclude each other.`,
      "Only the binary protocol has this codec: leave --protocol out.",
    );
  }
  if (flags.legacy === true && flags.encoding !== undefined && flags.encoding !== "mulaw") {
    throw new UsageError(
      `--legacy and --encoding ${flags.encoding} exclude each other.`,
      "An original FastRTC server knows mu-law only: leave one of them out.",
    );
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(flags.url)?.[1]?.toLowerCase();
  if (scheme !== undefined && !["ws", "wss", "http", "https"].includes(scheme)) {
    throw new UsageError(
      `--url is ${show(flags.url)}.`,
      "Write ws://host:port, for instance ws://localhost:8765.",
    );
  }
}

interface Sent {
  source: AudioSource;
  durationMs: number | undefined;
  /** What is wrong with the file: complete once it has been read. */
  warnings: readonly FileWarning[];
}

async function openSource(file: string, flags: StreamFlags): Promise<Sent> {
  const opened = await openAudioFile(file);
  const { durationSamples, sampleRate, warnings } = opened;
  const problem = durationSamples === 0 ? noAudio(file) : unusableRate(file, sampleRate);
  if (problem !== undefined) {
    await opened.close();
    throw problem;
  }
  const limitMs = flags.seconds === undefined ? Number.POSITIVE_INFINITY : flags.seconds * 1000;
  const fileMs =
    durationSamples === undefined ? Number.POSITIVE_INFINITY : (durationSamples * 1000) / sampleRate;
  const durationMs = Math.min(limitMs, fileMs);
  const known = Number.isFinite(durationMs) ? durationMs : undefined;
  // finding the peak reads the file twice, so the client has to open it itself
  if (flags.normalize !== undefined) {
    await opened.close();
    if (flags.seconds !== undefined) {
      throw new UsageError("--normalize and --seconds exclude each other.", "Leave one of them out.");
    }
    return { source: file, durationMs: known, warnings };
  }
  return {
    source: flags.seconds === undefined ? opened : limitSource(opened, flags.seconds),
    durationMs: known,
    warnings,
  };
}

function connectOptions(flags: StreamFlags, chosenMs: number | undefined): ConnectOptions {
  const { inputRate, outputRate, encoding, id, protocol } = flags;
  const frameMs = flags.frameMs === "auto" ? chosenMs : flags.frameMs;
  const direction = (sampleRate: number | undefined) => ({
    ...(sampleRate !== undefined && { sampleRate }),
    ...(frameMs !== undefined && { frameMs: checkInteger("--frame-ms", frameMs, 5, 500) }),
    ...(encoding !== undefined && { encoding }),
  });
  const input = {
    ...direction(inputRate),
    ...(flags.comfortNoise === true && { comfortNoise: true as const }),
  };
  return {
    format: flags.legacy === true ? "legacy" : { input, output: direction(outputRate) },
    legacy: {
      ...(inputRate !== undefined && { inputRate }),
      ...(outputRate !== undefined && { outputRate }),
      ...(frameMs !== undefined && { frameMs }),
    },
    ...(id !== undefined && { id }),
    ...(protocol !== undefined && { protocol }),
  };
}

function noteLegacy({ input, output }: SessionInfo, flags: StreamFlags, terminal: Terminal): void {
  if (flags.inputRate !== undefined && flags.outputRate !== undefined) return;
  // a telephone call has no other rate
  if ((flags.protocol ?? protocolOfUrl(flags.url)) === "twilio") return;
  terminal.note(
    `note: the server does not state its rates: taken to be ${input.sampleRate} Hz in, ${output.sampleRate} Hz out. ` +
      "--input-rate and --output-rate say otherwise.",
  );
}

function report(
  run: EchoRun,
  file: string,
  flags: StreamFlags,
  { network, choice }: { network: Network | undefined; choice: FrameChoice | undefined },
  context: CliContext,
): void {
  const { terminal } = context;
  const figures = echoFigures(run);
  const isInterrupted = run.end === "interrupted";
  if (isInterrupted) context.exitCode = EXIT_INTERRUPTED;
  else if (run.receivedSamples === 0) context.exitCode = EXIT_FAILED;
  const ok = context.exitCode === 0;
  const inNetwork = network === undefined ? {} : { network: networkFigures(network, flags) };
  if (flags.json === true)
    terminal.printJson({
      ok,
      file,
      out: flags.out,
      end: run.end,
      ...figures,
      ...inNetwork,
      ...(choice !== undefined && { frameChoice: { ...choice, way: choice.way ?? null } }),
    });
  else {
    const { input, output } = figures;
    const wire = `${input.encoding} at ${input.sampleRate} Hz out, ${output.encoding} at ${output.sampleRate} Hz back`;
    terminal.print(`${shortPath(file)} to ${flags.url} (${run.session.protocol}, ${wire})`);
    // an answer of another length than the question is no echo, and its positions say nothing
    const isEchoLike = Math.abs(figures.returnedMs - figures.sentMs) <= 2 * input.frameMs;
    printFigures(terminal, figures, isEchoLike);
    if (choice !== undefined) terminal.print(`  frame       ${describeChoice(choice)}`);
    if (network !== undefined) {
      for (const text of describeNetwork(network)) terminal.print(`  network     ${text}`);
    }
    terminal.print(`  ended       ${ENDS[run.end]}`);
    terminal.print(`  written     ${flags.out}`);
    if (isEchoLike) {
      terminal.print();
      printRoundTrips(terminal, run);
    }
  }
  if (!isInterrupted && run.receivedSamples === 0) throw nothingCame(run, flags);
}

const ENDS: Readonly<Record<EchoRun["end"], string>> = {
  enough: "all has come back",
  silence: "nothing more came",
  closed: "the server ended the session",
  interrupted: "interrupted",
};

function nothingCame({ end }: EchoRun, flags: StreamFlags): VoxwireError {
  if (end === "closed") {
    return new VoxwireError("ERR_SESSION_CLOSED", "The server ended the session without any audio.", {
      hint: "Its log may say why.",
    });
  }
  return new VoxwireError(
    "ERR_TIMEOUT",
    `No audio came back within ${flags.silence} s after the last frame.`,
    {
      hint: "Does its handler answer? A slow one needs a longer --silence.",
    },
  );
}
