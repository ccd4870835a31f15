/** What a jitter buffer counts, by the names that WebRTC's getStats uses for a receiver of audio. */

/** A snapshot. Samples are of the stream's rate; delays in seconds, summed over emitted samples as WebRTC does. */
export interface JitterStats {
  /** Packets taken in, late and doubled ones included. */
  readonly packetsReceived: number;
  /** Packets whose number was passed over and that have not come. */
  readonly packetsLost: number;
  /** Packets that came too late, twice, or beyond what the buffer holds. */
  readonly packetsDiscarded: number;
  /** Of these, packets that had come before. */
  readonly packetsDuplicated: number;
  /** Packets whose payload was no frame. */
  readonly packetsMalformed: number;
  /** Samples played, made-up ones included. */
  readonly totalSamplesReceived: number;
  /** Samples made up in place of ones that had not come. */
  readonly concealedSamples: number;
  /** Of these, silence. */
  readonly silentConcealedSamples: number;
  /** Stretches of concealment. */
  readonly concealmentEvents: number;
  /** Samples put in to raise the delay. */
  readonly insertedSamplesForDeceleration: number;
  /** Samples taken out to lower the delay. */
  readonly removedSamplesForAcceleration: number;
  /** Time that emitted samples spent in the buffer: divide by `jitterBufferEmittedCount` for the mean. */
  readonly jitterBufferDelay: number;
  /** The target while they were emitted, summed likewise. */
  readonly jitterBufferTargetDelay: number;
  /** Samples emitted from packets. */
  readonly jitterBufferEmittedCount: number;
  /** Of these, samples of lost packets out of the in-band FEC of the ones after them: of `packetsLost`, but not concealed. */
  readonly recoveredSamples: number;
  /** Interarrival jitter as RFC 3550 estimates it, in seconds. */
  readonly jitter: number;
  /** The target delay now, in ms. */
  readonly targetMs: number;
  /** Playout's delay above the fastest packet when the last frame was played, in ms. */
  readonly delayMs: number;
  /** Audio that waits, in ms. */
  readonly bufferedMs: number;
  /** How often the sender has counted anew, or gone on after a pause. */
  readonly restarts: number;
  /** Steering against the difference of the two clocks, in parts per million. */
  readonly driftPpm: number;
}

/** The same, while it counts. */
export type JitterCounters = { -readonly [K in keyof JitterStats]: JitterStats[K] };

export function createJitterCounters(): JitterCounters {
  return {
    packetsReceived: 0,
    packetsLost: 0,
    packetsDiscarded: 0,
    packetsDuplicated: 0,
    packetsMalformed: 0,
    totalSamplesReceived: 0,
    concealedSamples: 0,
    silentConcealedSamples: 0,
    concealmentEvents: 0,
    insertedSamplesForDeceleration: 0,
    removedSamplesForAcceleration: 0,
    jitterBufferDelay: 0,
    jitterBufferTargetDelay: 0,
    jitterBufferEmittedCount: 0,
    recoveredSamples: 0,
    jitter: 0,
    targetMs: 0,
    delayMs: 0,
    bufferedMs: 0,
    restarts: 0,
    driftPpm: 0,
  };
}
