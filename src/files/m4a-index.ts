/**
 * M4A files keep an index (the `moov` box) before or after the sound. The decoder needs it first, or else holds the whole
 * file and everything decoded from it: so it is put there. Damaged indexes are refused before the decoder sees them.
 */
import { CodecError } from "../core/errors.ts";
import type { RandomBytes } from "./file-bytes.ts";
import { type Box, boxAt, hasImpossibleCount, isContainer, walkBoxes } from "./m4a-boxes.ts";

/** An index takes some 0.1 % of its file; a longer one is damaged. */
const MAX_INDEX_BYTES = 256 * 1024 * 1024;
const MAX_BOXES = 1_000_000;

/** Where the index has to be moved to. */
export interface IndexMove {
  /** Where the sound begins: the index goes before it. */
  readonly insertAt: number;
  readonly indexStart: number;
  /** The index, its offsets set to what they become. */
  readonly index: Uint8Array;
}

/**
 * Checks the boxes of a file, and looks for an index behind the sound.
 * @param path for errors
 * @returns undefined where there is none to move: it stands in front, or is missing
 * @throws CodecError `ERR_FILE_FORMAT` for an index that cannot be right, or not be moved; VoxwireError `ERR_FILE`
 */
export async function checkIndex(file: RandomBytes, path: string): Promise<IndexMove | undefined> {
  const { totalBytes } = file;
  let insertAt = -1;
  let move: IndexMove | undefined;
  let boxes = 0;
  for (let at = 0; at + 8 <= totalBytes; boxes++) {
    const box = boxAt(await file.readAt(at, 16), 0, at, totalBytes);
    if (box === undefined || boxes > MAX_BOXES) break;
    if (box.type === "mdat" && insertAt < 0) insertAt = at;
    if (isContainer(box.type) && at + box.bytes <= totalBytes) {
      if (box.bytes > MAX_INDEX_BYTES) throw damaged(path, `an index of ${box.bytes} bytes`);
      const bytes = await file.readAt(at, box.bytes);
      checkTables(bytes, totalBytes, path);
      if (box.type === "moov" && insertAt >= 0 && move === undefined) {
        shiftOffsets(bytes, insertAt, path);
        move = { insertAt, indexStart: at, index: bytes };
      }
    }
    at += box.bytes;
  }
  return move;
}

function checkTables(bytes: Uint8Array, fileBytes: number, path: string): void {
  for (const box of walkBoxes(bytes, 0, bytes.length)) {
    if (hasImpossibleCount(bytes, box, fileBytes)) {
      throw damaged(path, `a table (${box.type}) that says it is longer than its ${box.bytes} bytes`);
    }
  }
}

/** Adds the length of the index to each chunk offset of `from` or more, in place. The tables have been checked. */
function shiftOffsets(moov: Uint8Array, from: number, path: string): void {
  const view = new DataView(moov.buffer, moov.byteOffset, moov.byteLength);
  for (const box of walkBoxes(moov, 0, moov.length)) {
    if (box.type === "stco") shiftTable(view, box, 4, from, path);
    if (box.type === "co64") shiftTable(view, box, 8, from, path);
  }
}

function shiftTable(view: DataView, box: Box, width: 4 | 8, from: number, path: string): void {
  const body = box.start + box.headerBytes;
  const end = body + 8 + view.getUint32(body + 4) * width;
  for (let at = body + 8; at < end; at += width) {
    const high = width === 8 ? view.getUint32(at) : 0;
    const low = at + width - 4;
    const offset = high * 2 ** 32 + view.getUint32(low);
    if (offset < from) continue;
    const moved = offset + view.byteLength;
    if (width === 4 && moved >= 2 ** 32)
      throw damaged(path, "32-bit offsets too large to put its index in front");
    if (width === 8) view.setUint32(at, Math.floor(moved / 2 ** 32));
    view.setUint32(low, moved % 2 ** 32);
  }
}

function damaged(path: string, seen: string): CodecError {
  return new CodecError("ERR_FILE_FORMAT", `${JSON.stringify(path)} (M4A) has ${seen}.`, {
    hint: `Let another tool put it in order: "ffmpeg -i ${path} -c copy -movflags +faststart output.m4a".`,
  });
}
