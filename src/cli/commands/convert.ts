/** `voxwire convert`: any audio file that is read, to WAV. */
import { Argument, Command, Option } from "commander";
import { WAV_WRITE_ENCODINGS, type WavWriteEncoding } from "../../codec/wav/sample-encoder.ts";
import type { ResamplerQuality } from "../../dsp/resampler/resampler.ts";
import { type ConvertOptions, type ConvertResult, convertFile } from "../../files/convert.ts";
import { readInteger, readOneOf, readRate } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { seconds } from "../figures.ts";
import { checkInput, checkWavPath } from "../file-arguments.ts";
import { Interruption } from "../interruption.ts";
import { startProgress } from "../progress.ts";

interface ConvertFlags {
  rate?: number;
  encoding?: WavWriteEncoding;
  quality?: ResamplerQuality;
  channels?: number;
  json?: boolean;
}

const QUALITIES: readonly ResamplerQuality[] = ["high", "best", "voice"];

const EXAMPLES = `
Examples:
  voxwire convert talk.mp3 talk.wav                            decoded, nothing else changed
  voxwire convert talk.wav phone.wav --rate 8000 --encoding mulaw --channels 1

Reads WAV, and FLAC, MP3, AAC, Ogg and M4A where the package audio-decode is installed; writes WAV, over a file that is
there already. Input and output must be different files. A conversion that fails or is interrupted leaves no output.`;

/** The command, to be added to the program. */
export function convertCommand(context: CliContext): Command {
  return new Command("convert")
    .description("convert an audio file to WAV, in constant memory")
    .addArgument(new Argument("<in>", "the file to read"))
    .addArgument(new Argument("<out>", "the WAV file to write"))
    .addOption(new Option("--rate <hz>", "sample rate (default: the input's)").argParser(readRate("--rate")))
    .addOption(
      new Option("--encoding <name>", `one of ${WAV_WRITE_ENCODINGS.join(", ")} (default: pcm16)`).argParser(
        readOneOf("--encoding", WAV_WRITE_ENCODINGS),
      ),
    )
    .addOption(
      new Option(
        "--quality <name>",
        "of the resampler: high (the default), best for archives, or voice, which is for live streams",
      ).argParser(readOneOf("--quality", QUALITIES)),
    )
    .addOption(
      new Option("--channels <n>", "1 mixes down, more repeat a mono input (default: the input's)").argParser(
        readInteger("--channels", 1, 64),
      ),
    )
    .option("--json", "print the summary as JSON")
    .addHelpText("after", EXAMPLES)
    .action((input: string, output: string, flags: ConvertFlags) =>
      runConvert(input, output, flags, context),
    );
}

async function runConvert(
  input: string,
  output: string,
  flags: ConvertFlags,
  { terminal }: CliContext,
): Promise<void> {
  await checkInput(input);
  checkWavPath(output);
  const interruption = new Interruption();
  const progress = startProgress(terminal, "converting");
  const options: ConvertOptions = {
    signal: interruption.signal,
    onProgress: (fraction) => progress.update(fraction),
    ...(flags.rate !== undefined && { sampleRate: flags.rate }),
    ...(flags.encoding !== undefined && { encoding: flags.encoding }),
    ...(flags.quality !== undefined && { quality: flags.quality }),
    ...(flags.channels !== undefined && { channels: flags.channels }),
  };
  let result: ConvertResult;
  try {
    result = await convertFile(input, output, options);
  } finally {
    progress.stop();
    interruption.dispose();
  }
  for (const { message } of result.warnings) terminal.note(`warning: ${message}`);
  if (flags.json === true) terminal.printJson({ ok: true, out: output, ...result });
  else {
    const { sampleRate, channels, encoding, outputSamples } = result;
    const shape = `${encoding}, ${sampleRate} Hz, ${channels} channel${channels === 1 ? "" : "s"}`;
    terminal.print(
      `${output}: ${shape}, ${seconds((outputSamples * 1000) / sampleRate)} (from ${result.input})`,
    );
  }
}
