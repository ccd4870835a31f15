/**
 * Where outgoing WebSocket frames of media are put together: header, text and Base64 in place, in engine memory, and
 * written to the socket from there without a copy.
 *
 * A socket that is not backed up hands the bytes to the kernel within `write`, and the slot is free for the next frame of
 * any connection. Where some are left over the socket reads on from the slot later: it is lent to that socket until they
 * have gone, and the next slot is taken. A socket that is backed up already, or of another kind than a plain TCP one, is
 * given copies.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Formats } from "../dsp/formats.ts";
import { headerBytes, MAX_HEADER_BYTES, writeHeader } from "./message-frame.ts";

/** The header is written so that it ends here; even, as 16-bit payloads need it. */
const HEADROOM_BYTES = MAX_HEADER_BYTES + (MAX_HEADER_BYTES % 2);
/** What kernels may write past the end of a message. */
const SLACK_BYTES = 16;
/** A usual slot holds 20 ms of PCM16 at 48 kHz in Base64 three times over. */
const USUAL_BYTES = 8192;
/** Slots that may be lent at once; beyond it frames are copied. */
const MAX_SLOTS = 16;
/** Views kept by frame length: more lengths than that in one process are unusual. */
const VIEWS_KEPT = 256;
const NOTHING = Buffer.alloc(0);

/** Writes a message into engine memory; returns its bytes. */
export interface MessageSource {
  /** Bytes of the message for a frame of `samples`, at most. */
  mediaBytes(samples: number): number;
  /** Writes it into `out`, an array from `allocBytes`, at `offset`; returns its bytes, 0 for none. */
  encodeMedia(
    samples: Int16Array,
    sequence: number,
    timestamp: number,
    out: Uint8Array,
    offset: number,
  ): number;
  readonly isMediaBinary: boolean;
}

/** One frame's place. */
interface Slot {
  readonly bytes: Uint8Array;
  readonly views: Map<number, Buffer>;
  view: Buffer;
}

/** The slots of one server. */
export class FrameSlots {
  readonly #dsp: Formats;
  readonly #free: Slot[] = [];
  readonly #all: Slot[] = [];
  #slot: Slot;
  /** For messages beyond the usual size; made when first needed, and grown. */
  #large: Slot | undefined;
  #lent = 0;

  /** May throw `ERR_ARENA_FULL`. */
  constructor(dsp: Formats) {
    this.#dsp = dsp;
    this.#slot = this.#make();
  }

  /** Slots that sockets are still reading from. */
  get lent(): number {
    return this.#lent;
  }

  /**
   * Writes one frame of media to a socket. No allocation while the socket keeps up.
   * @param takesViews whether the socket is one of those that `takesViews` says yes to
   * @returns bytes of the message, 0 where there was none
   */
  write(
    stream: Duplex,
    takesViews: boolean,
    source: MessageSource,
    samples: Int16Array,
    sequence: number,
    timestamp: number,
  ): number {
    const most = HEADROOM_BYTES + source.mediaBytes(samples.length) + SLACK_BYTES;
    const isUsual = most <= USUAL_BYTES;
    const slot = isUsual ? this.#slot : this.#largeSlot(most);
    const bytes = source.encodeMedia(samples, sequence, timestamp, slot.bytes, HEADROOM_BYTES);
    if (bytes === 0) return 0;
    const start = HEADROOM_BYTES - headerBytes(bytes);
    writeHeader(slot.bytes, start, bytes, source.isMediaBinary);
    const frame = viewOf(slot, start, HEADROOM_BYTES + bytes);
    if (!takesViews || !isUsual || stream.writableLength > 0 || !this.#hasNext()) {
      stream.write(Buffer.from(frame));
      return bytes;
    }
    stream.write(frame);
    if (stream.writableLength > 0) this.#lend(stream);
    return bytes;
  }

  /** Gives the engine's memory back; every socket must have closed. */
  dispose(): void {
    for (const slot of this.#all) this.#dsp.free(slot.bytes);
    if (this.#large !== undefined) this.#dsp.free(this.#large.bytes);
    this.#large = undefined;
    this.#all.length = 0;
    this.#free.length = 0;
  }

  /** Whether there would be a slot to go on with if this one had to be lent. */
  #hasNext(): boolean {
    if (this.#free.length > 0) return true;
    if (this.#all.length >= MAX_SLOTS) return false;
    try {
      this.#free.push(this.#make());
      return true;
    } catch {
      // the memory is full: frames are copied instead
      return false;
    }
  }

  #lend(stream: Duplex): void {
    const slot = this.#slot;
    this.#slot = this.#free.pop() as Slot;
    this.#lent++;
    let isBack = false;
    const giveBack = () => {
      if (isBack) return;
      isBack = true;
      this.#lent--;
      this.#free.push(slot);
      stream.off("close", giveBack);
    };
    // "drain" comes only after a write that returned false; the callback of what was written next comes always
    stream.write(NOTHING, giveBack);
    stream.once("close", giveBack);
  }

  #make(): Slot {
    const bytes = this.#dsp.allocBytes(USUAL_BYTES);
    const slot = { bytes, views: new Map<number, Buffer>(), view: NOTHING };
    this.#all.push(slot);
    return slot;
  }

  #largeSlot(bytes: number): Slot {
    if (this.#large !== undefined && this.#large.bytes.length >= bytes) return this.#large;
    if (this.#large !== undefined) this.#dsp.free(this.#large.bytes);
    this.#large = undefined;
    this.#large = { bytes: this.#dsp.allocBytes(bytes), views: new Map(), view: NOTHING };
    return this.#large;
  }
}

/** Whether a socket has passed on what `write` was given once its `writableLength` is 0: true of plain TCP. */
export function takesViews(stream: Duplex): boolean {
  return stream instanceof Socket && !("encrypted" in stream);
}

function viewOf(slot: Slot, start: number, end: number): Buffer {
  const length = end - start;
  if (slot.view.length === length) return slot.view;
  let view = slot.views.get(length);
  if (view === undefined) {
    view = Buffer.from(slot.bytes.buffer, slot.bytes.byteOffset + start, length);
    if (slot.views.size < VIEWS_KEPT) slot.views.set(length, view);
  }
  slot.view = view;
  return view;
}
