/** What the server tells its playground: read by the page, written by the server. */

/** A handler that can be talked to. */
export interface PlaygroundHandler {
  /** Below the address that the page has: `""`, or `"/echo"`. */
  readonly path: string;
  /** What its author calls it. */
  readonly name: string;
}

/** The answer to `playground/info.json`. */
export interface PlaygroundInfo {
  readonly handlers: readonly PlaygroundHandler[];
  /** Codecs by their names in `format`. */
  readonly encodings: readonly string[];
  /** Hz of the wire where nothing else is asked for. */
  readonly sampleRate: number;
  /** Duration of the wire's frames where nothing else is asked for. */
  readonly frameMs: number;
  /** Whether the server has an `auth` hook: a token may be wanted. */
  readonly hasAuth: boolean;
}
