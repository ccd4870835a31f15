/** Walks the chunks of a WAV file, fed in pieces of any length, up to where the samples begin. */
import { BROKEN_HINT, RECODE_HINT, wavError } from "./error.ts";
import { FMT_BYTES, parseFmtChunk } from "./fmt-chunk.ts";
import { type FileWarning, SIZE_UNKNOWN, type WavFormat } from "./format.ts";

const RIFF_BYTES = 12;
const CHUNK_BYTES = 8;
const PAD_BYTES = 5;
const DS64_BYTES = 28;
const DS64_ENTRY_BYTES = 12;
const DS64_MAX_ENTRIES = 32;
const HELD_BYTES = DS64_BYTES + DS64_MAX_ENTRIES * DS64_ENTRY_BYTES;
/** SoX writes this size to a pipe, where it cannot go back to put the right one. */
const SIZE_UNKNOWN_SOX = 0x7ffff000;
/** Chunk names that tell a pad byte from the first letter of the next chunk, after a writer that forgot to pad. */
const KNOWN_CHUNKS = new Set(
  "fmt |data|LIST|fact|bext|cue |smpl|JUNK|junk|iXML|PEAK|id3 |ID3 |inst".split("|"),
);

type State = "riff" | "chunk" | "body" | "skip" | "pad" | "data";

/** Constant memory: chunks that do not matter pass by uncopied, and of those that do only their known part is kept. */
export class WavHeaderParser {
  readonly warnings: FileWarning[] = [];
  readonly #held = new Uint8Array(HELD_BYTES);
  readonly #view = new DataView(this.#held.buffer);
  readonly #sizes64 = new Map<string, number>();
  #state: State = "riff";
  #filled = 0;
  #wanted = RIFF_BYTES;
  #skip = 0;
  #offset = 0;
  #container: WavFormat["container"] = "RIFF";
  #riffSize = 0;
  #hasDs64 = false;
  #chunkId = "";
  #chunkSize = 0;
  #chunkAt = 0;
  #format: WavFormat | undefined;
  #dataBytes: number | undefined;

  /** Whether the next byte is the first of the samples. */
  get isDone(): boolean {
    return this.#state === "data";
  }

  /** What the samples are, once the parser is done. */
  get format(): WavFormat | undefined {
    return this.#format;
  }

  /** Bytes taken so far; once done, where the samples begin. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes of samples that the header promises; undefined where they go on to the end of the file. */
  get dataBytes(): number | undefined {
    return this.#dataBytes;
  }

