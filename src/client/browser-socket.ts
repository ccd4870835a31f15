/** The browser's socket: the platform's own WebSocket. */
import type { ClientSocket, SocketFactory, SocketListener } from "./client-socket.ts";

/** The part of the standard's WebSocket that is used; the platform's has it, and so have its stand-ins. */
export interface PlatformSocket {
  readonly bufferedAmount: number;
  readonly readyState: number;
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: (() => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** How one is made. */
export type PlatformSocketClass = new (url: string, subprotocols?: string | string[]) => PlatformSocket;

const OPEN = 1;
const VIOLATION = "securitypolicyviolation";
/** Pages can set no header, and a query ends up in the logs of proxies. */
const TOKEN_PREFIX = "voxwire.token.";
const NO_BYTES = new Uint8Array(0);

/**
 * Sockets for pages and workers.
 * @param Socket the class to use; default the platform's
 */
export function createBrowserSocketFactory(Socket?: PlatformSocketClass): SocketFactory {
  return (url, listener, subprotocol, token) => {
    const PlatformClass = Socket ?? (globalThis.WebSocket as unknown as PlatformSocketClass);
    const socket =
      token === undefined
        ? new PlatformClass(url, ...(subprotocol === undefined ? [] : [subprotocol]))
        : new PlatformClass(url, [...(subprotocol === undefined ? [] : [subprotocol]), TOKEN_PREFIX + token]);
    return new BrowserSocket(url, socket, listener);
  };
}

class BrowserSocket implements ClientSocket {
  readonly #socket: PlatformSocket;
  readonly #decoder = new TextDecoder();
  readonly #onViolation: (event: SecurityPolicyViolationEvent) => void;

  constructor(url: string, socket: PlatformSocket, listener: SocketListener) {
    this.#socket = socket;
    const { href, origin } = new URL(url);
    this.#onViolation = ({ blockedURI, disposition, effectiveDirective }) => {
      const isOurs = effectiveDirective === "connect-src" && href.startsWith(blockedURI);
      if (!isOurs || disposition !== "enforce") return;
      // Chromium closes a socket without a word then
      this.terminate();
      const explanation = {
        message: `The page's Content-Security-Policy forbids a connection to ${origin}.`,
        hint: `Add ${origin} to its connect-src; to that of workerUrl's file too, where there is one.`,
      };
      listener.onError({ message: explanation.message, code: "CSP", explanation });
      listener.onClose(1006, "");
    };
    globalThis.addEventListener?.(VIOLATION, this.#onViolation);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#forget();
      listener.onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") listener.onText(data);
      else listener.onBinary(data instanceof ArrayBuffer ? new Uint8Array(data) : NO_BYTES);
    };
    // A page is not told why: browsers hide the reason so that pages cannot probe networks.
    socket.onerror = () =>
      listener.onError({ message: "the browser gives no reason; its console may", code: "" });
    socket.onclose = ({ code, reason }) => {
      this.#forget();
      listener.onClose(code, reason);
    };
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array, isBinary: boolean): void {
    if (this.#socket.readyState !== OPEN) return;
    if (typeof message === "string") this.#socket.send(message);
    // no memory of the audio core is shared between threads, which is what the platform refuses
    else this.#socket.send(isBinary ? (message as Uint8Array<ArrayBuffer>) : this.#decoder.decode(message));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    const socket = this.#socket;
    this.#forget();
    socket.onopen = null;
    socket.onmessage = null;
    socket.onerror = null;
    socket.onclose = null;
    socket.close();
  }

  /** A violation is told before anything else, or never. */
  #forget(): void {
    globalThis.removeEventListener?.(VIOLATION, this.#onViolation);
  }
}
