/** Connecting, on any platform. */
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { ConfigError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";
import type { ClientDsp } from "../dsp/client-dsp.ts";
import type { ClientDialect } from "../transport/protocol/client-dialect.ts";
import type { ClientProtocol } from "../transport/protocol/client-protocols.ts";
import type { CreateDialect } from "./attempts.ts";
import type { OpenSource } from "./audio-source.ts";
import { Client } from "./client.ts";
import type { ClientEvents } from "./client-events.ts";
import type { SocketFactory } from "./client-socket.ts";
import type { ClockedPlayback } from "./clocked-audio.ts";
import type { CreateSink } from "./frame-sink.ts";
import { type ConnectOptions, clientSettings } from "./options.ts";
import type { CreateQueue } from "./receive-queue.ts";
import { protocolOfUrl, resolveServerUrl } from "./server-url.ts";

/** What a platform brings along. */
export interface Platform<S extends SampleArray = SampleArray> {
  /** Loads the audio core, where the options give none. */
  loadDsp(): Promise<ClientDsp>;
  socketFactory: SocketFactory;
  /** Undefined where there are no files. */
  openSource: OpenSource | undefined;
  /** Codecs that keep state and need nothing beside this package. */
  codecs?: readonly StreamCodec[];
  /** Keeps what is received for iterators. */
  createQueue?: CreateQueue;
  /** Plays it, in place of iterators; its frames have the wire's rate, or `sampleRate`. */
  createSink?: CreateSink<S>;
  /** Plays received audio by a clock, for the option `jitter`. */
  clocked?: ClockedPlayback;
  /** Both refuse names that there are not. */
  checkOptions?(options: ConnectOptions): void;
  checkEvent?(name: PropertyKey): void;
  /** Makes the messages of the protocols that it speaks. */
  createDialect: CreateDialect;
}

/** `connect` of a platform's entry. */
export interface Connect {
  (url: string | URL, options: ConnectOptions & { sampleFormat: "float32" }): Promise<Client<Float32Array>>;
  (url: string | URL, options?: ConnectOptions & { sampleFormat?: "int16" }): Promise<Client<Int16Array>>;
  (url: string | URL, options: ConnectOptions): Promise<Client<Int16Array> | Client<Float32Array>>;
}

/** The `connect` of a platform. */
export function connectFor(platform: Platform<Int16Array> & Platform<Float32Array>): Connect {
  const connect = (url: string | URL, options?: ConnectOptions) => connectOn(platform, url, options);
  // the option decides which of the overloads' types the result has
  return connect as Connect;
}

/** The same for frames of one format. */
export async function connectOn<S extends SampleArray>(
  platform: Platform<S>,
  url: string | URL,
  given?: ConnectOptions,
): Promise<Client<S>> {
  const options = given ?? {};
  platform.checkOptions?.(options);
  const protocol = options.protocol ?? protocolOfUrl(url);
  const settings = clientSettings({
    ...options,
    ...(protocol !== undefined && { protocol }),
    codecs: [...(options.codecs ?? []), ...(platform.codecs ?? [])],
  });
  if (settings.jitter !== undefined && platform.clocked === undefined) throw noPlayout();
  const attempts = settings.protocols.map((tried) => ({
    protocol: tried,
    url: resolveServerUrl(url, tried),
    createDialect: dialectOf(platform.createDialect, tried),
  }));
  const { signal, on = {} } = options;
  signal?.throwIfAborted();
  const dsp = options.dsp ?? (await platform.loadDsp());
  signal?.throwIfAborted();
  const socketFactory = options.socketFactory ?? platform.socketFactory;
  const client = new Client<S>({
    attempts,
    settings,
    dsp,
    socketFactory: options.network?.overSockets(socketFactory, settings.clock) ?? socketFactory,
    openSource: platform.openSource,
    createSink: platform.createSink,
    createQueue: platform.createQueue,
    clocked: platform.clocked,
    checkEvent: platform.checkEvent,
  });
  for (const [name, listener] of Object.entries(on)) {
    // The loop loses which listener belongs to which name; the options' type has held them together.
    if (listener !== undefined)
      client.on(name as keyof ClientEvents<S>, listener as (value: unknown) => void);
  }
  if (signal !== undefined) {
    const onAbort = () => {
      client.abandon(signal.reason);
      void client.close();
    };
    signal.addEventListener("abort", onAbort);
    void client.closed.then(() => signal.removeEventListener("abort", onAbort));
  }
  await client.open();
  return client;
}

function dialectOf(create: CreateDialect, protocol: ClientProtocol): () => ClientDialect {
  return () => {
    const dialect = create(protocol);
    if (dialect !== undefined) return dialect;
    throw new ConfigError("ERR_CONFIG", `protocol is "${protocol}", which is not spoken here.`, {
      hint: 'voxwire/browser speaks "binary" and "fastrtc", voxwire/client "twilio" too.',
    });
  };
}

function noPlayout(): ConfigError {
  return new ConfigError("ERR_CONFIG", "jitter is set, and the client for browsers has no jitter buffer.", {
    hint: "The speaker of voxwire/browser plays what comes by its own clock; or use createJitterBuffer of voxwire.",
  });
}
