/**
 * A whole telephone call to a running server, as Twilio would make it: asks for instructions, signs what it asks, opens the
 * stream, says a recording in real time, presses keys, plays what comes back and hangs up.
 */
import { createHmac } from "node:crypto";
import { WebSocket } from "ws";
import { checkNumber } from "../core/check.ts";
import { checkOptionNames } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf } from "../core/option-names.ts";
import { checkSampleRate } from "../core/rates.ts";
import { loadDsp } from "../dsp/dsp.ts";
import { loadTestAudio, type TestAudio } from "./test-audio.ts";
import { type ReturnedMark, randomSid, TwilioLine } from "./twilio-line.ts";

/** How a call is made. */
export interface TwilioCallOptions {
  /**
   * Where Twilio asks what to do: `http://host:port/telephone/incoming`. Or the stream itself,
   * `ws://host:port/telephone/handler`: nothing is asked then. (Real calls need https and wss.)
   */
  url: string;
  /** What the caller says: a file's path or samples; default: nothing for as long as `tailMs`. */
  audio?: TestAudio;
  /** With it both requests bear Twilio's signature. */
  authToken?: string;
  /** Fields of the form beside the call's ids; default: invented numbers. */
  from?: string;
  to?: string;
  /** `<Parameter>`s where the stream's URL is given. */
  parameters?: Readonly<Record<string, string>>;
  /** Keys, each pressed so long after the start. */
  keys?: readonly { readonly digit: string; readonly atMs: number }[];
  /** How long the caller stays after the last word. Default 1,000 ms. */
  tailMs?: number;
}

const CALL_OPTIONS: NamesOf<TwilioCallOptions> = {
  url: 1,
  audio: 1,
  authToken: 1,
  from: 1,
  to: 1,
  parameters: 1,
  keys: 1,
  tailMs: 1,
};

/** What came of it. */
export interface TwilioCallResult {
  readonly streamSid: string;
  readonly callSid: string;
  /** All that the caller has heard, from the start of the call on, with its pauses: 8 kHz. */
  readonly heard: Int16Array;
  /** The same without the pauses. */
  readonly played: Int16Array;
  readonly sampleRate: 8000;
  /** Marks returned to the server, in order. */
  readonly marks: readonly ReturnedMark[];
  readonly clears: TwilioLine["clears"];
  /** What Twilio would have reported as errors; none, if all is well. */
  readonly faults: readonly string[];
  /** How the socket closed, and whether the server hung up. */
  readonly closeCode: number;
  readonly endedBy: "caller" | "server";
}

interface Sids {
  readonly callSid: string;
  readonly accountSid: string;
}

