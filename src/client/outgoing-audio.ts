/** Everything a client sends: live audio, and one paced stream at a time. */

import { SilenceSender } from "../codec/comfort-noise/silence-sender.ts";
import { checkNumber, checkOneOf } from "../core/check.ts";
import { ConfigError, VoxwireError } from "../core/errors.ts";
import { expectOptions, type NamesOf } from "../core/option-names.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleArray } from "../core/types.ts";
import type { ClientDsp } from "../dsp/client-dsp.ts";
import { Slicer } from "../dsp/slicer.ts";
import type { MediaWriter } from "../transport/protocol/client-dialect.ts";
import type { DirectionFormat } from "../transport/protocol/fastrtc-client.ts";
import {
  type AudioSource,
  isRepeatable,
  type OpenBlocks,
  type OpenSource,
  openBlocks,
  peakOf,
} from "./audio-source.ts";
import type { ClientLink } from "./client-link.ts";
import { type ClientState, canSend } from "./client-state.ts";
import type { ClientStats } from "./client-stats.ts";
import type { ClientSettings } from "./options.ts";
import { PacedStream, type StreamSummary } from "./paced-stream.ts";
import type { RoundTrip } from "./round-trip.ts";
import { streamCodecOf, wholeDsp } from "./wire-codecs.ts";
import { type SampleBlock, WireConverter } from "./wire-converter.ts";
import { WireFrames } from "./wire-frames.ts";

/** Options of `client.stream`. */
export interface StreamOptions {
  /** Stops the stream: it rejects with the signal's reason, and the client stays as it is. */
  signal?: AbortSignal;
  /** Brings the loudest sample to `peakDb` dB of full scale (0 or less); reads the source twice. Default false. */
  normalize?: false | { peakDb: number };
  /** `"realtime"` (default), or `"fast"`: as fast as the socket takes it, for servers that take it faster. */
  pace?: "realtime" | "fast";
  /** Hz of bare samples in an iterable; default the wire's. */
  sampleRate?: number;
}

const STREAM_OPTIONS: NamesOf<StreamOptions> = { signal: 1, normalize: 1, pace: 1, sampleRate: 1 };

/** What outgoing audio is made of. */
export interface OutgoingAudioParts {
  dsp: ClientDsp;
  settings: ClientSettings;
  connection: ClientLink;
  roundTrip: RoundTrip | undefined;
  openSource: OpenSource | undefined;
}

/** A WebSocket does not say when its buffer has run empty. */
const DRAIN_POLL_MS = 5;

/** One client's way out. */
export class OutgoingAudio {
  readonly #parts: OutgoingAudioParts;
  readonly #sendFrame = (frame: Int16Array) => this.#send(frame);
  readonly #sendLiveFrame = (frame: Int16Array) => this.#sendLive(frame);
  #format: DirectionFormat | undefined;
  #frameSamples = 0;
  #frameMs = 0;
  #writer: MediaWriter | undefined;
  /** There where silence may be left out. */
  #silence: SilenceSender | undefined;
  #maxBufferedBytes = 0;
  #live: { converter: WireConverter; slicer: Slicer } | undefined;
  #isStreaming = false;
  #stream: PacedStream | undefined;
  #isPaused = false;
  #endError: VoxwireError | undefined;
  #framesSent = 0;
  #droppedFrames = 0;
  readonly #idle = new Set<() => void>();

  constructor(parts: OutgoingAudioParts) {
    this.#parts = parts;
  }

