#!/usr/bin/env node
/** The executable `voxwire`. */
import { EXIT_FAILED } from "./exit-codes.ts";
import { runCli } from "./program.ts";
import { processTerminal } from "./terminal.ts";

/** How long what a handler left open may keep the process after the command is done. */
const GRACE_MS = 500;

// `voxwire … | head` closes the pipe before the end: no error, only nobody left to read.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`error: The output could not be written: ${error.message}. Write elsewhere.\n`);
  process.exit(EXIT_FAILED);
});
// `voxwire serve 2>&1 | head`: a server goes on where nobody reads its log any more.
process.stderr.on("error", () => {});

process.exitCode = await runCli(process.argv.slice(2), processTerminal());
// Not at once, so that pipes take what has been written; and only if something still holds the process.
setTimeout(() => process.exit(), GRACE_MS).unref();
