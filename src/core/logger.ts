/** Where the engine reports what a person should read. pino, console and their like fit. */

/**
 * Takes a line and its facts: the session's id, an error, counts. Never audio, never a token, never parameters.
 *
 * A logger with a method `bindings`, as pino's have, is given the facts first, as pino wants it, and an error as `err`.
 */
export interface Logger {
  /** What matters to nobody but who looks for a fault: refusals, one by one. */
  debug?(message: string, facts?: object): void;
  /** Sessions that begin and end. */
  info(message: string, facts?: object): void;
  warn(message: string, facts?: object): void;
  error(message: string, facts?: object): void;
}

/** Says nothing. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };

/** Writes warnings and errors to the console. */
export const consoleLogger: Logger = {
  info: () => {},
  warn: (message, facts) => console.warn(message, facts ?? ""),
  error: (message, facts) => console.error(message, facts ?? ""),
};

/**
 * The same logger, which never throws: what user code throws reaches a logger as it is, and some of it cannot be printed
 * (an error whose `stack` throws, a revoked proxy). The line then goes to the console without its facts.
 */
export function containedLogger(logger: Logger): Required<Logger> {
  const takesFactsFirst = "bindings" in logger && typeof logger.bindings === "function";
  const contain = (level: keyof Logger) => (message: string, facts?: object) => {
    try {
      const line = logger[level];
      if (line === undefined) return;
      const written: unknown = Reflect.apply(
        line,
        logger,
        takesFactsFirst ? [factsOf(facts), message] : [message, facts],
      );
      // an async one: nobody else would look at its promise, and Node ends the process for one that is rejected
      if (written instanceof Promise) written.catch(() => failed(message));
    } catch {
      failed(message);
    }
  };
  return {
    debug: contain("debug"),
    info: contain("info"),
    warn: contain("warn"),
    error: contain("error"),
  };
}

function failed(message: string): void {
  console.error(message, "(The logger failed on the rest of this line.)");
}

/** pino prints an error with its stack under this name alone. */
function factsOf(facts: object | undefined): object {
  if (facts === undefined || !("error" in facts)) return facts ?? {};
  const { error, ...others } = facts;
  return { ...others, err: error };
}
