/** `voxwire/server`: voice over WebSocket for handlers. Node only. */

export { type Clock, systemClock, VirtualClock } from "./core/clock.ts";
export type { ErrorCode } from "./core/errors.ts";
export { CodecError, ConfigError, ProtocolError, VoxwireError, WasmError } from "./core/errors.ts";
export type { SessionLimits } from "./core/limits.ts";
export { consoleLogger, type Logger, silentLogger } from "./core/logger.ts";
export type { AudioFrame, SampleArray, SampleFormat } from "./core/types.ts";
export { AudioQueue, type AudioQueueOptions } from "./stream/audio-queue.ts";
export { EchoHandler, type EchoOptions } from "./stream/echo-handler.ts";
export {
  type GeneratorFunction,
  GeneratorHandler,
  type GeneratorSession,
} from "./stream/generator-handler.ts";
export {
  type AnyHandler,
  type Emitted,
  type EndReason,
  type MaybePromise,
  StreamHandler,
} from "./stream/handler.ts";
export type { JitterSettings } from "./stream/jitter/jitter-settings.ts";
export type { JitterStats } from "./stream/jitter/jitter-stats.ts";
export type { HandlerClass, HandlerFactory, HandlerSource } from "./stream/resolve-handler.ts";
export type { SessionEvents, SessionGap } from "./stream/session-events.ts";
export type { Session, SessionStats } from "./stream/session-handle.ts";
export { attach } from "./transport/attach.ts";
export { type AuthAnswer, type AuthHook, type AuthRequest, type Grant, tokenAuth } from "./transport/auth.ts";
export type { TrustProxy } from "./transport/client-address.ts";
export type { RefusalKind, ServerMetrics } from "./transport/counters.ts";
export type { HandlerSettings } from "./transport/handler-settings.ts";
export type { CodecLoader } from "./transport/late-codecs.ts";
export type { ListenOptions } from "./transport/listen-options.ts";
export type { TlsFiles } from "./transport/listener.ts";
export type { MetricsOptions } from "./transport/monitoring/metrics-options.ts";
export type { PromRegister } from "./transport/monitoring/prom-client.ts";
export type { Readiness } from "./transport/monitoring/readiness.ts";
export { CLOSE_CODES, describeCloseCode } from "./transport/protocol/close-codes.ts";
export type { WireAgreement } from "./transport/protocol/fastrtc-format.ts";
export type { WireDirection, WireEncoding } from "./transport/protocol/fastrtc-shapes.ts";
export type { RecordingInfo, RecordingOptions } from "./transport/recording/recording-options.ts";
export type { RunningServer } from "./transport/running-server.ts";
export { type ServeOptions, serve, type WorkerServeOptions } from "./transport/serve.ts";
export type { ServerLimits } from "./transport/server-limits.ts";
export type {
  HandlerOptions,
  MountedHandler,
  ServerOptions,
  ServerSettings,
  WorkerServerOptions,
} from "./transport/server-options.ts";
export type { LiveSession, ServerEvents } from "./transport/session-registry.ts";
export {
  createToken,
  type TokenClaims,
  type TokenOptions,
  type TokenRefusal,
  type VerifyOptions,
  verifyToken,
} from "./transport/token.ts";
export type { CallParameters, TwilioOptions } from "./transport/twilio-options.ts";
export type { HttpServerLike } from "./transport/upgrade-routes.ts";
export type { CloseOptions } from "./transport/voice-server.ts";
export type { HandlerModuleSource } from "./transport/workers/handler-module.ts";
export type {
  MountedModule,
  WorkerHandlerOptions,
  WorkerOptions,
} from "./transport/workers/worker-options.ts";
