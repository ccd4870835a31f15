/** What a client counts. */
import type { JitterStats } from "../stream/jitter/jitter-stats.ts";
import type { DurationSummary } from "./histogram.ts";
import type { PacingReport } from "./send-schedule.ts";

/** A snapshot. Durations in ms. */
export interface ClientStats {
  readonly framesSent: number;
  /** Audio sent. */
  readonly sentMs: number;
  /** Frames that `send` dropped because the socket was full. */
  readonly sendDroppedFrames: number;
  /** Messages of audio received. */
  readonly framesReceived: number;
  /** Audio received. */
  readonly receivedMs: number;
  /** Received frames that nobody took in time. */
  readonly receiveDroppedFrames: number;
  /** Received audio that waits for the iterator. */
  readonly receiveQueuedMs: number;
  /** Received audio that the iterator or the listeners have consumed. */
  readonly playedMs: number;
  /** The jitter buffer, by WebRTC's names; undefined without the option `jitter`. */
  readonly jitter: JitterStats | undefined;
  /** Messages that could not be read. */
  readonly malformedMessages: number;
  /** Messages of a kind that this client does not know. */
  readonly unknownMessages: number;
  /** Lost connections that were replaced. */
  readonly reconnects: number;
  /** Audio of this client's that lost connections swallowed, and audio for it. */
  readonly lostSentMs: number;
  readonly lostReceivedMs: number;
  /** Bytes that wait in the socket. */
  readonly bufferedBytes: number;
  /** How well the latest `stream` keeps its times; undefined before the first. */
  readonly pacing: PacingReport | undefined;
  /** There where silence may be left out: frames that were sent, were stood for by a payload of noise, and were left out. */
  readonly silence: { readonly speech: number; readonly noise: number; readonly nothing: number } | undefined;
  /** Pings there and back. */
  readonly ping: DurationSummary;
  /** Echo by media position; counts nothing without `measureRoundTrip`. */
  readonly roundTrip: DurationSummary;
}
