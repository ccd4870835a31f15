/** The bytes of a file, read once from the beginning: also from a pipe, where the length is not known. */
import { type FileHandle, open } from "node:fs/promises";
import { VoxwireError } from "../core/errors.ts";

const PIECE_BYTES = 65536;

const REASONS: Readonly<Record<string, readonly [seen: string, hint: string]>> = {
  ENOENT: ["does not exist", "Check the path; it is taken from the current working directory."],
  EACCES: ["may not be opened by this user", "Check the permissions of the file and of its folder."],
  EPERM: ["may not be opened by this user", "Check the permissions of the file and of its folder."],
  EISDIR: ["is a directory", "Give the path of one audio file."],
  ENOTDIR: ["has a parent that is not a directory", "Check the path."],
  EFBIG: [
    "would grow beyond what this system or user may write",
    "Write a shorter file, or raise the limit (ulimit -f).",
  ],
  ENOSPC: ["could not be written: the disk is full", "Free some space, or write elsewhere."],
};

/** What is said otherwise of a file that is written. */
const WRITE_REASONS: typeof REASONS = {
  ENOENT: ["cannot be written: its folder does not exist", "Create the folder, or write elsewhere."],
  EISDIR: ["cannot be written: it is a directory", "Give the path of a file in it."],
  ENOTDIR: ["cannot be written: what should be its folder is a file", "Check the path."],
  EACCES: ["may not be written by this user", "Check the permissions of the file and of its folder."],
  EPERM: ["may not be written by this user", "Check the permissions of the file and of its folder."],
  EROFS: ["cannot be written: its file system is read-only", "Write elsewhere."],
};

/** An `ERR_FILE` for what the operating system said about `path`. */
export function fileError(path: string, cause: unknown, use: "read" | "write" = "read"): VoxwireError {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  const [seen, hint] = (use === "write" ? WRITE_REASONS[code] : undefined) ??
    REASONS[code] ?? [`could not be used (${String(cause)})`, "Check the path."];
  return new VoxwireError("ERR_FILE", `${JSON.stringify(path)} ${seen}.`, { hint, cause });
}

/** Bytes that can be read at any place. */
export interface RandomBytes {
  readonly totalBytes: number;
  /** `length` bytes from `start` on, fewer at the end; the caller's own. */
  readAt(start: number, length: number): Promise<Uint8Array>;
  /** Says that all up to `position` has been dealt with, for `progress`. */
  advanceTo(position: number): void;
}

/** What a pipe may hold that has to be kept in memory. */
const MAX_KEPT_BYTES = 1024 * 1024 * 1024;

/** A file that is being read. */
export class FileBytes {
  readonly path: string;
  /** Its length where it is an ordinary file. */
  readonly totalBytes: number | undefined;
  readonly #handle: FileHandle;
  #position = 0;
  #isClosed = false;

  private constructor(path: string, handle: FileHandle, totalBytes: number | undefined) {
    this.path = path;
    this.#handle = handle;
    this.totalBytes = totalBytes;
  }

  /** @throws VoxwireError `ERR_FILE` for what is missing, may not be read or is a directory */
  static async open(path: string): Promise<FileBytes> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, "r");
      const stat = await handle.stat();
      if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
      return new FileBytes(path, handle, stat.isFile() ? stat.size : undefined);
    } catch (cause) {
      await handle?.close();
      throw fileError(path, cause);
    }
  }

  /** How much has been read, 0 to 1; 0 for a pipe. */
  get progress(): number {
    return this.totalBytes === undefined ? 0 : Math.min(1, this.#position / Math.max(1, this.totalBytes));
  }

  /** The next bytes, as many as `into` holds (64 KiB in an array of their own where it is left out) or fewer; empty at the end. */
  async read(into: Uint8Array = new Uint8Array(PIECE_BYTES)): Promise<Uint8Array> {
    try {
      const { bytesRead, buffer } = await this.#handle.read(into, 0, into.length, null);
      this.#position += bytesRead;
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError(this.path, cause);
    }
  }

  /**
   * The file for reading at any place; a pipe is read to its end and kept in memory for it.
   * @param head what has been read so far
   * @throws VoxwireError `ERR_FILE`, `ERR_TOO_BIG` for a pipe with more than 1 GiB
   */
  async randomAccess(head: Uint8Array): Promise<RandomBytes> {
    if (this.totalBytes !== undefined) {
      return {
        totalBytes: this.totalBytes,
        readAt: (start, length) => this.#readAt(start, length),
        advanceTo: (position) => {
          this.#position = position;
        },
      };
    }
    const pieces = [head];
    let length = head.length;
    for (let piece = await this.read(); piece.length > 0; piece = await this.read()) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_KEPT_BYTES) {
        throw new VoxwireError(
          "ERR_TOO_BIG",
          `${JSON.stringify(this.path)} is a pipe with over 1 GiB in it.`,
          {
            hint: "This type of file has to be kept whole while it is read: put it on disk first.",
          },
        );
      }
    }
    const kept = join(pieces, length);
    return {
      totalBytes: length,
      readAt: async (start, count) => kept.slice(start, start + count),
      advanceTo: () => undefined,
    };
  }

  /** The last bytes of an ordinary file, up to 64 KiB; empty for a pipe. Does not move `read` on. */
  async readTail(): Promise<Uint8Array> {
    if (this.totalBytes === undefined) return new Uint8Array(0);
    return await this.#readAt(Math.max(0, this.totalBytes - PIECE_BYTES), PIECE_BYTES);
  }

  /** Closing twice is no error. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#handle.close();
  }

  async #readAt(start: number, length: number): Promise<Uint8Array> {
    try {
      const { bytesRead, buffer } = await this.#handle.read(new Uint8Array(length), 0, length, start);
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError(this.path, cause);
    }
  }
}

/** Pieces end to end. */
export function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
