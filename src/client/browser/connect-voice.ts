/** `connect` in a page: microphone -> worklet -> worker -> server -> worker -> worklet -> speaker. */
import { checkNumber, configError } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Listener } from "../emitter.ts";
import type { Microphone } from "./microphone.ts";
import { disconnect } from "./page-context.ts";
import { createLink, type LinkEnd } from "./sample-link.ts";
import type { Speaker } from "./speaker.ts";
import { VoiceClient, type VoiceClientEvents } from "./voice-client.ts";
import type { CaptureEnd, PlayoutEnd, WorkerOptions } from "./worker-messages.ts";
import { startWorker } from "./worker-script.ts";
import { loadWorklet } from "./worklet-module.ts";
import { CAPTURE_PROCESSOR, PLAYOUT_PROCESSOR } from "./worklet-names.ts";

/** Options of `connect` in a page: those of a client, but for what it does with samples, and these. */
export interface VoiceConnectOptions extends WorkerOptions {
  /** What is sent. Without it nothing is, and the server only speaks. */
  source?: Microphone;
  /** Where received audio is played. Without it, nowhere. */
  sink?: Speaker;
  /**
   * The least audio that usually waits before it is played, beyond the frame in hand, in ms: what the network may be late
   * without being heard. More waits by itself where that does not do, for as long as it does not. 0 to 200; default what
   * the browser plays at once and 5 ms, 15 ms on most systems.
   */
  marginMs?: number;
  /**
   * Received audio that may wait before the oldest is left out, in ms; 100 to 10,000. Default 400: in a conversation, late
   * is worse than left out. For servers that send an answer at once and not at its own pace: 10,000.
   */
  maxLagMs?: number;
  /** Whether samples pass through shared memory. Default: where the page is cross-origin isolated. */
  isShared?: boolean;
  /** Where voxwire/worker.js is served; default the embedded one, which needs a policy that allows `blob:` workers. */
  workerUrl?: string | URL;
  /** Where voxwire/worklet.js is served; default the embedded one. */
  workletUrl?: string | URL;
  /** How often the `stats` event comes. Default 250. */
  statsMs?: number;
  /** Aborted before the session has started: `connect` rejects with its reason. Later: the client closes. */
  signal?: AbortSignal;
  /** Listeners that are there before the first message. */
  on?: { [K in keyof VoiceClientEvents]?: Listener<VoiceClientEvents[K]> };
}

/** Samples that may wait in either direction: what a burst brings, and a worker that is held up for seconds. */
const CAPTURE_SECONDS = 2;
const PLAYOUT_SECONDS = 12;

/** Options of `connect` of voxwire/client that hold functions: they stay in their thread, and the client is in another. */
const KEPT_BACK = ["codecs", "network", "dsp", "clock", "socketFactory"];

/**
 * Connects a microphone and a speaker to a voice server, in a worker of its own: a main thread that is busy for half a
 * second is not heard.
 *
 * @param url `wss://host`, `https://host`, or a path on the page's own host
 * @returns the client, once audio flows
 * @throws as `connect` of `voxwire/client`; ConfigError `ERR_CONFIG` for options that cannot pass to a worker; `ERR_WORKER` where worker or worklet cannot be loaded; `ERR_BROWSER`
 */
