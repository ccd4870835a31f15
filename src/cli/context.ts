/** What a command gets from the program that runs it. */
import type { Terminal } from "./terminal.ts";

/** One run of the program. */
export interface CliContext {
  readonly terminal: Terminal;
  /** What the process will exit with; 0 unless a command says otherwise. */
  exitCode: number;
}
