/** `voxwire doctor`: what works here, and what to do about the rest. */
import { Command } from "commander";
import type { CliContext } from "../context.ts";
import type { Check, CheckResult, CheckStatus } from "../doctor/check.ts";
import { checkLoopback, checkPort } from "../doctor/network-checks.ts";
import { checkAudioDecode, checkOpus, checkSpeechFile, checkTypeScript } from "../doctor/package-checks.ts";
import {
  checkMemory,
  checkNode,
  checkSharedMemory,
  checkSimd,
  checkTimers,
} from "../doctor/platform-checks.ts";
import { EXIT_FAILED } from "../exit-codes.ts";
import { packageVersion } from "../package-info.ts";
import type { Terminal } from "../terminal.ts";

const CHECKS: readonly Check[] = [
  () => checkNode(),
  checkSimd,
  checkSharedMemory,
  checkTimers,
  checkMemory,
  checkLoopback,
  () => checkPort(),
  checkSpeechFile,
  checkAudioDecode,
  checkOpus,
  checkTypeScript,
];

const EXAMPLES = `
Each line is ok, warn (something that not everybody needs) or fail (voxwire cannot work like this), with what to do.
Exit code 1 only where one fails.`;

/** The command, to be added to the program. */
export function doctorCommand(context: CliContext): Command {
  return new Command("doctor")
    .description("check what works here, and say what to do about the rest")
    .option("--json", "print the results as JSON")
    .addHelpText("after", EXAMPLES)
    .action((flags: { json?: boolean }) => runDoctor(flags.json === true, context));
}

async function runDoctor(isJson: boolean, context: CliContext): Promise<void> {
  const { terminal } = context;
  const results: CheckResult[] = [];
  // one after the other: timers are not to be judged while something else runs
  for (const check of CHECKS) {
    const result = await check();
    results.push(result);
    if (!isJson) printResult(terminal, result);
  }
  const count = (status: CheckStatus) => results.filter((result) => result.status === status).length;
  const summary = { ok: count("ok"), warn: count("warn"), fail: count("fail") };
  if (summary.fail > 0) context.exitCode = EXIT_FAILED;
  if (isJson) {
    terminal.printJson({ ok: summary.fail === 0, version: packageVersion(), summary, checks: results });
  } else {
    terminal.print();
    terminal.print(
      summary.fail > 0
        ? `${summary.fail} of ${results.length} checks failed.`
        : `voxwire ${packageVersion()} works here${summary.warn > 0 ? `; ${summary.warn} to look at` : ""}.`,
    );
  }
}

function printResult(terminal: Terminal, { name, status, message, fix }: CheckResult): void {
  terminal.print(`${status.padEnd(5)}${name.padEnd(18)}${message}`);
  if (fix !== "") terminal.print(`${" ".repeat(23)}-> ${fix}`);
}
