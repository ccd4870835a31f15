/** `voxwire/client` in Node: connect to a voice server, send, receive. */
import { clockedPlayback } from "./client/clocked-audio.ts";
import { type Connect, connectFor } from "./client/connect.ts";
import { openNodeFile } from "./client/node-files.ts";
import { checkConnectOptions, checkEventName } from "./client/node-options.ts";
import { createNodeSocketFactory } from "./client/node-socket.ts";
import { ReceiveQueue } from "./client/receive-queue.ts";
import { g722 } from "./codec/audio/stream-codec.ts";
import { checkOptionNames } from "./core/check-options.ts";
import { bringOptionCheck } from "./core/option-names.ts";
import { loadWireDsp } from "./dsp/load-wire.ts";
import { PacedPlayout } from "./stream/jitter/paced-playout.ts";
import { createClientDialect } from "./transport/protocol/client-protocols.ts";

export { Client } from "./client/client.ts";
export type { NodeSocketOptions } from "./client/node-socket.ts";
export { createNodeSocketFactory } from "./client/node-socket.ts";
export type * from "./client/public-types.ts";
export type { JitterSettings } from "./stream/jitter/jitter-settings.ts";
export type { JitterStats } from "./stream/jitter/jitter-stats.ts";

bringOptionCheck(checkOptionNames);

/**
 * Connects to a voice server and opens a session.
 *
 * The binary protocol is tried first, then FastRTC JSON on one new connection (see `ConnectOptions.protocol`). Against a
 * FastRTC server that does not answer `start` within `startedTimeoutMs` (an original one ignores `format`) it goes on as
 * an old client, mu-law both ways: state the rates in `legacy` where they are not 48000 in, 24000 out.
 *
 * @param url `ws://host:port`, `http://...`, with or without a route such as `/websocket/offer`
 * @returns the client, once audio may flow
 * @throws ConfigError for wrong options; VoxwireError `ERR_CONNECT`, `ERR_TIMEOUT`, or the server's refusal; the reason of
 *   `signal`
 */
export const connect: Connect = connectFor({
  loadDsp: () => loadWireDsp(),
  socketFactory: createNodeSocketFactory(),
  openSource: openNodeFile,
  codecs: [g722],
  createQueue: (maxMs, listener) => new ReceiveQueue(maxMs, listener),
  clocked: clockedPlayback((options) => new PacedPlayout(options)),
  createDialect: createClientDialect,
  checkOptions: checkConnectOptions,
  checkEvent: checkEventName,
});