  /**
   * Takes header bytes; returns how many, fewer than given once the samples begin.
   * @throws CodecError `ERR_FILE_FORMAT`
   */
  push(bytes: Uint8Array): number {
    let at = 0;
    while (this.#state !== "data" && at < bytes.length) {
      if (this.#state === "skip") {
        const taken = Math.min(this.#skip, bytes.length - at);
        at += taken;
        this.#offset += taken;
        this.#skip -= taken;
        if (this.#skip === 0) this.#afterChunk();
        continue;
      }
      const taken = Math.min(this.#wanted - this.#filled, bytes.length - at);
      this.#held.set(bytes.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#offset += taken;
      this.#filled += taken;
      if (this.#filled === this.#wanted) this.#take();
    }
    return at;
  }

  /** What to say of a file that ended before its samples began. */
  endError(): Error {
    if (this.#offset === 0) {
      return wavError("The file is empty", 0, "Check that whatever writes it has finished.");
    }
    const seen =
      this.#state === "riff"
        ? `The file has only ${this.#offset} bytes, no whole RIFF header`
        : this.#format === undefined
          ? "The file ends without a fmt chunk"
          : "The file ends without a data chunk";
    return wavError(seen, this.#offset, BROKEN_HINT);
  }

  #take(): void {
    if (this.#state === "riff") this.#takeRiff();
    else if (this.#state === "chunk") this.#takeChunk();
    else if (this.#state === "pad") this.#takePad();
    else this.#takeBody();
  }

  #expect(state: State, wanted: number, filled = 0): void {
    this.#state = state;
    this.#wanted = wanted;
    this.#filled = filled;
  }

  #takeRiff(): void {
    const id = this.#text(0);
    const form = this.#text(8);
    if (id === "RIFX" || id === "FORM") {
      const name = id === "RIFX" ? "a big-endian WAV (RIFX)" : "AIFF";
      throw wavError(`The file is ${name}, not WAV`, 0, RECODE_HINT);
    }
    if ((id !== "RIFF" && id !== "RF64" && id !== "BW64") || form !== "WAVE") {
      throw wavError(
        `The file begins with ${show(id)} and ${show(form)}; expected "RIFF" and "WAVE"`,
        0,
        BROKEN_HINT,
      );
    }
    this.#container = id;
    this.#riffSize = this.#view.getUint32(4, true);
    this.#expect("chunk", CHUNK_BYTES);
  }

  #takeChunk(): void {
    const id = this.#text(0);
    const size = this.#view.getUint32(4, true);
    this.#chunkId = id;
    this.#chunkAt = this.#offset - CHUNK_BYTES;
    if (!/^[ -~]{4}$/.test(id)) {
      throw wavError(`A chunk should begin here; found ${show(id)}`, this.#chunkAt, BROKEN_HINT);
    }
    this.#chunkSize = size === SIZE_UNKNOWN ? (this.#sizes64.get(id) ?? size) : size;
    if (id === "data") {
      this.#startData(size);
      return;
    }
    const isKept = (id === "fmt " && this.#format === undefined) || (id === "ds64" && !this.#hasDs64);
    if (id === "fmt " && !isKept) {
      this.#warn("repeated-format", `A second fmt chunk at byte ${this.#chunkAt} was left out.`);
    }
    const limit = !isKept ? 0 : id === "fmt " ? FMT_BYTES : HELD_BYTES;
    const wanted = Math.min(this.#chunkSize, limit);
    if (wanted > 0) this.#expect("body", wanted);
    else if (isKept) this.#takeBody();
    else this.#skipTo(this.#chunkSize);
  }

  #takeBody(): void {
    const length = Math.min(this.#chunkSize, this.#chunkId === "fmt " ? FMT_BYTES : HELD_BYTES);
    const bodyAt = this.#chunkAt + CHUNK_BYTES;
    if (this.#chunkId === "fmt ") {
      this.#format = parseFmtChunk(this.#held.subarray(0, length), bodyAt, this.#container);
    } else this.#takeDs64(length, bodyAt);
    this.#skipTo(this.#chunkSize - length);
  }

  #takeDs64(length: number, bodyAt: number): void {
    if (length < DS64_BYTES - 4) {
      throw wavError(`The ds64 chunk has ${length} bytes; expected ${DS64_BYTES}`, bodyAt, BROKEN_HINT);
    }
    this.#hasDs64 = true;
    this.#sizes64.set("data", this.#uint64(8));
    const entries = length >= DS64_BYTES ? this.#view.getUint32(24, true) : 0;
    const present = Math.floor((length - DS64_BYTES) / DS64_ENTRY_BYTES);
    for (let i = 0; i < Math.min(entries, present); i++) {
      const at = DS64_BYTES + i * DS64_ENTRY_BYTES;
      this.#sizes64.set(this.#text(at), this.#uint64(at + 4));
    }
  }

  #startData(size: number): void {
    if (this.#format === undefined) {
      throw wavError("The data chunk comes before a fmt chunk", this.#chunkAt, BROKEN_HINT);
    }
    this.#state = "data";
    if (size === SIZE_UNKNOWN) {
      const size64 = this.#sizes64.get("data") ?? 0;
      // a 64-bit writer that was killed leaves zeros
      this.#dataBytes = size64 > 0 && size64 <= Number.MAX_SAFE_INTEGER ? size64 : undefined;
      if (this.#container !== "RIFF" && !this.#hasDs64) {
        this.#warn("size-missing", `The ${this.#container} file has no ds64 chunk; it was read to its end.`);
      }
      return;
    }
    const isNoRiffSize = this.#riffSize + CHUNK_BYTES <= this.#offset || this.#riffSize === SIZE_UNKNOWN;
    const isUnknown = (size === 0 && isNoRiffSize) || size === SIZE_UNKNOWN_SOX;
    this.#dataBytes = isUnknown ? undefined : size;
  }

  #skipTo(bytes: number): void {
    this.#skip = bytes;
    this.#state = "skip";
    if (bytes === 0) this.#afterChunk();
  }

  #afterChunk(): void {
    if (this.#chunkSize % 2 === 1) this.#expect("pad", PAD_BYTES);
    else this.#expect("chunk", CHUNK_BYTES);
  }

  #takePad(): void {
    const isMissing = this.#held[0] !== 0 && KNOWN_CHUNKS.has(this.#text(0));
    if (isMissing) {
      const message = `The ${this.#chunkId.trim()} chunk of odd length at byte ${this.#chunkAt} has no pad byte; read as if it had.`;
      this.#warn("unpadded-chunk", message);
    } else this.#held.copyWithin(0, 1, PAD_BYTES);
    this.#expect("chunk", CHUNK_BYTES, isMissing ? PAD_BYTES : PAD_BYTES - 1);
  }

  #warn(kind: FileWarning["kind"], message: string): void {
    // a hostile file may repeat itself without end
    if (this.warnings.length < 16) this.warnings.push({ kind, message });
  }

  #text(at: number): string {
    return String.fromCharCode(...this.#held.subarray(at, at + 4));
  }

  #uint64(at: number): number {
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }
}

function show(text: string): string {
  const plain = text.replaceAll(
    /[^ -~]/g,
    (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `"${plain}"`;
}
