/** `voxwire/client` in Node: connect to a voice server, send, receive. */
import type { Client } from "./client/client.ts";
import { connectOn, type Platform } from "./client/connect.ts";
import { openNodeFile } from "./client/node-files.ts";
import { createNodeSocketFactory } from "./client/node-socket.ts";
import type { ConnectOptions } from "./client/options.ts";
import { g722 } from "./codec/audio/stream-codec.ts";

import { PacedPlayout } from "./stream/jitter/paced-playout.ts";

export type { AudioSource, BlockSource, OpenedSource } from "./client/audio-source.ts";
export { Client } from "./client/client.ts";
export type { ClientEvents, CloseInfo, SessionInfo } from "./client/client-events.ts";
export type { ClientSocket, SocketFactory, SocketFailure, SocketListener } from "./client/client-socket.ts";
export type { ClientState } from "./client/client-state.ts";
export type { ClientStats } from "./client/client-stats.ts";
export type { DurationSummary } from "./client/histogram.ts";
export type { NodeSocketOptions } from "./client/node-socket.ts";
export { createNodeSocketFactory } from "./client/node-socket.ts";
export type { ConnectOptions, LegacyRates } from "./client/options.ts";
export type { StreamOptions } from "./client/outgoing-audio.ts";
export type { StreamSummary } from "./client/paced-stream.ts";
export type { PacingReport } from "./client/send-schedule.ts";
export type { SampleBlock } from "./client/wire-converter.ts";
export type { StreamCodec } from "./codec/audio/stream-codec.ts";
export type { JitterStats } from "./stream/jitter/jitter-stats.ts";
export type { JitterSettings } from "./stream/jitter/paced-playout.ts";
export type { DirectionFormat, FormatRequest } from "./transport/protocol/fastrtc-client.ts";

const node: Platform = {
  socketFactory: createNodeSocketFactory(),
  createPlayout: (options) => new PacedPlayout(options),
  openSource: openNodeFile,
  codecs: [g722],
};

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
export function connect(
  url: string | URL,
  options: ConnectOptions & { sampleFormat: "float32" },
): Promise<Client<Float32Array>>;
export function connect(
  url: string | URL,
  options?: ConnectOptions & { sampleFormat?: "int16" },
): Promise<Client<Int16Array>>;
export function connect(
  url: string | URL,
  options: ConnectOptions,
): Promise<Client<Int16Array> | Client<Float32Array>>;
export function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<Client<Int16Array> | Client<Float32Array>> {
  return options.sampleFormat === "float32"
    ? connectOn<Float32Array>(node, url, options)
    : connectOn<Int16Array>(node, url, options);
}
