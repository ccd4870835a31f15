/** One call to an echo on this machine, in one codec and frame length, measured: what it costs on the wire and in time. */
import type { SocketFactory } from "../../client/client-socket.ts";
import { connect, createNodeSocketFactory } from "../../client.ts";
import type { StreamCodec } from "../../codec/audio/stream-codec.ts";
import { silentLogger } from "../../core/logger.ts";
import type { Network } from "../../network/network.ts";
import { EchoHandler } from "../../stream/echo-handler.ts";
import type { WireEncoding } from "../../transport/protocol/fastrtc-shapes.ts";
import { serve } from "../../transport/serve.ts";
import type { LoopedAudio } from "../echo/looped-audio.ts";

/** IPv4 and TCP with time stamps; one segment a message, acknowledgements not counted. */
export const TCP_IP_BYTES = 52;
/** A client's WebSocket frame: two bytes, two more where the length needs them, and the mask. */
const MASK_BYTES = 4;
const SHORT_LENGTH = 125;

/** What to call with. */
export interface CallShape {
  readonly encoding: WireEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly frameMs: number;
  /** Where the encoding keeps state. */
  readonly codec: StreamCodec | undefined;
  /** Look-ahead of the codec, in ms. */
  readonly codecMs: number;
}

/** What one direction of a call costs. */
export interface CallFigures {
  readonly encoding: WireEncoding;
  readonly sampleRate: number;
  readonly frameMs: number;
  /** Payload alone. */
  readonly payloadKbps: number;
  /** With the binary protocol's header, WebSocket's, TCP's and IP's. */
  readonly wireBytesPerSecond: number;
  readonly packetsPerSecond: number;
  /** Processor time of both ends and both directions, jitter buffer included, for a second of the call, in ms. */
  readonly cpuMsPerSecond: number;
  /** From the mouth to the ear of the way back: a frame, the codec's look-ahead, the network, the jitter buffer. */
  readonly mouthToEarMs: number;
  /** The share of that which is the jitter buffer's. */
  readonly bufferMs: number;
  /** What had to be made up, percent of what was played. */
  readonly concealedPercent: number;
}

/** Calls once. @param network the way back, new for this call; undefined: this machine's loopback */
export async function measureCall(
  shape: CallShape,
  source: LoopedAudio,
  network: Network | undefined,
  signal: AbortSignal,
): Promise<CallFigures> {
  const { encoding, sampleRate, frameMs, codec } = shape;
  const codecs = codec === undefined ? [] : [codec];
  const direction = { encoding, sampleRate, frameMs };
  const rates = { inputRate: sampleRate, outputRate: sampleRate, frameMs };
  const server = await serve({ handler: EchoHandler, port: 0, logger: silentLogger, codecs, ...rates });
  const sent = { bytes: 0, messages: 0 };
  try {
    const client = await connect(server.url, {
      protocol: "binary",
      format: { input: direction, output: direction },
      codecs,
      signal,
      jitter: true,
      socketFactory: counting(createNodeSocketFactory(), sent),
      ...(network !== undefined && { network }),
      on: { audio: () => {} },
    });
    const before = process.cpuUsage();
    const { durationMs } = await client.stream(source, { signal });
    const { user, system } = process.cpuUsage(before);
    const { jitter, ping, framesSent } = client.stats;
    await client.close();
    const seconds = durationMs / 1000;
    const bufferMs =
      jitter === undefined
        ? 0
        : (1000 * jitter.jitterBufferDelay) / Math.max(1, jitter.jitterBufferEmittedCount);
    // up there is only the loopback: what a ping takes is the way back's least
    const networkMs = network === undefined ? ping.p50 / 2 : ping.p50;
    return {
      encoding,
      sampleRate,
      frameMs,
      payloadKbps: ((sent.bytes - sent.messages * HEADER_BYTES) * 8) / durationMs,
      wireBytesPerSecond: sent.messages === 0 ? 0 : wireBytes(sent) / seconds,
      packetsPerSecond: framesSent / seconds,
      cpuMsPerSecond: (user + system) / 1000 / seconds,
      mouthToEarMs: playedFrameMs(frameMs) + shape.codecMs + networkMs + bufferMs,
      bufferMs,
      concealedPercent:
        (100 * (jitter?.concealedSamples ?? 0)) / Math.max(1, jitter?.totalSamplesReceived ?? 0),
    };
  } finally {
    await server.close({ drainMs: 0 });
  }
}

/** What is played at once, and so was waited for: messages that the jitter buffer cuts are heard piece by piece. */
function playedFrameMs(frameMs: number): number {
  return frameMs >= 10 && frameMs <= 60 ? frameMs : 20;
}

/** The binary protocol's header. */
const HEADER_BYTES = 12;
const AUDIO_TYPE = 1;

interface Sent {
  bytes: number;
  messages: number;
}

function wireBytes({ bytes, messages }: Sent): number {
  const lengthBytes = bytes / messages > SHORT_LENGTH ? 4 : 2;
  return bytes + messages * (lengthBytes + MASK_BYTES + TCP_IP_BYTES);
}

/** Counts the audio that a client sends. */
function counting(factory: SocketFactory, sent: Sent): SocketFactory {
  return (url, listener, subprotocol) => {
    const socket = factory(url, listener, subprotocol);
    return {
      get bufferedBytes() {
        return socket.bufferedBytes;
      },
      send(message, isBinary) {
        if (typeof message !== "string" && message[1] === AUDIO_TYPE) {
          sent.bytes += message.length;
          sent.messages++;
        }
        socket.send(message, isBinary);
      },
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate(),
    };
  };
}
