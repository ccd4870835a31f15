/**
 * The boxes of an M4A file (ISO/IEC 14496-12): walking them, and checking the tables in them. The decoder believes every
 * count it reads, so a damaged one would have it ask for more memory than there is, which ends the process.
 */

/** A box, and where it stands. */
export interface Box {
  /** Four letters. */
  readonly type: string;
  readonly start: number;
  /** With its header. */
  readonly bytes: number;
  readonly headerBytes: number;
}

/** Boxes that hold boxes. */
const CONTAINERS = new Set("moov|trak|mdia|minf|stbl|udta|edts|sinf|wave|mvex|moof|traf|meta".split("|"));

/** Where a table's 32-bit count stands in its body, and how long an entry is. */
const TABLES: Readonly<Record<string, readonly [countAt: number, entryBytes: number]>> = {
  stco: [4, 4],
  co64: [4, 8],
  stsc: [4, 12],
  stts: [4, 8],
  ctts: [4, 8],
  stss: [4, 4],
  elst: [4, 12],
};
/** Entries without bytes of their own: a count alone says how many. */
const MAX_BARE_ENTRIES = 1_000_000;

/** Whether boxes may lie in it. */
export function isContainer(type: string): boolean {
  return CONTAINERS.has(type);
}

/**
 * The box whose header stands at `at` in `bytes`: a 32-bit size and the type; size 1 has 64 bits of it behind, size 0
 * reaches to `end`.
 * @param start where `at` is in the file, or in what `end` counts from
 * @returns undefined where there is none
 */
export function boxAt(bytes: Uint8Array, at: number, start: number, end: number): Box | undefined {
  if (at + 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(at);
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  if (size === 0) return { type, start, bytes: end - start, headerBytes: 8 };
  if (size !== 1) return size < 8 ? undefined : { type, start, bytes: size, headerBytes: 8 };
  if (at + 16 > bytes.length) return undefined;
  const large = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
  return large < 16 ? undefined : { type, start, bytes: large, headerBytes: 16 };
}

/** Every box in `bytes` from `start` to `end`, those in containers too, as long as they are whole. */
export function* walkBoxes(bytes: Uint8Array, start: number, end: number): Generator<Box, void> {
  for (let at = start; at + 8 <= end; ) {
    const box = boxAt(bytes, at, at, end);
    if (box === undefined || at + box.bytes > end) return;
    yield box;
    const body = at + box.headerBytes + (box.type === "meta" ? 4 : 0);
    if (isContainer(box.type)) yield* walkBoxes(bytes, body, at + box.bytes);
    at += box.bytes;
  }
}

/**
 * Whether a table is longer than the box it is in.
 * @param fileBytes length of the file, which no sound can exceed
 */
export function hasImpossibleCount(bytes: Uint8Array, box: Box, fileBytes: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset + box.start, box.bytes);
  const body = box.headerBytes;
  const table = TABLES[box.type];
  if (table !== undefined) return exceeds(view, body + table[0], body + table[0] + 4, table[1]);
  if (box.type === "stsz") {
    if (box.bytes < body + 12) return true;
    const sampleBytes = view.getUint32(body + 4);
    if (sampleBytes === 0) return exceeds(view, body + 8, body + 12, 4);
    return sampleBytes * view.getUint32(body + 8) > fileBytes;
  }
  if (box.type === "trun") {
    if (box.bytes < body + 8) return true;
    const flags = view.getUint32(body);
    // the fields an entry has: duration, size, flags, composition offset
    const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
    const entriesAt = body + 8 + ((flags & 1) !== 0 ? 4 : 0) + ((flags & 4) !== 0 ? 4 : 0);
    if (fields === 0) return view.getUint32(body + 4) > MAX_BARE_ENTRIES;
    return exceeds(view, body + 4, entriesAt, fields * 4);
  }
  return false;
}

function exceeds(view: DataView, countAt: number, entriesAt: number, entryBytes: number): boolean {
  if (entriesAt > view.byteLength) return true;
  return view.getUint32(countAt) * entryBytes > view.byteLength - entriesAt;
}
