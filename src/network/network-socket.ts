/** A client's socket behind a network: what it sends goes up, what it hears comes down. */
import type { ClientSocket, SocketFactory, SocketListener } from "../client/client-socket.ts";
import type { Clock } from "../core/clock.ts";
import type { NetworkLink, NetworkLinks } from "./link.ts";
import { isMediaMessage } from "./media-message.ts";

/** Sockets of `factory`, each behind links of its own. */
export function socketsBehind(
  factory: SocketFactory,
  openLinks: (clock: Clock) => NetworkLinks,
  clock: Clock,
): SocketFactory {
  return (url, listener, subprotocol, token) => {
    const links = openLinks(clock);
    const heard = new HeardLater(listener, links);
    return new SentLater(factory(url, heard, subprotocol, token), links);
  };
}

class SentLater implements ClientSocket {
  readonly #socket: ClientSocket;
  readonly #links: NetworkLinks;

  constructor(socket: ClientSocket, links: NetworkLinks) {
    this.#socket = socket;
    this.#links = links;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  send(message: string | Uint8Array, isBinary: boolean): void {
    const own = typeof message === "string" ? message : message.slice();
    const deliver = () => this.#socket.send(own, isBinary);
    put(this.#links.up, own, isBinary, deliver);
  }

  close(code: number, reason: string): void {
    const { up } = this.#links;
    if (up === undefined) this.#socket.close(code, reason);
    else up.send(() => this.#socket.close(code, reason));
  }

  terminate(): void {
    this.#links.up?.close();
    this.#links.down?.close();
    this.#socket.terminate();
  }
}

class HeardLater implements SocketListener {
  readonly #listener: SocketListener;
  readonly #links: NetworkLinks;

  constructor(listener: SocketListener, links: NetworkLinks) {
    this.#listener = listener;
    this.#links = links;
  }

  onOpen(): void {
    this.#later(() => this.#listener.onOpen());
  }

  onText(message: string | Uint8Array): void {
    const own = typeof message === "string" ? message : message.slice();
    put(this.#links.down, own, false, () => this.#listener.onText(own));
  }

  onBinary(message: Uint8Array): void {
    const own = message.slice();
    put(this.#links.down, own, true, () => this.#listener.onBinary(own));
  }

  onError(failure: Parameters<SocketListener["onError"]>[0]): void {
    this.#later(() => this.#listener.onError(failure));
  }

  onClose(code: number, reason: string): void {
    this.#later(() => {
      this.#links.up?.close();
      this.#links.down?.close();
      this.#listener.onClose(code, reason);
    });
  }

  #later(tell: () => void): void {
    const { down } = this.#links;
    if (down === undefined) tell();
    else down.send(tell);
  }
}

function put(
  link: NetworkLink | undefined,
  message: string | Uint8Array,
  isBinary: boolean,
  deliver: () => void,
): void {
  if (link === undefined) deliver();
  else if (isMediaMessage(message, isBinary)) link.sendMedia(message.length, deliver);
  else link.send(deliver);
}
