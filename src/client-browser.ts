/** `voxwire/client` in a browser: the platform's WebSocket, no files. */

import { loadWireDsp } from "./dsp/load-wire.ts";
// what is embedded comes first in a bundle: amid functions it would part them in what gzip looks back on

import { createBrowserSocketFactory } from "./client/browser-socket.ts";
import { type Connect, connectFor } from "./client/connect.ts";
import { ReceiveQueue } from "./client/receive-queue.ts";
import { createClientDialect } from "./transport/protocol/client-protocols.ts";

export type { PlatformSocket, PlatformSocketClass } from "./client/browser-socket.ts";
export { createBrowserSocketFactory } from "./client/browser-socket.ts";
export { Client } from "./client/client.ts";
export type * from "./client/public-types.ts";

/** As in Node (see `client.ts`), but for files: pass decoded samples, or an iterable of blocks. */
export const connect: Connect = connectFor({
  loadDsp: () => loadWireDsp(),
  socketFactory: createBrowserSocketFactory(),
  openSource: undefined,
  createQueue: (maxMs, listener) => new ReceiveQueue(maxMs, listener),
  createDialect: createClientDialect,
});
