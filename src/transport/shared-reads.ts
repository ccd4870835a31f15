/**
 * Reading all plain TCP sockets into one buffer, as `net.connect` does with its option `onread`. Node has no such option
 * for sockets that a server accepts: it takes 64 KiB for each read, shrinks it to what came, and carries that through a
 * stream, which is a seventh of what a frame costs. So the socket is given here what that option would give it. `ws` goes
 * on receiving by the socket's `data` event and does all else: it cannot tell.
 *
 * What ends whole messages, as nearly all chunks do, is lent to `ws`, which is done with it when `data` returns; the
 * beginning of a message that goes on, and whatever else may be kept, is a copy of its own. Where Node is not as expected
 * (a later version, another runtime, TLS), sockets stay as they are.
 */
import type { Duplex } from "node:stream";
import { FirstViews } from "../core/first-views.ts";
import { takesViews } from "./frame-slots.ts";
import { FrameWalk } from "./frame-walk.ts";

/** As much as Node itself reads at a time. */
const SHARED_BYTES = 65_536;
/** Views kept by length; messages of a stream have one or a few. */
const VIEWS_KEPT = 1024;

/** What is used here of a socket's inside. */
interface ReadHandle {
  useUserBuffer?(buffer: Uint8Array): void;
}

let shared: Buffer | undefined;
let views: FirstViews<Buffer> | undefined;

/**
 * Has a socket that has just been upgraded read into the shared buffer.
 * @param lends whether whole messages may be lent: false where somebody keeps messages beyond their event
 * @returns whether it does
 */
export function shareReads(socket: Duplex, lends: boolean): boolean {
  // what was read already is on its way through the stream, and must come first
  if (!takesViews(socket) || socket.readableLength > 0) return false;
  const inside = socket as unknown as Record<PropertyKey, unknown>;
  const handle = inside._handle as ReadHandle | null | undefined;
  const place = symbolOf(inside, "kBuffer");
  const taker = symbolOf(inside, "kBufferCb");
  if (place === undefined || taker === undefined || typeof handle?.useUserBuffer !== "function") return false;
  shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES);
  inside[place] = shared;
  inside[taker] = new SharedReader(socket, lends).take;
  handle.useUserBuffer(shared);
  return true;
}

function symbolOf(inside: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(inside).find((symbol) => symbol.description === description);
}

/** One socket's reads. */
class SharedReader {
  readonly #socket: Duplex;
  readonly #walk: FrameWalk | undefined;
  /** Called by Node with how many bytes have come. */
  readonly take = (bytes: number, buffer: Buffer): boolean => {
    views ??= new FirstViews(buffer, VIEWS_KEPT);
    const chunk = views.first(bytes);
    const lent = this.#walk?.wholeBytes(chunk) ?? 0;
    if (lent > 0) this.#socket.emit("data", lent === bytes ? chunk : views.first(lent));
    if (lent < bytes && !this.#socket.destroyed) this.#socket.emit("data", copyOf(chunk, lent));
    return true;
  };

  constructor(socket: Duplex, lends: boolean) {
    this.#socket = socket;
    this.#walk = lends ? new FrameWalk() : undefined;
  }
}

/** Not from Node's pool: a byte that waits for its message would hold 8 KiB of it. */
function copyOf(chunk: Buffer, from: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(chunk.length - from);
  chunk.copy(copy, 0, from);
  return copy;
}
