/** The border to the optional package `libopus-wasm` (0.4): libopus in WebAssembly, in Node and in browsers. */
import { ConfigError, VoxwireError } from "../../core/errors.ts";

/** An encoder of the package's, mono. Throws its own error for what libopus refuses. */
export interface EncoderHandle {
  encode(pcm: Int16Array, options: { frameSize: number }): Uint8Array;
  getLookahead(): number;
  getInDtx(): boolean;
  setBitrate(bitrate: number | "auto" | "max"): void;
  setComplexity(complexity: number): void;
  setDtx(enabled: boolean): void;
  setFec(enabled: boolean): void;
  setPacketLossPercent(percentage: number): void;
  free(): void;
}

/** A decoder of the package's, mono. */
export interface DecoderHandle {
  decode(packet: Uint8Array | null, options?: { decodeFec?: boolean; frameSize?: number }): Int16Array;
  free(): void;
}

/** What the package is told; its other options stay at its defaults. */
export interface EncoderSettings {
  channels: 1;
  sampleRate: number;
  application: number;
  bitrate: number | "auto" | "max";
  complexity: number;
  dtx: boolean;
  fec: boolean;
  packetLossPercent: number;
  vbr: boolean;
}

/** The package, as far as it is used. */
export interface OpusPackage {
  readonly Application: Readonly<Record<"Voip" | "Audio" | "RestrictedLowDelay", number>>;
  loadLibopus(): Promise<{ readonly version: string }>;
  createEncoder(settings: EncoderSettings): Promise<EncoderHandle>;
  createDecoder(settings: { channels: 1; sampleRate: number }): Promise<DecoderHandle>;
}

/** Loads the package. @throws ConfigError `ERR_DEPENDENCY_MISSING` */
export async function importOpus(): Promise<OpusPackage> {
  try {
    return (await import("libopus-wasm")) as unknown as OpusPackage;
  } catch (cause) {
    throw new ConfigError("ERR_DEPENDENCY_MISSING", "For Opus the package libopus-wasm is needed.", {
      hint: "npm install libopus-wasm@0.4",
      cause,
    });
  }
}

/** How many of a kind may be taken in one turn. */
const SPARES = 4;

/**
 * Handles made ahead: the package makes them by promise, and a session needs its codec at once. What is taken is made
 * anew within the turn, by promises that wait for nothing outside.
 */
export class Spares<T extends { free(): void }> {
  readonly #make: () => Promise<T>;
  readonly #ready: T[] = [];
  #failure: unknown;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Resolves when all spares are there. Rejects where none can be made. */
  async fill(): Promise<void> {
    while (this.#ready.length < SPARES) this.#ready.push(await this.#make());
  }

  /** @throws VoxwireError `ERR_CODEC_BUSY` */
  take(): T {
    const spare = this.#ready.pop();
    this.#make().then(
      (made) => (this.#ready.length < SPARES ? this.#ready.push(made) : made.free()),
      (error: unknown) => {
        this.#failure = error;
      },
    );
    if (spare !== undefined) return spare;
    throw new VoxwireError("ERR_CODEC_BUSY", `More than ${SPARES} Opus codecs were asked for at once.`, {
      hint: "Make the others a turn of the event loop later.",
      cause: this.#failure,
    });
  }
}
