/**
 * Every error Voxwire throws or reports: what was seen, what was expected, what to do about it.
 *
 * Bad configuration throws at construction. Bad media on a live stream never throws: it is an event and a counter.
 */

/** Stable, documented error codes. New ones are added, none is renamed. */
export type ErrorCode =
  | "ERR_ARENA_FULL"
  | "ERR_AUDIO_BLOCKED"
  | "ERR_AUTH"
  | "ERR_BASE64"
  | "ERR_BROWSER"
  | "ERR_BUSY"
  | "ERR_CLOSING"
  | "ERR_CODEC_BUSY"
  | "ERR_CODEC_UNKNOWN"
  | "ERR_CONFIG"
  | "ERR_CONNECT"
  | "ERR_DEPENDENCY_MISSING"
  | "ERR_DISPOSED"
  | "ERR_DRIFT_UNSUPPORTED"
  | "ERR_FILE"
  | "ERR_FILE_FORMAT"
  | "ERR_FORMAT_UNSUPPORTED"
  | "ERR_FRAME_LENGTH"
  | "ERR_FRAME_TOO_LONG"
  | "ERR_HANDLER"
  | "ERR_HANDLER_FLOOD"
  | "ERR_HANDLER_TIMEOUT"
  | "ERR_HOST"
  | "ERR_IDLE"
  | "ERR_ID_IN_USE"
  | "ERR_ID_INVALID"
  | "ERR_JSON"
  | "ERR_LIMIT_SESSIONS"
  | "ERR_MESSAGE"
  | "ERR_MICROPHONE_BUSY"
  | "ERR_MICROPHONE_DENIED"
  | "ERR_MICROPHONE_LOST"
  | "ERR_MICROPHONE_MISSING"
  | "ERR_NOT_FOUND"
  | "ERR_NOT_STARTED"
  | "ERR_NO_SESSION"
  | "ERR_ORIGIN"
  | "ERR_OUTPUT_TOO_SMALL"
  | "ERR_PORT"
  | "ERR_RATE"
  | "ERR_RESUME"
  | "ERR_SESSION_CLOSED"
  | "ERR_SIGNATURE"
  | "ERR_SLOW_READER"
  | "ERR_SPEAKER_LOST"
  | "ERR_START_TIMEOUT"
  | "ERR_START_TWICE"
  | "ERR_TIME_LIMIT"
  | "ERR_TIMEOUT"
  | "ERR_TOO_BIG"
  | "ERR_TOO_FAST"
  | "ERR_TOO_MANY_ERRORS"
  | "ERR_UNKNOWN_CONVENTION"
  | "ERR_WASM_UNAVAILABLE"
  | "ERR_WORKER";

/** What an error carries beside its message. */
export interface ErrorDetails {
  /** One sentence: what the reader can do about it. */
  hint?: string;
  /** The error underneath, where there is one. */
  cause?: unknown;
}

/** Base of all errors of this package. `code` is stable, `hint` says what to do. */
export class VoxwireError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint ?? "";
  }

  /** The message with its hint, for a person. */
  describe(): string {
    return this.hint === "" ? this.message : `${this.message} ${this.hint}`;
  }
}

/** Wrong options or arguments. */
export class ConfigError extends VoxwireError {}

/** Media that cannot be encoded or decoded. */
export class CodecError extends VoxwireError {}

/** WebAssembly that cannot be loaded, or its memory is full. */
export class WasmError extends VoxwireError {}

/** What a peer did wrong on the wire; `closeCode` is the WebSocket close code that goes with it. */
export class ProtocolError extends VoxwireError {
  readonly closeCode: number;

  constructor(code: ErrorCode, closeCode: number, message: string, details: ErrorDetails = {}) {
    super(code, message, details);
    this.closeCode = closeCode;
  }
}

/**
 * What was thrown, where it is an error of this package. For what user code throws: that may be anything, such as a
 * revoked proxy, for which `instanceof` itself throws.
 */
export function asVoxwireError(thrown: unknown): VoxwireError | undefined {
  try {
    return thrown instanceof VoxwireError ? thrown : undefined;
  } catch {
    return undefined;
  }
}
