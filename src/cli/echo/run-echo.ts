/** One recording through a server and back: sends a source in real time, records the answer, measures. */

import type { AudioSource } from "../../client/audio-source.ts";
import type { Client } from "../../client/client.ts";
import type { SessionInfo } from "../../client/client-events.ts";
import type { ClientStats } from "../../client/client-stats.ts";
import type { ConnectOptions } from "../../client/options.ts";
import { connect } from "../../client.ts";
import { VoxwireError } from "../../core/errors.ts";
import { createWavFile, type WavFile } from "../../files/wav-file.ts";
import type { JitterStats } from "../../stream/jitter/jitter-stats.ts";
import { Recorder, type TailEnd } from "./recorder.ts";
import { RoundTrips } from "./round-trips.ts";

/** What to send where, and what to do with the answer. */
export interface EchoRunOptions {
  url: string;
  connect: ConnectOptions;
  source: AudioSource;
  /** Brings the loudest sample to this level; undefined: as it is. */
  peakDb?: number | undefined;
  /** The WAV file to write the answer to, PCM 16-bit at the rate of the answer. */
  out: string;
  /** Nothing for so long, once all has been sent, is the end. */
  silenceMs: number;
  /** Whether to stop as soon as as much has come back as was sent. */
  isEcho: boolean;
  signal: AbortSignal;
  /** What the server says beside audio, and what is odd: for a person. */
  onNote(text: string): void;
  /** Called once, when audio may flow. */
  onStarted?(session: SessionInfo): void;
  /** Called for each received frame. */
  onFrame?(receivedMs: number): void;
}

/** What came of it. */
export interface EchoRun {
  readonly session: SessionInfo;
  readonly stats: ClientStats;
  readonly roundTrips: RoundTrips;
  readonly receivedSamples: number;
  /** Of the source, sent; without the silence that fills up the last frame. */
  readonly durationMs: number;
  /** How it ended. */
  readonly end: TailEnd;
}

/**
 * Runs one session from start to end. The output file is closed, and so readable, however it ends.
 * @throws what `connect`, `client.stream` and the files throw, but not for an interruption: that is an `end`
 */
export async function runEcho(options: EchoRunOptions): Promise<EchoRun> {
  const reported: VoxwireError[] = [];
  let failure: unknown;
  try {
    return await runSession(options, reported);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // what is thrown as well need not be said twice
    for (const error of reported) if (error !== failure) options.onNote(`server: ${error.describe()}`);
  }
}

async function runSession(options: EchoRunOptions, reported: VoxwireError[]): Promise<EchoRun> {
  const { signal, onNote } = options;
  const recorder = new Recorder();
  const roundTrips = new RoundTrips();
  const answers = new AnswerWatch();
  const client = await connect(options.url, {
    ...options.connect,
    signal,
    sampleFormat: "int16",
    measureRoundTrip: true,
    on: {
      audio: ({ samples, sampleRate }) => {
        recorder.take(samples as Int16Array, answers.isGoingOn());
        options.onFrame?.((recorder.samples * 1000) / sampleRate);
      },
      roundTrip: (ms) => roundTrips.add(ms),
      log: (text) => onNote(`server: ${text}`),
      warning: (error) => onNote(`warning: ${error.describe()}`),
      error: (error) => reported.push(error),
    },
  });
  let file: WavFile | undefined;
  try {
    answers.client = client;
    options.onStarted?.(client.session);
    file = await createWavFile(options.out, { sampleRate: client.session.output.sampleRate });
    recorder.writeTo(file);
    const { durationMs, end } = await exchange(client, recorder, options);
    // the clock plays on while the end is waited for: that is no hole in the answer
    const stats = { ...client.stats, jitter: answers.jitter ?? client.stats.jitter };
    await client.close();
    return { session: client.session, stats, roundTrips, receivedSamples: recorder.samples, durationMs, end };
  } finally {
    await client.close();
    await file?.close();
  }
}

/** Sends, and waits for the tail. */
async function exchange(
  client: Client,
  recorder: Recorder,
  options: EchoRunOptions,
): Promise<{ durationMs: number; end: TailEnd }> {
  const { signal, silenceMs, source, peakDb } = options;
  const sentBefore = () => client.stats.sentMs;
  try {
    const normalize = peakDb === undefined ? {} : { normalize: { peakDb } };
    const { durationMs } = await client.stream(source, { signal, ...normalize });
    const { input, output } = client.session;
    const enough = Math.floor((client.stats.sentMs * output.sampleRate) / 1000 + 1e-6);
    const isSameRate = input.sampleRate === output.sampleRate;
    const enoughSamples = options.isEcho && isSameRate ? enough : undefined;
    const end = await recorder.tail({ silenceMs, enoughSamples, closed: client.closed, signal });
    return { durationMs, end };
  } catch (error) {
    if (signal.aborted) return { durationMs: sentBefore(), end: "interrupted" };
    // a server that has said what it had to say may close before all has been sent
    const isEnd = error instanceof VoxwireError && error.code === "ERR_SESSION_CLOSED";
    if (isEnd && (await client.closed).isExpected) return { durationMs: sentBefore(), end: "closed" };
    throw error;
  }
}

/** Whether something still comes: where a clock plays, frames come anyway. */
class AnswerWatch {
  client: Client | undefined;
  /** What the jitter buffer had done when something came last. */
  jitter: JitterStats | undefined;
  #framesReceived = 0;

  isGoingOn(): boolean {
    if (this.client === undefined) return true;
    const { framesReceived, jitter } = this.client.stats;
    if (jitter === undefined) return true;
    const isNew = framesReceived !== this.#framesReceived;
    this.#framesReceived = framesReceived;
    const isGoingOn = isNew || jitter.bufferedMs > 0;
    if (isGoingOn) this.jitter = jitter;
    return isGoingOn;
  }
}
