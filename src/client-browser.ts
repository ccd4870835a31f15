/** `voxwire/client` in a browser: the platform's WebSocket, no files. */

import { createBrowserSocketFactory } from "./client/browser-socket.ts";
import type { Client } from "./client/client.ts";
import { connectOn, type Platform } from "./client/connect.ts";
import type { ConnectOptions } from "./client/options.ts";

export type { AudioSource, BlockSource, OpenedSource } from "./client/audio-source.ts";
export type { PlatformSocket, PlatformSocketClass } from "./client/browser-socket.ts";
export { createBrowserSocketFactory } from "./client/browser-socket.ts";
export { Client } from "./client/client.ts";
export type { ClientEvents, CloseInfo, SessionInfo } from "./client/client-events.ts";
export type { ClientSocket, SocketFactory, SocketFailure, SocketListener } from "./client/client-socket.ts";
export type { ClientState } from "./client/client-state.ts";
export type { ClientStats } from "./client/client-stats.ts";
export type { DurationSummary } from "./client/histogram.ts";
export type { ConnectOptions, LegacyRates } from "./client/options.ts";
export type { StreamOptions } from "./client/outgoing-audio.ts";
export type { StreamSummary } from "./client/paced-stream.ts";
export type { PacingReport } from "./client/send-schedule.ts";
export type { SampleBlock } from "./client/wire-converter.ts";
export type { StreamCodec } from "./codec/audio/stream-codec.ts";
export type { DirectionFormat, FormatRequest } from "./transport/protocol/fastrtc-client.ts";

const browser: Platform = { socketFactory: createBrowserSocketFactory(), openSource: undefined };

/** As in Node (see `client.ts`), but for files: pass decoded samples, or an iterable of blocks. */
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
    ? connectOn<Float32Array>(browser, url, options)
    : connectOn<Int16Array>(browser, url, options);
}
