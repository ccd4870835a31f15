/**
 * The telephone network's end of one Twilio Media Stream, without a socket: says what Twilio says, every 20 ms, plays what
 * the server sends in its own time, returns marks when the audio before them has been heard or dropped, and notes whatever
 * the real one would report as an error. Written from Twilio's documentation of Media Streams' WebSocket messages, and
 * sharing no code with the server's end. For tests.
 */
import { checkOptionNames } from "../core/check-options.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { NamesOf } from "../core/option-names.ts";
import { type Dsp, loadDspSync } from "../dsp/dsp.ts";
import { type ReachedMark, TwilioPlayout } from "./twilio-playout.ts";

const SAMPLE_RATE = 8000;
const FRAME_MS = 20;
const FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What a line is made of. */
export interface TwilioLineOptions {
  /** Takes each message to the server, as text. */
  send: (message: string) => void;
  /** Default: the process's; a `VirtualClock` for a call without waiting. */
  clock?: Clock;
  /** Default `MZ` and 32 digits, by chance. */
  streamSid?: string;
  callSid?: string;
  accountSid?: string;
  /** The `<Parameter>`s of the TwiML. */
  parameters?: Readonly<Record<string, string>>;
}

const LINE_OPTIONS: NamesOf<TwilioLineOptions> = {
  send: 1,
  clock: 1,
  streamSid: 1,
  callSid: 1,
  accountSid: 1,
  parameters: 1,
};

/** A mark on its way back. */
export interface ReturnedMark extends ReachedMark {
  /** Since the start of the call. */
  readonly atMs: number;
}

/** One call. */
export class TwilioLine {
  readonly streamSid: string;
  readonly callSid: string;
  readonly accountSid: string;
  /** Marks returned, in order. */
  readonly marks: ReturnedMark[] = [];
  /** When the server said `clear`, in ms since the start, and how much audio that dropped. */
  readonly clears: { readonly atMs: number; readonly droppedMs: number }[] = [];
  /** Each message of the server's that Twilio would not take, as a sentence. */
  readonly faults: string[] = [];
  /** Media messages of the server's. */
  mediaMessages = 0;
  readonly #options: TwilioLineOptions;
  readonly #clock: Clock;
  readonly #dsp: Dsp = loadDspSync();
  readonly #playout = new TwilioPlayout();
  readonly #timeline: Int16Array[] = [];
  readonly #played: Int16Array[] = [];
  #toSay: Int16Array = new Int16Array(0);
  #said = 0;
  #sequence = 0;
  #chunk = 0;
  #startMs = 0;
  #timer: unknown;
  #isOpen = false;
  #onSaid: (() => void)[] = [];

  constructor(options: TwilioLineOptions) {
    checkOptionNames("TwilioLine", options, LINE_OPTIONS);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.streamSid = options.streamSid ?? randomSid("MZ");
    this.callSid = options.callSid ?? randomSid("CA");
    this.accountSid = options.accountSid ?? randomSid("AC");
  }

  /** All that the caller has heard, from the start of the call on, with its pauses: 8 kHz. */
  get heard(): Int16Array {
    return joined(this.#timeline);
  }

  /** The same without the pauses. */
  get played(): Int16Array {
    return joined(this.#played);
  }

  /** Audio of the server's that waits to be played. */
  get queuedMs(): number {
    return (this.#playout.queuedSamples * 1000) / SAMPLE_RATE;
  }

  /** Begins the call: `connected`, `start`, and from then on 20 ms of media every 20 ms. */
  connect(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#startMs = this.#clock.now();
    this.#options.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    const { streamSid, callSid, accountSid } = this;
    this.#send("start", {
      start: {
        accountSid,
        streamSid,
        callSid,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: SAMPLE_RATE, channels: 1 },
        customParameters: this.#options.parameters ?? {},
      },
    });
    this.#schedule();
  }

