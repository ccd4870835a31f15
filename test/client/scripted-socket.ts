/** A socket that does what a test tells it, and writes down what the client did. */
import type { ClientSocket, SocketFactory, SocketListener } from "../../src/client/client-socket.ts";

/** Both ends of one scripted socket. */
export class ScriptedSocket implements ClientSocket {
  bufferedBytes = 0;
  /** What the client did, in order: messages, `close 1000`, `terminate`. */
  readonly log: string[] = [];
  /** The client's ear, once the socket has been asked for. */
  listener!: SocketListener;
  url = "";

  readonly factory: SocketFactory = (url, listener) => {
    this.url = url;
    this.listener = listener;
    return this;
  };

  send(message: string | Uint8Array): void {
    this.log.push(typeof message === "string" ? message : new TextDecoder().decode(message));
  }

  close(code: number): void {
    this.log.push(`close ${code}`);
  }

  terminate(): void {
    this.log.push("terminate");
  }

  /** The server says something. */
  say(message: unknown): void {
    this.listener.onText(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Names of what the client sent, media and pings left out. */
  get said(): string[] {
    return this.log
      .filter((entry) => entry.startsWith("{"))
      .map((entry) => JSON.parse(entry).event)
      .filter((event) => event !== "media" && event !== "ping");
  }
}

const DIRECTION = { encoding: "mulaw", sample_rate: 8000, frame_ms: 20 };

/** The answer to a `start`. */
export const STARTED = { type: "started", data: { webrtc_id: "x", input: DIRECTION, output: DIRECTION } };
