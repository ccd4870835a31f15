/** A WebSocket client that knows nothing of the protocol: tests write the very messages and see all that come back. */
import * as assert from "uvu/assert";
import { type ClientOptions, WebSocket } from "ws";
import { loadDspSync } from "../../src/dsp/dsp.ts";
import type { RunningServer } from "../../src/transport/running-server.ts";

/** A message as it came. */
export interface Received {
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever the server sent
  readonly json: any;
}

const dsp = loadDspSync();

/** One socket. */
export class RawClient {
  readonly socket: WebSocket;
  /** Every message so far. */
  readonly received: Received[] = [];
  /** How the socket closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  #at = 0;
  #isClosed = false;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data, isBinary) => {
      assert.not(isBinary, "the server sends text alone");
      const text = String(data);
      this.received.push({ text, json: JSON.parse(text) });
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: String(reason) });
      });
    });
    socket.on("error", () => {});
  }

  /** Opens a socket on the FastRTC route below `url`. */
  static async open(url: string, options: ClientOptions = {}): Promise<RawClient> {
    const [base, query] = url.split("?");
    const target = `${base}/websocket/offer${query === undefined ? "" : `?${query}`}`;
    const client = new RawClient(new WebSocket(target, { perMessageDeflate: false, ...options }));
    await new Promise<void>((resolve, reject) => {
      client.socket.once("open", resolve);
      client.socket.once("error", reject);
    });
    return client;
  }

  /** Sends an object as JSON, or text as it is. */
  send(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Sends mu-law media as FastRTC's clients do. */
  sendMedia(samples: Int16Array): void {
    this.send({
      event: "media",
      media: { payload: Buffer.from(dsp.mulaw.encode(samples)).toString("base64") },
    });
  }

  /** The next message not yet taken that `wanted` accepts; those before it are passed over. Rejects on a close. */
  async next(wanted: (message: Received) => boolean = () => true): Promise<Received> {
    for (;;) {
      while (this.#at < this.received.length) {
        const message = this.received[this.#at++]!;
        if (wanted(message)) return message;
      }
      if (this.#isClosed) throw new Error("The socket closed before the message came.");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next error; checks its code and its shape. */
  async nextError(code: string): Promise<Received> {
    const error = await this.next(({ json }) => json.type === "error");
    assert.equal(Object.keys(error.json), ["type", "message", "data"]);
    assert.is(error.json.data.code, code);
    assert.ok(error.json.message.length > 0 && error.json.data.hint.length > 0, "message and hint");
    return error;
  }

  /** The next `count` samples of media, decoded as mu-law. */
  async nextAudio(count: number): Promise<Int16Array> {
    const out = new Int16Array(count);
    let at = 0;
    while (at < count) {
      const message = await this.next(({ json }) => json.event === "media");
      const samples = dsp.mulaw.decode(Buffer.from(message.json.media.payload, "base64"));
      assert.ok(at + samples.length <= count, `no more than ${count} samples`);
      out.set(samples, at);
      at += samples.length;
    }
    return out;
  }

  /** A ping and its pong: all that was sent before has been taken by the server. */
  async sync(): Promise<void> {
    this.send({ event: "ping" });
    await this.next(({ text }) => text === '{"event":"pong"}');
  }

  /** Closes and waits. */
  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** Runs `work` with a server and closes it, whatever comes of it. */
export async function withServer<T>(
  server: RunningServer,
  work: (server: RunningServer) => Promise<T>,
): Promise<T> {
  try {
    return await work(server);
  } finally {
    await server.close({ drainMs: 0 });
  }
}

/** What mu-law leaves of samples. */
export function throughMulaw(samples: Int16Array): Int16Array {
  return dsp.mulaw.decode(dsp.mulaw.encode(samples));
}
