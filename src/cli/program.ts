/** The program `voxwire`: its commands, and what becomes of their errors. */
import { Command, CommanderError } from "commander";
import { benchCommand } from "./commands/bench.ts";
import { convertCommand } from "./commands/convert.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { serveCommand } from "./commands/serve.ts";
import { streamCommand } from "./commands/stream.ts";
import type { CliContext } from "./context.ts";
import { describeError } from "./describe-error.ts";
import { EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, exitCodeOf } from "./exit-codes.ts";
import { Interrupted } from "./interruption.ts";
import { packageVersion } from "./package-info.ts";
import type { Terminal } from "./terminal.ts";

const EXAMPLES = `
Examples:
  voxwire demo                                 server, client and echo on this machine, measured
  voxwire serve --handler ./my-handler.ts      serve a handler of yours
  voxwire stream speech.wav --url ws://localhost:8765 --out echo.wav
  voxwire convert talk.mp3 talk.wav --rate 16000
  voxwire bench network                        what codecs and frame lengths cost
  voxwire doctor                               what works here, and what to do about the rest

Exit codes: 0 done, 1 the job failed, 2 wrong usage, 130 interrupted. VOXWIRE_DEBUG=1 adds stack traces to errors.`;

/**
 * Runs one command line. Never throws.
 * @param args without node and script
 * @returns the exit code
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const context: CliContext = { terminal, exitCode: EXIT_OK };
  const program = createProgram(context);
  try {
    if (args.length === 0) {
      terminal.note(program.helpInformation() + EXAMPLES);
      return EXIT_USAGE;
    }
    await program.parseAsync(askedOf(args, program), { from: "user" });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, terminal);
    if (error instanceof Interrupted) return EXIT_INTERRUPTED;
    terminal.note(describeError(error, terminal.isDebug));
    return exitCodeOf(error);
  }
}

/** `help serv` is told what `serv` is told: the library would print the help of all. */
function askedOf(args: readonly string[], program: Command): readonly string[] {
  const [first, second] = args;
  const isKnown = second === undefined || program.commands.some((command) => command.name() === second);
  return first === "help" && !isKnown && second !== "help" ? args.slice(1) : args;
}

function createProgram(context: CliContext): Command {
  const { terminal } = context;
  const program = new Command("voxwire")
    .description("Real-time voice over WebSocket")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", EXAMPLES);
  for (const command of [
    demoCommand,
    serveCommand,
    streamCommand,
    convertCommand,
    benchCommand,
    doctorCommand,
  ]) {
    program.addCommand(command(context));
  }
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .helpOption("-h, --help", "print this")
      .configureOutput({
        writeOut: (text) => terminal.print(text.trimEnd()),
        writeErr: (text) => terminal.note(text.trimEnd()),
        // what is wrong is reported in one place, with the hint in the same line
        outputError: () => {},
        getOutHelpWidth: () => terminal.columns,
        getErrHelpWidth: () => terminal.columns,
      });
  }
  return program;
}

/** Commander throws for `--help` and `--version` too, with exit code 0. */
function reportUsage(error: CommanderError, terminal: Terminal): number {
  if (error.exitCode === 0 || error.code === "commander.help")
    return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  const text = error.message.replace(/^error: /, "");
  const [problem = "", suggestion = ""] = text.split("\n", 2);
  const hint =
    suggestion === "" ? '"--help" after a command lists what it takes.' : suggestion.replace(/^\(|\)$/g, "");
  terminal.note(`error: ${problem.replace(/\.$/, "")}. ${hint}`);
  return EXIT_USAGE;
}
