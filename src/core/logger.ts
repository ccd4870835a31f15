/** Where the engine reports what a person should read. pino, console and their like fit. */

/** Takes a line and its facts. Never audio, never tokens. */
export interface Logger {
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
export function containedLogger(logger: Logger): Logger {
  const contain = (level: keyof Logger) => (message: string, facts?: object) => {
    try {
      logger[level](message, facts);
    } catch {
      console.error(message, "(The logger failed on the rest of this line.)");
    }
  };
  return { info: contain("info"), warn: contain("warn"), error: contain("error") };
}
