/** One stream of the load: a WebSocket client on a bare socket, for `ws` itself would cost as much as the server. */
import { connect, type Socket } from "node:net";
import { LoadFrame, maskedMessage } from "./load-frame.ts";
import { FRAME_MS, type LoadPlan } from "./load-plan.ts";

/** All sockets read into one buffer: what is in it is used up before the next one reads. */
const shared = Buffer.allocUnsafeSlow(65536);

export interface StreamEvents {
  /** A frame is back. @param frame its number; -1 where its audio is wrong */
  onFrame(stream: LoadStream, frame: number): void;
  /** The connection is gone. */
  onLost(): void;
}

export class LoadStream {
  sent = 0;
  received = 0;
  /** When the frame that is under way was to be sent: for a closed loop. */
  sentMs = 0;
  readonly index: number;
  readonly #plan: LoadPlan;
  readonly #events: StreamEvents;
  readonly #frame: LoadFrame;
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #opened: (() => void) | undefined;

  constructor(plan: LoadPlan, index: number, events: StreamEvents) {
    this.#plan = plan;
    this.index = index;
    this.#events = events;
    this.#frame = new LoadFrame(plan.protocol, index);
  }

  /** Connects and sends the start; resolves with the server's answer to the upgrade. */
  open(): Promise<void> {
    const { host, port, path, protocol } = this.#plan;
    return new Promise((resolve, reject) => {
      this.#opened = resolve;
      const onread = {
        buffer: shared,
        callback: (bytes: number) => {
          this.#onData(shared.subarray(0, bytes));
          return true;
        },
      };
      const socket = connect({ host, port, noDelay: true, onread });
      this.#socket = socket;
      socket.once("error", reject);
      socket.once("close", () => {
        if (this.#opened === undefined) this.#events.onLost();
        else reject(new Error(`The server at port ${port} closed a connection that was being opened.`));
      });
      const subprotocol = protocol === "binary" ? "Sec-WebSocket-Protocol: voxwire.v1\r\n" : "";
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${subprotocol}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
  }

  /** Sends the next frame. */
  send(nowMs: number): void {
    const socket = this.#socket!;
    this.sentMs = nowMs;
    socket.write(this.#frame.numbered(this.sent++));
    if (socket.writableLength > 0) this.#frame.leave();
  }

  close(): void {
    this.#opened = undefined;
    this.#socket?.removeAllListeners("close").destroy();
  }

  #onData(data: Buffer): void {
    let bytes = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    if (this.#opened !== undefined) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end >= 0) this.#onUpgraded(bytes.subarray(0, end).toString("latin1"));
      bytes = end < 0 ? bytes : bytes.subarray(end + 4);
    }
    let at = 0;
    if (this.#opened === undefined) {
      for (let next = this.#message(bytes, at); next > at; next = this.#message(bytes, at)) at = next;
    }
    this.#rest = at === bytes.length ? this.#rest.subarray(0, 0) : Buffer.from(bytes.subarray(at));
  }

  #onUpgraded(head: string): void {
    if (!head.startsWith("HTTP/1.1 101 ")) {
      this.#socket?.destroy(new Error(`The server answered: ${head.split("\r\n", 1)[0]}`));
      return;
    }
    this.#socket!.write(startMessage(this.#plan, this.index));
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.();
  }

  /** Takes the message at `at`; returns where the next begins, or `at` where it is not whole. */
  #message(bytes: Buffer, at: number): number {
    if (bytes.length - at < 4) return at;
    const short = bytes[at + 1]! & 127;
    const start = at + (short < 126 ? 2 : 4);
    const end = start + (short < 126 ? short : bytes.readUInt16BE(at + 2));
    if (bytes.length < end) return at;
    const frame = this.#frame.read(bytes.subarray(start, end));
    if (frame !== -2) {
      this.#events.onFrame(this, frame);
      this.received++;
    }
    return end;
  }
}

function startMessage({ protocol }: LoadPlan, index: number): Buffer {
  const wire = { encoding: "mulaw", sample_rate: 8000, frame_ms: FRAME_MS };
  const text = JSON.stringify({
    event: "start",
    websocket_id: `load-${process.pid}-${index}`,
    ...(protocol === "json" ? {} : { format: { input: wire, output: wire } }),
  });
  if (protocol !== "binary") return maskedMessage(1, Buffer.from(text));
  const head = Buffer.alloc(12);
  head.set([1, 2]);
  return maskedMessage(2, Buffer.concat([head, Buffer.from(text)]));
}
