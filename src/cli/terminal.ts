/** Where a command writes, and what the terminal there can show. */

/** The environment and streams of a process, as far as they matter here. */
export interface TerminalSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** The part of a stream that is used. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Narrower plots say nothing. */
const MIN_COLUMNS = 40;
/** Wider ones are no easier to read. */
const MAX_COLUMNS = 160;
const DEFAULT_COLUMNS = 80;

/**
 * A command's output: results on stdout, progress and errors on stderr, so that `voxwire … --json | jq` and `> file` get
 * results only. No colours are used, so there are none for NO_COLOR to switch off.
 */
export class Terminal {
  /** Characters in a line: the terminal's own width within 40 to 160, 80 where there is none. */
  readonly columns: number;
  /** Whether block characters are shown; ASCII otherwise. */
  readonly isUnicode: boolean;
  /** Whether a line may be written over: a person watches, on a terminal that knows escape sequences. */
  readonly isInteractive: boolean;
  /** Whether errors come with their stack traces. */
  readonly isDebug: boolean;
  readonly #source: TerminalSource;

  constructor(source: TerminalSource) {
    this.#source = source;
    const { env, stdout, stderr } = source;
    const width = stdout.columns || stderr.columns || Number(env.COLUMNS) || DEFAULT_COLUMNS;
    this.columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, Math.floor(width)));
    this.isUnicode = showsUnicode(source);
    this.isInteractive = stderr.isTTY === true && env.TERM !== "dumb" && !env.CI;
    this.isDebug = env.VOXWIRE_DEBUG === "1";
  }

  /** A line, or several, on stdout. */
  print(text = ""): void {
    this.#source.stdout.write(`${text}\n`);
  }

  /** A value as JSON on stdout, for programs. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** A line on stderr: what is not a result. */
  note(text: string): void {
    this.#source.stderr.write(`${text}\n`);
  }

  /** Raw text on stderr. */
  write(text: string): void {
    this.#source.stderr.write(text);
  }
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return new Terminal(process);
}

/** By the rules of POSIX the first of these that is set decides; where none is, terminals of today are taken for UTF-8. */
function showsUnicode({ env, platform }: TerminalSource): boolean {
  const term = env.TERM;
  if (term === "dumb" || term === "linux") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale !== undefined) return /utf-?8/i.test(locale);
  if (platform === "win32") return Boolean(env.WT_SESSION || env.TERM_PROGRAM || term);
  return true;
}