export async function connect(url: string | URL, options: VoiceConnectOptions = {}): Promise<VoiceClient> {
  checkEnd("source", options.source, "microphone");
  checkEnd("sink", options.sink, "speaker");
  const {
    source,
    sink,
    marginMs = usualMargin(sink),
    maxLagMs = 400,
    isShared,
    workerUrl,
    workletUrl,
    statsMs = 250,
    ...rest
  } = options;
  const { signal, on = {}, token, ...clientOptions } = rest;
  checkNumber("marginMs", marginMs, 0, 200);
  checkNumber("maxLagMs", maxLagMs, 100, 10_000);
  checkNumber("statsMs", statsMs, 20, 60_000);
  const given = new Map<string, unknown>(Object.entries(rest));
  for (const name of KEPT_BACK) if (given.get(name) !== undefined) throw keptBack(name);
  signal?.throwIfAborted();
  const canShare = globalThis.crossOriginIsolated === true;
  const isSharing = isShared ?? canShare;
  if (isSharing !== false && isSharing !== canShare)
    throw configError(
      "isShared",
      isSharing,
      canShare ? "a boolean" : "false, as the page is not cross-origin isolated",
    );
  const contexts = new Set([source?.context, sink?.context].filter((context) => context !== undefined));
  await Promise.all(Array.from(contexts, (context) => loadWorklet(context, workletUrl)));
  signal?.throwIfAborted();

  const capture = source && captureFrom(source, isSharing);
  const playout = sink && playoutTo(sink, isSharing);
  const client = new VoiceClient({
    token: typeof token === "function" ? token : undefined,
    dispose: () => {
      capture?.dispose();
      playout?.dispose();
    },
  });
  for (const [name, listener] of Object.entries(on)) {
    // The loop loses which listener belongs to which name; the options' type has held them together.
    if (listener !== undefined)
      client.on(name as keyof VoiceClientEvents, listener as (value: unknown) => void);
  }
  const captureEnd: CaptureEnd | undefined = capture && { link: capture.end, sampleRate: capture.sampleRate };
  const playoutEnd: PlayoutEnd | undefined = playout && {
    link: playout.end,
    sampleRate: playout.sampleRate,
    marginMs,
    mostMs: maxLagMs,
  };
  let onAbort: (() => void) | undefined;
  try {
    const worker = startWorker(
      workerUrl,
      (message) => client.take(message),
      (error) => client.fail(error),
    );
    const opened = client.opened(worker);
    try {
      worker.post({
        type: "open",
        url: absolute(url),
        options: typeof token === "string" ? { ...clientOptions, token } : clientOptions,
        asksForToken: typeof token === "function",
        capture: captureEnd,
        playout: playoutEnd,
        hasOneClock: source !== undefined && source.context === sink?.context,
        statsMs,
      });
    } catch (cause) {
      client.abandon(configError("options", String(cause), "values that pass between threads"));
    }
    if (signal !== undefined) {
      onAbort = () => {
        client.abandon(signal.reason);
        void client.close();
      };
      signal.addEventListener("abort", onAbort);
    }
    await opened;
  } catch (error) {
    capture?.dispose();
    playout?.dispose();
    throw error;
  } finally {
    if (onAbort !== undefined) {
      const listener = onAbort;
      void client.closed.then(() => signal?.removeEventListener("abort", listener));
    }
  }
  return client;
}

function checkEnd(name: string, end: Microphone | Speaker | undefined, maker: string): void {
  if (end === undefined) return;
  const isOne = (end as typeof end | null)?.node instanceof AudioNode;
  if (isOne && end.state !== "closed") return;
  throw configError(name, isOne ? "closed" : end, `what ${maker}() gives, open`);
}

/**
 * Blocks are played several at once, and two clocks drift: sooner or later a frame that came just before a turn comes just
 * after it. That is not to be heard.
 */
function usualMargin(sink: Speaker | undefined): number {
  const turnMs = (sink?.context.baseLatency ?? 0) * 1000;
  return Math.min(200, Math.max(10, turnMs + 5));
}

/** A worklet's node with the far end of its link. */
interface Tap {
  readonly end: LinkEnd;
  readonly sampleRate: number;
  dispose(): void;
}

function captureFrom({ context, node }: Microphone, isShared: boolean): Tap {
  const { sampleRate } = context;
  const { producer, consumer } = createLink(CAPTURE_SECONDS * sampleRate, isShared);
  const tap = new AudioWorkletNode(context, CAPTURE_PROCESSOR, { numberOfInputs: 1, numberOfOutputs: 1 });
  node.connect(tap);
  // its output is silent: but what leads nowhere is passed over, in some browsers always, in others for a block now and then
  tap.connect(context.destination);
  return tapOf(tap, producer, consumer, sampleRate, () => {
    disconnect(node, tap);
    tap.disconnect();
  });
}

function playoutTo({ context, node }: Speaker, isShared: boolean): Tap {
  const { sampleRate } = context;
  const { producer, consumer } = createLink(PLAYOUT_SECONDS * sampleRate, isShared);
  const tap = new AudioWorkletNode(context, PLAYOUT_PROCESSOR, {
    numberOfInputs: 0,
    numberOfOutputs: 1,
    outputChannelCount: [1],
  });
  tap.connect(node);
  return tapOf(tap, consumer, producer, sampleRate, () => tap.disconnect());
}

function tapOf(
  tap: AudioWorkletNode,
  near: LinkEnd,
  far: LinkEnd,
  sampleRate: number,
  release: () => void,
): Tap {
  tap.port.postMessage(near, [near.port]);
  let isDisposed = false;
  return {
    end: far,
    sampleRate,
    dispose: () => {
      if (isDisposed) return;
      isDisposed = true;
      release();
      tap.port.postMessage("close");
      tap.port.close();
    },
  };
}

function keptBack(name: string): ConfigError {
  return new ConfigError("ERR_CONFIG", `${name} cannot be given to the client's worker.`, {
    hint: "connect of voxwire/client takes it, in a page too: with samples, in place of microphone and speaker.",
  });
}

/** A path is one on the page's own host, where the worker would not know it. */
function absolute(url: string | URL): string {
  return typeof url === "string" && /^[./]/.test(url) ? new URL(url, location.href).href : String(url);
}