  /** What holds from here on. */
  useFormat(format: DirectionFormat): void {
    const { connection, dsp, settings } = this.#parts;
    this.#format = format;
    this.#frameSamples = Math.max(1, Math.round((format.sampleRate * format.frameMs) / 1000));
    this.#frameMs = (this.#frameSamples * 1000) / format.sampleRate;
    this.#writer?.dispose();
    const codec = streamCodecOf(settings.codecs, format);
    this.#silence =
      format.comfortNoise === true ? new SilenceSender(format.sampleRate, this.#frameMs) : undefined;
    this.#writer = connection.dialect.createMediaWriter(
      dsp,
      format.encoding,
      this.#frameSamples,
      codec?.createEncoder(wholeDsp(dsp), format.sampleRate),
      this.#silence,
    );
    const frames = Math.max(1, settings.maxBufferedMs / this.#frameMs);
    this.#maxBufferedBytes = frames * this.#writer.messageBytes(this.#frameSamples);
    this.#live?.converter.dispose();
    this.#live = undefined;
  }

  get stats(): Pick<ClientStats, "framesSent" | "sentMs" | "sendDroppedFrames" | "pacing" | "silence"> {
    return {
      framesSent: this.#framesSent,
      sentMs: this.#framesSent * this.#frameMs,
      sendDroppedFrames: this.#droppedFrames,
      pacing: this.#stream?.pacing,
      silence: this.#silence?.counts,
    };
  }

  /** See `Client.send`. */
  send(audio: SampleArray | SampleBlock): boolean {
    const format = this.#format;
    if (this.#isStreaming) throw busy("send()");
    if (format === undefined || !isOpen(this.#parts.connection.state)) return false;
    this.#live ??= {
      converter: new WireConverter(this.#parts.dsp, format.sampleRate),
      slicer: new Slicer({ frameSamples: this.#frameSamples }),
    };
    const { converter, slicer } = this.#live;
    const droppedBefore = this.#droppedFrames;
    const samples = ArrayBuffer.isView(audio)
      ? converter.convert(audio, format.sampleRate, 1)
      : converter.convert(audio?.samples, audio?.sampleRate, audio?.channels ?? 1);
    slicer.push(samples, this.#sendLiveFrame);
    return this.#droppedFrames === droppedBefore;
  }

  /** See `Client.flush`. */
  flush(): void {
    if (this.#live === undefined) return;
    const { converter, slicer } = this.#live;
    slicer.push(converter.flush(), this.#sendLiveFrame);
    slicer.flush(this.#sendLiveFrame);
  }

  /** See `Client.stream`. */
  async stream(source: AudioSource, given: StreamOptions): Promise<StreamSummary> {
    const options = expectOptions("stream()", given, STREAM_OPTIONS);
    const { signal, normalize = false } = options;
    const pace = checkOneOf("pace", options.pace ?? "realtime", ["realtime", "fast"]);
    if (options.sampleRate !== undefined) checkSampleRate("sampleRate", options.sampleRate);
    if (normalize !== false) checkNumber("normalize.peakDb", normalize.peakDb, -120, 0);
    signal?.throwIfAborted();
    this.#checkOpen();
    if (this.#isStreaming) throw busy("stream()");
    this.#isStreaming = true;
    this.flush();
    const { dsp, settings, connection, openSource } = this.#parts;
    const { sampleRate } = this.#format!;
    const converter = new WireConverter(dsp, sampleRate);
    let onAbort: (() => void) | undefined;
    let opened: OpenBlocks | undefined;
    try {
      const defaultRate = options.sampleRate ?? sampleRate;
      if (normalize !== false) converter.setGain(await this.#gainFor(source, defaultRate, normalize.peakDb));
      opened = await openBlocks(source, defaultRate, openSource);
      const frames = new WireFrames(opened.blocks, converter, this.#frameSamples);
      const stream = new PacedStream({
        clock: settings.clock,
        frames,
        frameSamples: this.#frameSamples,
        sampleRate,
        isRealtime: pace === "realtime",
        catchUpMs: settings.catchUpMs,
        send: this.#sendFrame,
        isBlocked: () => connection.bufferedBytes > this.#maxBufferedBytes,
      });
      this.#stream = stream;
      onAbort = () => stream.stop(signal?.reason);
      signal?.addEventListener("abort", onAbort);
      if (signal?.aborted === true) onAbort();
      else if (this.#endError !== undefined) stream.stop(this.#endError);
      if (this.#isPaused) stream.pause();
      stream.start();
      return await stream.done;
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
      converter.dispose();
      this.#isStreaming = false;
      for (const resolve of this.#idle) resolve();
      this.#idle.clear();
      await opened?.close();
    }
  }

  /** See `Client.pause`. */
  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  /** See `Client.resume`. */
  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
  }

  /** See `Client.drain`. */
  async drain(): Promise<void> {
    await this.settled();
    if (this.#endError !== undefined) throw this.#endError;
  }

  /** As `drain`, but without an error where the connection ends first. */
  async settled(): Promise<void> {
    const { connection, settings } = this.#parts;
    if (this.#isStreaming) await new Promise<void>((resolve) => this.#idle.add(resolve));
    while (this.#endError === undefined && connection.bufferedBytes > 0) {
      await new Promise<void>((resolve) => settings.clock.setTimer(resolve, DRAIN_POLL_MS));
    }
  }

  /** The connection is closed. */
  end(error: VoxwireError | undefined): void {
    this.#endError =
      error ??
      new VoxwireError("ERR_SESSION_CLOSED", "The client is closed.", {
        hint: "Call connect() for a new one.",
      });
    this.#stream?.stop(this.#endError);
    this.#writer?.dispose();
    this.#writer = undefined;
    this.#live?.converter.dispose();
    this.#live = undefined;
  }

  async #gainFor(source: AudioSource, defaultRate: number, peakDb: number): Promise<number> {
    if (!isRepeatable(source)) {
      throw new ConfigError("ERR_CONFIG", "normalize needs a source that can be read twice.", {
        hint: "Collect the blocks into { samples, sampleRate } first, or pass a path.",
      });
    }
    const { blocks, close } = await openBlocks(source, defaultRate, this.#parts.openSource);
    const peak = await peakOf(blocks).finally(close);
    return peak > 0 ? 10 ** (peakDb / 20) / peak : 1;
  }

  #checkOpen(): void {
    const { state } = this.#parts.connection;
    if (this.#endError !== undefined) throw this.#endError;
    if (isOpen(state)) return;
    throw new VoxwireError("ERR_SESSION_CLOSED", `The client is ${state}.`, {
      hint: "Send before close() is called.",
    });
  }

  /** One frame of `send`: never waits, so a full socket costs it. */
  #sendLive(frame: Int16Array): void {
    const { bufferedBytes, state } = this.#parts.connection;
    // while the connection is lost the link drops what is oldest
    if (state !== "reconnecting" && bufferedBytes > this.#maxBufferedBytes) this.#droppedFrames++;
    else this.#send(frame);
  }

  /** One frame, now. No allocation here. */
  #send(frame: Int16Array): void {
    const { connection, roundTrip, settings } = this.#parts;
    if (this.#writer === undefined || !canSend(connection.state)) return;
    const message = this.#writer.write(frame);
    if (message.length > 0) connection.sendAudio(message, this.#frameMs);
    this.#framesSent++;
    roundTrip?.sent(this.#frameMs, settings.clock.now());
  }
}

function isOpen(state: ClientState): boolean {
  return state === "started" || state === "reconnecting";
}

function busy(what: string): ConfigError {
  return new ConfigError("ERR_CONFIG", `${what} was called while a stream runs.`, {
    hint: "Await the first stream, or abort it by its signal.",
  });
}