  /** Says `pcm` (8 kHz) from the next frame on, after what is being said; resolves when all of it has been sent. */
  say(pcm: Int16Array): Promise<void> {
    this.#toSay = joined([this.#toSay.subarray(this.#said), pcm]);
    this.#said = 0;
    return new Promise((resolve) => this.#onSaid.push(resolve));
  }

  /** Presses a key. */
  press(digit: string): void {
    this.#send("dtmf", { dtmf: { track: "inbound_track", digit } });
  }

  /** Takes a message of the server's. */
  receive(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.faults.push(`A message is not JSON: ${text.slice(0, 80)}`);
      return;
    }
    const { event, streamSid, media, mark } = Object(message) as Record<string, unknown>;
    if (streamSid !== this.streamSid) {
      this.faults.push(`A message has the streamSid ${String(streamSid)}.`);
    } else if (event === "media") {
      this.#takeMedia(Object(media).payload);
    } else if (event === "mark") {
      this.#takeMark(Object(mark).name);
    } else if (event === "clear") {
      this.clears.push({ atMs: this.#nowMs(), droppedMs: this.queuedMs });
      this.#return(this.#playout.clear());
    } else {
      this.faults.push(`A message has the event ${String(event)}.`);
    }
  }

  /** Ends the call: `stop`, and no more. What was being said is left unsaid. */
  hangUp(): void {
    if (!this.#isOpen) return;
    const { accountSid, callSid } = this;
    this.#send("stop", { stop: { accountSid, callSid } });
    this.disconnect();
  }

  /** The socket has closed. */
  disconnect(): void {
    this.#isOpen = false;
    this.#clock.clearTimer(this.#timer);
    this.#resolveSaid();
  }

  #takeMedia(payload: unknown): void {
    if (typeof payload !== "string" || !BASE64.test(payload)) {
      this.faults.push("A media message has no payload in Base64.");
      return;
    }
    this.mediaMessages++;
    this.#playout.push(this.#dsp.mulaw.decode(Buffer.from(payload, "base64")));
  }

  #takeMark(name: unknown): void {
    if (typeof name === "string") this.#return(this.#playout.mark(name));
    else this.faults.push("A mark message has no name.");
  }

  #return(marks: readonly ReachedMark[]): void {
    for (const mark of marks) {
      this.marks.push({ ...mark, atMs: this.#nowMs() });
      this.#send("mark", { mark: { name: mark.name } });
    }
  }

  /** One frame, out and in. */
  #tick(): void {
    if (!this.#isOpen) return;
    const heard = new Int16Array(FRAME_SAMPLES);
    const { samples, marks } = this.#playout.play(heard);
    this.#timeline.push(heard);
    if (samples > 0) this.#played.push(heard.subarray(0, samples));
    this.#return(marks);
    const said = new Int16Array(FRAME_SAMPLES);
    said.set(this.#toSay.subarray(this.#said, this.#said + FRAME_SAMPLES));
    this.#said = Math.min(this.#said + FRAME_SAMPLES, this.#toSay.length);
    this.#send("media", {
      media: {
        track: "inbound",
        chunk: String(this.#chunk + 1),
        timestamp: String(this.#chunk * FRAME_MS),
        payload: Buffer.from(this.#dsp.mulaw.encode(said)).toString("base64"),
      },
    });
    this.#chunk++;
    if (this.#said === this.#toSay.length) this.#resolveSaid();
    this.#schedule();
  }

  /** By the clock of the whole call, so that a late frame makes no later ones late. */
  #schedule(): void {
    const dueMs = this.#startMs + (this.#chunk + 1) * FRAME_MS;
    this.#timer = this.#clock.setTimer(() => this.#tick(), Math.max(0, dueMs - this.#clock.now()));
  }

  #resolveSaid(): void {
    const waiting = this.#onSaid;
    this.#onSaid = [];
    for (const resolve of waiting) resolve();
  }

  #send(event: string, body: object): void {
    if (!this.#isOpen) return;
    const sequenceNumber = String(++this.#sequence);
    this.#options.send(JSON.stringify({ event, sequenceNumber, ...body, streamSid: this.streamSid }));
  }

  #nowMs(): number {
    return this.#clock.now() - this.#startMs;
  }
}

/** An id as Twilio makes them: two letters and 32 hexadecimal digits. */
export function randomSid(kind: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return kind + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
