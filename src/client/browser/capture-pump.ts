/**
 * The sending end of a microphone, in the client's worker: whatever has been captured goes to the client at once, which
 * holds the latest of it while a lost connection is replaced.
 */
import type { Client } from "../client.ts";
import { CAPTURE } from "./capture-blocks.ts";
import type { LinkConsumer } from "./sample-link.ts";

/** Samples handed on at a time. */
const PIECE_SAMPLES = 4096;

/** One client's microphone. */
export class CapturePump {
  readonly #client: Client<Float32Array>;
  readonly #link: LinkConsumer;
  readonly #sampleRate: number;
  readonly #piece = new Float32Array(PIECE_SAMPLES);
  #isPaused = false;
  #hasSent = false;
  /** Samples that were taken out of the link and not sent. */
  #unsent = 0;

  /** @param sampleRate Hz of the microphone's context */
  constructor(client: Client<Float32Array>, link: LinkConsumer, sampleRate: number) {
    this.#client = client;
    this.#link = link;
    this.#sampleRate = sampleRate;
    // what was captured before the session began is old
    this.#drop();
    link.onSamples(() => this.#take());
  }

  /** Captured audio that found the link full, in ms. */
  get lostMs(): number {
    return (this.#link.control[CAPTURE.lost]! * 1000) / this.#sampleRate;
  }

  /** Sends nothing until `resume`; what is captured meanwhile is dropped. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#isPaused = false;
  }

  /** How long before `frame` of the context's clock the sample at `mediaMs` of what has been sent was captured. */
  sinceCaptureMs(mediaMs: number, frame: number): number | undefined {
    if (!this.#hasSent) return undefined;
    const captured = this.#link.control[CAPTURE.firstFrame]! + this.#unsent;
    const samples = (frame - captured) | 0;
    return (samples * 1000) / this.#sampleRate - mediaMs;
  }

  /** Lets go of the link. */
  close(): void {
    this.#link.close();
  }

  #take(): void {
    const { ring } = this.#link;
    const { state } = this.#client;
    const isOpen = state === "started" || state === "reconnecting";
    if (!isOpen || this.#isPaused) {
      this.#drop();
      return;
    }
    for (let n = ring.read(this.#piece); n > 0; n = ring.read(this.#piece)) {
      this.#hasSent = true;
      const samples = n === PIECE_SAMPLES ? this.#piece : this.#piece.subarray(0, n);
      this.#client.send({ samples, sampleRate: this.#sampleRate });
    }
  }

  #drop(): void {
    const n = this.#link.ring.skip(this.#link.ring.capacity);
    this.#unsent += n;
  }
}
