/**
 * One session's outputs over HTTP, as server-sent events (WHATWG HTML, section 9.2): `event: output`, numbered, the value
 * as JSON; `event: end` when the session has ended. What came before a reader is kept, bounded, and given to it first.
 */
import type { ServerResponse } from "node:http";

/** Values kept for readers that come late, or come back; beyond either bound the oldest is dropped. */
const MAX_KEPT_VALUES = 64;
const MAX_KEPT_CHARACTERS = 262_144;
/** What may wait in a reader's socket; beyond it the reader is dropped. */
const MAX_UNSENT_BYTES = 262_144;

/** Those who read at once; more are refused. */
export const MAX_OUTPUT_READERS = 16;

/** The values of one session and their readers. */
export class OutputChannel {
  readonly #readers = new Set<ServerResponse>();
  readonly #onSlow: () => void;
  #kept: { readonly number: number; readonly json: string }[] = [];
  #keptCharacters = 0;
  #count = 0;

  /** @param onSlow a reader has been dropped for being slow */
  constructor(onSlow: () => void) {
    this.#onSlow = onSlow;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Sends a value to all readers and keeps it. */
  publish(json: string): void {
    const number = ++this.#count;
    this.#kept.push({ number, json });
    this.#keptCharacters += json.length;
    while (this.#kept.length > MAX_KEPT_VALUES || this.#keptCharacters > MAX_KEPT_CHARACTERS) {
      this.#keptCharacters -= this.#kept.shift()!.json.length;
    }
    for (const reader of this.#readers) this.#write(reader, eventText(number, json));
  }

  /** Adds a reader, whose headers have been sent. @param afterNumber what it has had already (`Last-Event-ID`) */
  add(reader: ServerResponse, afterNumber: number): void {
    this.#readers.add(reader);
    reader.once("close", () => this.#readers.delete(reader));
    const missed = this.#kept.filter(({ number }) => number > afterNumber);
    if (missed.length > 0) reader.write(missed.map(({ number, json }) => eventText(number, json)).join(""));
  }

  /** Sends a comment to all readers: keeps proxies from closing the connection, and finds those that are gone. */
  heartbeat(): void {
    for (const reader of this.#readers) this.#write(reader, ":\n\n");
  }

  /** The session has ended: tells the readers and lets them go. */
  close(): void {
    for (const reader of this.#readers) reader.end("event: end\ndata: null\n\n");
    this.#readers.clear();
    this.#kept = [];
    this.#keptCharacters = 0;
  }

  #write(reader: ServerResponse, text: string): void {
    if (reader.writableLength <= MAX_UNSENT_BYTES) {
      reader.write(text);
      return;
    }
    this.#readers.delete(reader);
    reader.destroy();
    this.#onSlow();
  }
}

function eventText(number: number, json: string): string {
  return `id: ${number}\nevent: output\ndata: ${json}\n\n`;
}