/** Where a call is connected to. */
interface Stream {
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Makes a call and resolves when it is over.
 * @throws ConfigError for wrong options; Error where the server refuses the call or answers what is no TwiML of a stream
 */
export async function callTwilio(options: TwilioCallOptions): Promise<TwilioCallResult> {
  checkOptionNames("callTwilio()", options, CALL_OPTIONS);
  const tailMs = checkNumber("tailMs", options.tailMs ?? 1000, 0, 3_600_000);
  const pcm = options.audio === undefined ? new Int16Array(0) : await telephonePcm(options.audio);
  const sids = { callSid: randomSid("CA"), accountSid: randomSid("AC") };
  const stream = await streamOf(options, sids);
  const socket = new WebSocket(plain(stream.url, options.url), {
    perMessageDeflate: false,
    ...(options.authToken !== undefined && {
      headers: { "X-Twilio-Signature": sign(options.authToken, stream.url) },
    }),
  });
  const line = new TwilioLine({
    send: (message) => socket.send(message),
    parameters: stream.parameters,
    ...sids,
  });
  return await talk(socket, line, pcm, options.keys ?? [], tailMs);
}

async function talk(
  socket: WebSocket,
  line: TwilioLine,
  pcm: Int16Array,
  keys: NonNullable<TwilioCallOptions["keys"]>,
  tailMs: number,
): Promise<TwilioCallResult> {
  let endedBy: TwilioCallResult["endedBy"] = "server";
  socket.on("message", (data) => line.receive(String(data)));
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  line.connect();
  const timers = keys.map(({ digit, atMs }) => setTimeout(() => line.press(digit), atMs));
  await Promise.race([closed, line.say(pcm).then(() => line.say(silence(tailMs)))]);
  for (const timer of timers) clearTimeout(timer);
  if (socket.readyState === WebSocket.OPEN) {
    endedBy = "caller";
    line.hangUp();
    // Twilio closes after its stop; the server may have done so before
    socket.close(1000);
  }
  const closeCode = await closed;
  line.disconnect();
  const { streamSid, callSid, heard, played, marks, clears, faults } = line;
  return { streamSid, callSid, heard, played, sampleRate: 8000, marks, clears, faults, closeCode, endedBy };
}

/** Asks the server, where the URL is not the stream's own. */
async function streamOf(options: TwilioCallOptions, sids: Sids): Promise<Stream> {
  const { url, authToken, parameters = {} } = options;
  if (/^wss?:/.test(url)) return { url, parameters };
  if (!/^https?:/.test(url)) {
    throw new ConfigError("ERR_CONFIG", "url is neither http(s) nor ws(s).", {
      hint: "Write http://127.0.0.1:8765/telephone/incoming.",
    });
  }
  const form = {
    AccountSid: sids.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: sids.callSid,
    CallStatus: "ringing",
    Direction: "inbound",
    From: options.from ?? "+15550100001",
    To: options.to ?? "+15550100002",
  };
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: authToken === undefined ? {} : { "X-Twilio-Signature": sign(authToken, url, form) },
  });
  const twiml = await response.text();
  if (!response.ok) throw new Error(`The server refused the call with ${response.status}: ${twiml.trim()}`);
  return readTwiml(twiml);
}

/** The one instruction that is understood here. */
function readTwiml(twiml: string): Stream {
  const stream = /<Connect>\s*<Stream\s+url="([^"]*)"\s*(?:\/>|>(.*?)<\/Stream>)\s*<\/Connect>/s.exec(twiml);
  if (stream === null)
    throw new Error(`The server answered what is no TwiML of a stream: ${twiml.slice(0, 200)}`);
  const parameters = [...(stream[2] ?? "").matchAll(/<Parameter\s+name="([^"]*)"\s+value="([^"]*)"\s*\/>/g)];
  return {
    url: unescapeXml(stream[1] ?? ""),
    parameters: Object.fromEntries(
      parameters.map(([, name = "", value = ""]) => [unescapeXml(name), unescapeXml(value)]),
    ),
  };
}

/** Where the call was asked for without TLS, the stream is too: for a server on this machine. */
function plain(streamUrl: string, asked: string): string {
  return asked.startsWith("http:") ? streamUrl.replace(/^wss:/, "ws:") : streamUrl;
}

function sign(authToken: string, url: string, form: Readonly<Record<string, string>> = {}): string {
  const fields = Object.keys(form).sort();
  const text = url + fields.map((name) => name + (form[name] ?? "")).join("");
  return createHmac("sha1", authToken).update(text).digest("base64");
}

async function telephonePcm(audio: TestAudio): Promise<Int16Array> {
  const dsp = await loadDsp();
  const { samples, sampleRate } = await loadTestAudio(audio);
  checkSampleRate("sampleRate", sampleRate);
  const resampled =
    sampleRate === 8000 ? samples : dsp.resample(samples, { inputRate: sampleRate, outputRate: 8000 });
  return dsp.pcm.floatToInt16(resampled);
}

function silence(durationMs: number): Int16Array {
  return new Int16Array(Math.ceil((durationMs * 8000) / 1000));
}

function unescapeXml(text: string): string {
  return text
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("&amp;", "&");
}
