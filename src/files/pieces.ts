/** The bytes of a compressed file, in pieces as its decoder takes them best. */
import type { FileBytes, RandomBytes } from "./file-bytes.ts";
import { FlacPieces } from "./flac-pieces.ts";
import { checkIndex } from "./m4a-index.ts";
import type { AudioContainer } from "./recognise.ts";

const PIECE_BYTES = 65536;

/**
 * @param head bytes that have been read from `file` already
 * @returns the whole file, some 64 KiB at a time; no piece is empty
 */
export async function* readPieces(
  file: FileBytes,
  head: Uint8Array,
  container: AudioContainer,
): AsyncGenerator<Uint8Array, void> {
  if (container === "flac") yield* flacPieces(file, head);
  else if (container === "m4a") yield* m4aPieces(await file.randomAccess(head), file.path);
  else yield* plainPieces(file, head);
}

async function* plainPieces(file: FileBytes, head: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let bytes = head; bytes.length > 0; bytes = await file.read()) yield bytes;
}

async function* flacPieces(file: FileBytes, head: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const pieces = new FlacPieces();
  for await (const bytes of plainPieces(file, head)) {
    const piece = pieces.push(bytes);
    if (piece.length > 0) yield piece;
  }
  const rest = pieces.flush();
  if (rest.length > 0) yield rest;
}

async function* m4aPieces(file: RandomBytes, path: string): AsyncGenerator<Uint8Array, void> {
  const move = await checkIndex(file, path);
  if (move === undefined) {
    yield* rangePieces(file, 0, file.totalBytes);
    return;
  }
  yield* rangePieces(file, 0, move.insertAt);
  yield move.index;
  yield* rangePieces(file, move.insertAt, move.indexStart);
  yield* rangePieces(file, move.indexStart + move.index.length, file.totalBytes);
}

async function* rangePieces(file: RandomBytes, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end; at += PIECE_BYTES) {
    const bytes = await file.readAt(at, Math.min(PIECE_BYTES, end - at));
    if (bytes.length === 0) return;
    file.advanceTo(at + bytes.length);
    yield bytes;
  }
}
