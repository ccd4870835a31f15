/** The body of a request, bounded. Never rejects: a client that goes away leaves nobody to answer. */
import type { IncomingMessage } from "node:http";

/** @returns the whole body; `"too-big"` beyond `maxBytes`, the rest being left unread; `"gone"` where it never ended */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | "too-big" | "gone"> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    // somebody before us (a body parser) has read it
    if (request.readableEnded) resolve(Buffer.alloc(0));
    request.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes > maxBytes) {
        request.pause();
        resolve("too-big");
      } else {
        parts.push(part);
      }
    });
    request.once("end", () => resolve(Buffer.concat(parts)));
    request.once("error", () => resolve("gone"));
    request.once("close", () => resolve("gone"));
  });
}
