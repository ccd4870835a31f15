/** The socket as a client needs it: Node's, the browser's, or a test's own stands behind it. */

/** Why a socket could not be opened, or broke. */
export interface SocketFailure {
  /** What the platform said. */
  message: string;
  /** The platform's code, such as `ECONNREFUSED`; an empty string where there is none (always in a browser). */
  code: string;
  /** The HTTP status, where the server answered the upgrade with something else. */
  status?: number;
  /** The beginning of that answer's body. */
  body?: string;
  /** The platform's error. */
  cause?: unknown;
  /** What a person is told where the socket does not open; default a sentence with `message` in it. */
  explanation?: Explanation;
}

/** A failure in a person's words. */
export interface Explanation {
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** What a socket reports. Nothing is called any more after `onClose`, nor before the factory has returned. */
export interface SocketListener {
  onOpen(): void;
  /** A text message: its text, or its UTF-8 bytes, valid during the call. */
  onText(message: string | Uint8Array): void;
  /** A binary message, valid during the call. */
  onBinary(message: Uint8Array): void;
  /** `onClose` follows. */
  onError(failure: SocketFailure): void;
  onClose(code: number, reason: string): void;
}

/** An open or opening WebSocket. No method throws. */
export interface ClientSocket {
  /** Bytes that were handed over and have not left the process. */
  readonly bufferedBytes: number;
  /**
   * Sends a message. Bytes are copied before this returns. Ignored when not open.
   * @param isBinary whether it is a binary message; else bytes are the UTF-8 of a text
   */
  send(message: string | Uint8Array, isBinary: boolean): void;
  /** Begins the closing handshake. */
  close(code: number, reason: string): void;
  /** Lets go at once, without a goodbye. */
  terminate(): void;
}

/**
 * Opens a socket, with a WebSocket subprotocol where one is given. May throw where the URL is of no use.
 * @param token shows who the client is: in the header `Authorization: Bearer …`, or where there are no headers as the
 *   subprotocol `voxwire.token.…`
 */
export type SocketFactory = (
  url: string,
  listener: SocketListener,
  subprotocol?: string,
  token?: string,
) => ClientSocket;
