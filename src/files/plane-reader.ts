/** Walks a compressed file: bytes from it into the decoder, samples out. */
import { CodecError } from "../core/errors.ts";
import type { DecoderStream, Planes } from "./audio-decode.ts";

/** One pass over one file. */
export class PlaneReader {
  readonly #name: string;
  readonly #pieces: AsyncIterator<Uint8Array, void>;
  readonly #decoder: DecoderStream;
  #isFlushed = false;

  /**
   * @param name of the file, for errors
   * @param pieces the bytes of the file
   */
  constructor(name: string, pieces: AsyncIterator<Uint8Array, void>, decoder: DecoderStream) {
    this.#name = name;
    this.#pieces = pieces;
    this.#decoder = decoder;
  }

  /**
   * The next samples, or undefined at the end.
   * @throws CodecError `ERR_FILE_FORMAT` where the decoder gives up, VoxwireError `ERR_FILE`
   */
  async next(): Promise<Planes | undefined> {
    while (!this.#isFlushed) {
      const piece = await this.#pieces.next();
      this.#isFlushed = piece.done === true;
      const planes = await this.#decode(piece.value ?? undefined);
      if ((planes.channelData[0]?.length ?? 0) > 0) return planes;
    }
    return undefined;
  }

  /** Gives the decoder's memory back. */
  free(): void {
    this.#decoder.free();
  }

  /** An `ERR_FILE_FORMAT` for this file. */
  error(seen: string, cause?: unknown): CodecError {
    return new CodecError("ERR_FILE_FORMAT", `${this.#name} ${seen}.`, {
      hint: "Check that it plays elsewhere; it may be damaged or cut off.",
      cause,
    });
  }

  async #decode(bytes: Uint8Array | undefined): Promise<Planes> {
    try {
      return await this.#decoder(bytes);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw this.error(`could not be decoded (${reason})`, cause);
    }
  }
}
