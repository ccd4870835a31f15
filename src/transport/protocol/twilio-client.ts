/**
 * Twilio Media Streams from the telephone network's side: what a call says to the server that it has been connected to.
 * For trying a server without a telephone. Always mu-law, 8 kHz, mono.
 *
 * Every message but `connected` has a sequence number (a string, from "1") and the stream's id; media is counted in
 * chunks and milliseconds, strings too. Source: Twilio's documentation of Media Streams' WebSocket messages.
 */
import type { ClientDsp } from "../../dsp/client-dsp.ts";
import type { MessageWriter } from "../../dsp/message-writer.ts";
import type { ClientDialect, MediaWriter } from "./client-dialect.ts";
import { decodeTextMessage } from "./fastrtc-client-dialect.ts";

/** The route of this protocol below the server's path. */
export const TWILIO_ROUTE = "/telephone/handler";
/** Hz, both ways. */
export const TWILIO_SAMPLE_RATE = 8000;
/** Text around a payload, at most: the ids and three counters of up to ten digits. */
const ENVELOPE_BYTES = 320;

/** One call. */
export function createTwilioDialect(): ClientDialect {
  return new TwilioCall();
}

class TwilioCall implements ClientDialect {
  readonly isBinary = false;
  readonly subprotocol = undefined;
  readonly mayBeLegacy = true;
  readonly ping = undefined;
  readonly decode = decodeTextMessage;
  #streamSid = "";
  #sequence = 0;
  #chunk = 0;
  #samples = 0;

  open(id: string, _format: unknown, params: Readonly<Record<string, string>>): readonly string[] {
    this.#streamSid = id;
    const start = {
      accountSid: "AC00000000000000000000000000000000",
      streamSid: id,
      callSid: "CA00000000000000000000000000000000",
      tracks: ["inbound"],
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: TWILIO_SAMPLE_RATE, channels: 1 },
      customParameters: params,
    };
    return [
      JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }),
      this.#message("start", { start }),
    ];
  }

  mark(name: string): string {
    return this.#message("mark", { mark: { name } });
  }

  /** A call has no such message; its marks come back instead. */
  cleared(): undefined {
    return undefined;
  }

  /** Nor this one. */
  input(): undefined {
    return undefined;
  }

  stop(): string {
    return this.#message("stop", { stop: { callSid: "CA00000000000000000000000000000000" } });
  }

  createMediaWriter(dsp: ClientDsp, encoding: "mulaw" | "alaw" | "pcm16", maxSamples: number): MediaWriter {
    const payload = dsp.createMessageWriter({ encoding, prefix: "", suffix: "", maxSamples });
    return new CallMediaWriter(payload, (text, samples) => this.#media(text, samples));
  }

  #media(payload: string, samples: number): string {
    const timestamp = Math.round((this.#samples * 1000) / TWILIO_SAMPLE_RATE);
    this.#samples += samples;
    return this.#message("media", {
      media: { track: "inbound", chunk: String(++this.#chunk), timestamp: String(timestamp), payload },
    });
  }

  #message(event: string, body: object): string {
    const sequenceNumber = String(++this.#sequence);
    return JSON.stringify({ event, sequenceNumber, ...body, streamSid: this.#streamSid });
  }
}

class CallMediaWriter implements MediaWriter {
  readonly #payload: MessageWriter;
  readonly #envelop: (payload: string, samples: number) => string;
  readonly #text = new TextDecoder();

  constructor(payload: MessageWriter, envelop: (payload: string, samples: number) => string) {
    this.#payload = payload;
    this.#envelop = envelop;
  }

  messageBytes(samples: number): number {
    return ENVELOPE_BYTES + this.#payload.messageBytes(samples);
  }

  write(samples: Int16Array): string {
    return this.#envelop(this.#text.decode(this.#payload.write(samples)), samples.length);
  }

  dispose(): void {
    this.#payload.dispose();
  }
}
