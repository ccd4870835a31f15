/** What both platforms' entries export beside `connect`. */
export type { StreamCodec } from "../codec/audio/stream-codec.ts";
export type { DirectionFormat, FormatRequest } from "../transport/protocol/fastrtc-client.ts";
export type { AudioSource, BlockSource, OpenedSource } from "./audio-source.ts";
export type { ClientEvents, CloseInfo, ResumedInfo, SessionInfo } from "./client-events.ts";
export type { ClientSocket, SocketFactory, SocketFailure, SocketListener } from "./client-socket.ts";
export type { ClientState } from "./client-state.ts";
export type { ClientStats } from "./client-stats.ts";
export type { DurationSummary } from "./histogram.ts";
export type { ConnectOptions, LegacyRates, ReconnectOptions } from "./options.ts";
export type { StreamOptions } from "./outgoing-audio.ts";
export type { StreamSummary } from "./paced-stream.ts";
export type { PacingReport } from "./send-schedule.ts";
export type { SampleBlock } from "./wire-converter.ts";
