/** `voxwire/browser`: a page's microphone and speaker, connected to a voice server. */

export { connect, type VoiceConnectOptions } from "./client/browser/connect-voice.ts";
export {
  Microphone,
  type MicrophoneEvents,
  type MicrophoneOptions,
  microphone,
} from "./client/browser/microphone.ts";
export type { AudioState } from "./client/browser/page-context.ts";
export {
  Speaker,
  type SpeakerEvents,
  type SpeakerOptions,
  speaker,
} from "./client/browser/speaker.ts";
export type { PlayoutStats } from "./client/browser/speaker-sink.ts";
export { VoiceClient, type VoiceClientEvents } from "./client/browser/voice-client.ts";
export type { VoiceEvents, VoiceStats, WorkerOptions } from "./client/browser/worker-messages.ts";
export type { CloseInfo, SessionInfo } from "./client/client-events.ts";
export type { ClientStats } from "./client/client-stats.ts";
export {
  CodecError,
  ConfigError,
  type ErrorCode,
  ProtocolError,
  VoxwireError,
  WasmError,
} from "./core/errors.ts";
