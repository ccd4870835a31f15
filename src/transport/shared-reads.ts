/**
 * Reading all plain TCP sockets into one buffer, as `net.connect` does with its option `onread`. Node has no such option
 * for sockets that a server accepts: it takes 64 KiB for each read, shrinks it to what came, and carries that through a
 * stream, which is a seventh of what a frame costs. So the socket is given here what that option would give it. `ws` goes
 * on receiving by the socket's `data` event and does all else: it cannot tell.
 *
 * A chunk that is one whole message, as nearly all are, is lent to `ws`, which is done with it when `data` returns; what
 * comes in any other shape may be kept for the rest, and is a copy of its own. Where Node is not as expected (a later
 * version, another runtime, TLS), sockets stay as they are.
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
 * @param lends whether a whole message may be lent: false where somebody keeps messages beyond their event
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
    const isWhole = this.#walk?.isWholeMessage(chunk) === true;
    this.#socket.emit("data", isWhole ? chunk : copyOf(chunk));
    return true;
  };

  constructor(socket: Duplex, lends: boolean) {
    this.#socket = socket;
    this.#walk = lends ? new FrameWalk() : undefined;
  }
}

/** Not from Node's pool: a byte that waits for its message would hold 8 KiB of it. */
function copyOf(chunk: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(chunk.length);
  copy.set(chunk);
  return copy;
}
