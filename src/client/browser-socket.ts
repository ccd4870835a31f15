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
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

const OPEN = 1;

/**
 * Sockets for pages and workers.
 * @param Socket the class to use; default the platform's
 */
export function createBrowserSocketFactory(Socket?: new (url: string) => PlatformSocket): SocketFactory {
  return (url, listener) => {
    const PlatformClass = Socket ?? (globalThis.WebSocket as unknown as new (url: string) => PlatformSocket);
    return new BrowserSocket(new PlatformClass(url), listener);
  };
}

class BrowserSocket implements ClientSocket {
  readonly #socket: PlatformSocket;
  readonly #decoder = new TextDecoder();

  constructor(socket: PlatformSocket, listener: SocketListener) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => listener.onOpen();
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") listener.onText(data);
      else listener.onBinary(data instanceof ArrayBuffer ? data.byteLength : 0);
    };
    // A page is not told why: browsers hide the reason so that pages cannot probe networks.
    socket.onerror = () =>
      listener.onError({ message: "the browser gives no reason; its console may", code: "" });
    socket.onclose = ({ code, reason }) => listener.onClose(code, reason);
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array): void {
    if (this.#socket.readyState !== OPEN) return;
    this.#socket.send(typeof message === "string" ? message : this.#decoder.decode(message));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    const socket = this.#socket;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onerror = null;
    socket.onclose = null;
    socket.close();
  }
}
