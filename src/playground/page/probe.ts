/** Round trips without audio: a mark is sent, and comes back in its place among the audio, or what is left of it. */
import type { VoiceClient } from "../../browser.ts";

const EVERY_MS = 200;

/** Marks on their way to and fro while it is on. One at a time: a slow network is not made slower. */
export class Probe {
  readonly #onTrip: (durationMs: number) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #client: VoiceClient | undefined;
  #count = 0;
  #isOut = false;

  constructor(onTrip: (durationMs: number) => void) {
    this.#onTrip = onTrip;
  }

  /** Begins with a client; once it is on with this one, nothing changes. */
  start(client: VoiceClient): void {
    if (this.#client === client) return;
    this.stop();
    this.#client = client;
    this.#timer = setInterval(() => void this.#send(client), EVERY_MS);
  }

  /** Ends. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#client = undefined;
    this.#isOut = false;
  }

  async #send(client: VoiceClient): Promise<void> {
    if (this.#isOut) return;
    this.#isOut = true;
    const timer = this.#timer;
    const sentMs = performance.now();
    // where the server has no marks there is nothing to measure with
    const isBack = await client.mark(`playground-${this.#count++}`).catch(() => false);
    if (timer !== this.#timer) return;
    this.#isOut = false;
    if (isBack) this.#onTrip(performance.now() - sentMs);
  }
}
