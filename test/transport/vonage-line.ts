/** Vonage's end of a call: says what Vonage says, plays what it is sent in its own time, and notes what Vonage would not take. */
import { WebSocket } from "ws";

const FRAME_MS = 20;

export class VonageLine {
  readonly socket: WebSocket;
  readonly faults: string[] = [];
  /** What the caller has heard. */
  readonly heard: number[] = [];
  readonly closed: Promise<number>;
  readonly #rate: number;
  /** Audio and notifications, in the order in which they came. */
  #queue: (Int16Array | { notify: unknown })[] = [];
  #wake: () => void = () => {};

  private constructor(url: string, rate: number) {
    this.#rate = rate;
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.on("message", (data: Buffer, isBinary) =>
      isBinary ? this.#onAudio(data) : this.#onText(data),
    );
    this.closed = new Promise((resolve) =>
      this.socket.once("close", (code) => {
        resolve(code);
        this.#wake();
      }),
    );
  }

  /** A call whose audio is at `rate`, from an endpoint with these headers. */
  static async call(url: string, rate: number, headers: object = {}): Promise<VonageLine> {
    const line = new VonageLine(`${url}/vonage`, rate);
    await new Promise((resolve, reject) => line.socket.once("open", resolve).once("error", reject));
    line.say({ event: "websocket:connected", "content-type": `audio/l16;rate=${rate}`, ...headers });
    return line;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The caller speaks, in messages of 20 ms. */
  speak(samples: Int16Array): void {
    const frame = (this.#rate * FRAME_MS) / 1000;
    for (let at = 0; at < samples.length; at += frame) {
      const part = samples.slice(at, at + frame);
      this.socket.send(Buffer.from(part.buffer));
    }
  }

  /** Plays what has come, until the caller has heard so many samples. */
  async hear(samples: number): Promise<void> {
    while (this.heard.length < samples) {
      await this.#some();
      this.#playNext();
    }
  }

  /** Plays on until the notifications before which there was audio have gone back. */
  async play(): Promise<void> {
    await this.#some();
    while (this.#queue.length > 0) this.#playNext();
  }

  /** Messages that wait to be played. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves once `isThere`. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await this.#came();
  }

  async #some(): Promise<void> {
    while (this.#queue.length === 0) await this.#came();
  }

  #came(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) throw new Error("The call is over.");
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #playNext(): void {
    const next = this.#queue.shift();
    if (next instanceof Int16Array) this.heard.push(...next);
    else if (next !== undefined) this.say({ event: "websocket:notify", payload: next.notify });
  }

  #onAudio(data: Buffer): void {
    if (data.length !== (this.#rate * FRAME_MS * 2) / 1000) this.faults.push(`audio of ${data.length} bytes`);
    this.#queue.push(new Int16Array(Uint8Array.from(data).buffer));
    this.#wake();
  }

  #onText(data: Buffer): void {
    const message = JSON.parse(String(data));
    if (message.action === "notify" && typeof message.payload === "object") {
      this.#queue.push({ notify: message.payload });
    } else if (message.action === "clear") {
      this.#queue = [];
      this.say({ event: "websocket:cleared" });
    } else this.faults.push(String(data));
    this.#wake();
  }
}
