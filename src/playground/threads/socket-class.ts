/** Sockets of a factory in the shape of the platform's WebSocket, as far as a client uses it. */
import type { PlatformSocket, PlatformSocketClass } from "../../client/browser-socket.ts";
import type { ClientSocket, SocketFactory } from "../../client/client-socket.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
/** How a token stands among subprotocols (docs/server.md). */
const TOKEN_PREFIX = "voxwire.token.";

/** A class whose sockets `factory` opens. */
export function socketClassOf(factory: SocketFactory): PlatformSocketClass {
  return class implements PlatformSocket {
    onopen: PlatformSocket["onopen"] = null;
    onmessage: PlatformSocket["onmessage"] = null;
    onerror: PlatformSocket["onerror"] = null;
    onclose: PlatformSocket["onclose"] = null;
    binaryType = "arraybuffer";
    readonly #socket: ClientSocket;
    #readyState = CONNECTING;

    constructor(url: string, subprotocols: string | string[] = []) {
      const { subprotocol, token } = told(subprotocols);
      this.#socket = factory(
        url,
        {
          onOpen: () => {
            this.#readyState = OPEN;
            this.onopen?.();
          },
          onText: (data) => this.onmessage?.({ data }),
          onBinary: (message) => this.onmessage?.({ data: message.slice().buffer }),
          onError: () => this.onerror?.(),
          onClose: (code, reason) => {
            this.#readyState = CLOSED;
            this.onclose?.({ code, reason });
          },
        },
        subprotocol,
        token,
      );
    }

    get bufferedAmount(): number {
      return this.#socket.bufferedBytes;
    }

    get readyState(): number {
      return this.#readyState;
    }

    send(data: string | Uint8Array<ArrayBuffer>): void {
      this.#socket.send(data, typeof data !== "string");
    }

    close(code = 1000, reason = ""): void {
      // a socket that was let go has no listeners any more, and what is on its way to it is wanted by nobody
      if (this.onclose === null) this.#socket.terminate();
      else this.#socket.close(code, reason);
    }
  };
}

/** What the list says, as a factory takes it. */
function told(subprotocols: string | string[]): { subprotocol?: string; token?: string } {
  const list = typeof subprotocols === "string" ? [subprotocols] : subprotocols;
  const token = list.find((name) => name.startsWith(TOKEN_PREFIX));
  const subprotocol = list.find((name) => name !== token);
  return {
    ...(subprotocol !== undefined && { subprotocol }),
    ...(token !== undefined && { token: token.slice(TOKEN_PREFIX.length) }),
  };
}
