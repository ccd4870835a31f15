/**
 * A client in a worker of its own: the socket, the protocol, encoding and resampling go on whatever the page's main thread
 * is busy with.
 */
import { systemClock } from "../../core/clock.ts";
import type { ClientDsp } from "../../dsp/client-dsp.ts";
import { createOwnDialect } from "../../transport/protocol/client-protocols.ts";
import type { Client } from "../client.ts";
import type { SocketFactory } from "../client-socket.ts";
import { connectOn } from "../connect.ts";
import type { CreateSink } from "../frame-sink.ts";
import type { ConnectOptions } from "../options.ts";
import { CapturePump } from "./capture-pump.ts";
import { LinkConsumer, LinkProducer } from "./sample-link.ts";
import { SpeakerSink } from "./speaker-sink.ts";
import {
  ERROR_EVENTS,
  type FromWorker,
  type OpenMessage,
  type PlayoutEnd,
  plainError,
  portsOf,
  type ToWorker,
  type VoiceEvents,
  type VoiceStats,
  type WorkerOptions,
  wholeError,
} from "./worker-messages.ts";

/** The worker's global scope, as far as it is used. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  close(): void;
}

const EVENTS: readonly (keyof VoiceEvents)[] = [
  "clear",
  "mark",
  "notice",
  "log",
  "warning",
  "error",
  "reconnecting",
  "resumed",
];

/** Has a worker serve one client. */
export function startVoiceWorker(
  scope: WorkerScope,
  socketFactory: SocketFactory,
  load: () => Promise<ClientDsp>,
): void {
  const worker = new VoiceWorker(scope, socketFactory, load);
  scope.onmessage = ({ data }) => worker.take(data);
}

class VoiceWorker {
  readonly #scope: WorkerScope;
  readonly #socketFactory: SocketFactory;
  readonly #load: () => Promise<ClientDsp>;
  readonly #aborted = new AbortController();
  #client: Client<Float32Array> | undefined;
  #pump: CapturePump | undefined;
  #sink: SpeakerSink | undefined;
  #playoutLink: LinkProducer | undefined;
  #hasOneClock = false;
  #onToken: ((answer: ToWorker & { type: "token" }) => void) | undefined;

  constructor(scope: WorkerScope, socketFactory: SocketFactory, load: () => Promise<ClientDsp>) {
    this.#scope = scope;
    this.#socketFactory = socketFactory;
    this.#load = load;
  }

  take(message: ToWorker): void {
    switch (message.type) {
      case "open":
        void this.#open(message);
        break;
      case "pause":
        this.#pump?.pause();
        break;
      case "resume":
        this.#pump?.resume();
        break;
      case "clear":
        if (this.#client !== undefined) this.#tell("clear", this.#client.clear());
        break;
      case "mark":
        void this.#mark(message.id, message.name);
        break;
      case "token":
        this.#onToken?.(message);
        break;
      case "close":
        this.#aborted.abort();
        void this.#client?.close();
        break;
    }
  }

  async #open(message: OpenMessage): Promise<void> {
    const { url, options, capture, playout, hasOneClock, asksForToken, statsMs } = message;
    this.#hasOneClock = hasOneClock;
    let dsp: ClientDsp;
    try {
      dsp = await this.#load();
    } catch (error) {
      this.#scope.postMessage({ type: "refused", open: message, error: plainError(error) }, portsOf(message));
      return;
    }
    try {
      this.#client = await connectOn<Float32Array>(
        {
          loadDsp: async () => dsp,
          socketFactory: this.#socketFactory,
          openSource: undefined,
          createDialect: createOwnDialect,
          ...(playout !== undefined && { createSink: this.#sinkFor(dsp, playout) }),
        },
        url,
        {
          ...options,
          ...(asksForToken && { token: () => this.#askForToken() }),
          sampleFormat: "float32",
          signal: this.#aborted.signal,
          on: this.#listeners(options),
        },
      );
    } catch (error) {
      this.#scope.postMessage({ type: "failed", error: plainError(error) });
      return;
    }
    const client = this.#client;
    this.#scope.postMessage({ type: "opened", session: client.session, url: client.url });
    if (capture !== undefined) {
      this.#pump = new CapturePump(client, new LinkConsumer(capture.link), capture.sampleRate);
    }
    const timer = setInterval(() => this.#tellStats(client), statsMs);
    void client.closed.then(({ error, ...info }) => {
      clearInterval(timer);
      this.#tellStats(client);
      this.#pump?.close();
      this.#playoutLink?.close();
      this.#scope.postMessage({ type: "closed", info: { ...info, error: error && plainError(error) } });
    });
  }

  #listeners({ measureRoundTrip = false }: WorkerOptions): NonNullable<ConnectOptions["on"]> {
    const names = measureRoundTrip ? [...EVENTS, "roundTrip" as const] : EVENTS;
    return Object.fromEntries(names.map((name) => [name, (value: unknown) => this.#tell(name, value)]));
  }

  #sinkFor(dsp: ClientDsp, { link, ...playout }: PlayoutEnd): CreateSink<Float32Array> {
    return (listener) => {
      this.#playoutLink = new LinkProducer(link);
      this.#sink = new SpeakerSink({
        dsp,
        clock: systemClock,
        link: this.#playoutLink,
        ...playout,
        listener,
      });
      return this.#sink;
    };
  }

  /** The page's function is called there; one connection at a time is made, so one answer at a time is waited for. */
  #askForToken(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#onToken = ({ token, error }) => {
        if (error === undefined) resolve(token);
        else reject(wholeError(error));
      };
      this.#scope.postMessage({ type: "token" });
    });
  }

  async #mark(id: number, name: string): Promise<void> {
    try {
      const isBack = (await this.#client?.mark(name)) ?? false;
      this.#scope.postMessage({ type: "marked", id, isBack, error: undefined });
    } catch (error) {
      this.#scope.postMessage({ type: "marked", id, isBack: false, error: plainError(error) });
    }
  }

  #tell(name: keyof VoiceEvents, value: unknown): void {
    const isError = ERROR_EVENTS.has(name);
    this.#scope.postMessage({ type: "event", name, value: isError ? plainError(value) : value });
  }

  #tellStats(client: Client<Float32Array>): void {
    const stats: VoiceStats = {
      ...client.stats,
      captureLostMs: this.#pump?.lostMs ?? 0,
      playout: this.#sink?.stats,
      loopMs: this.#loopMs(),
    };
    this.#scope.postMessage({ type: "stats", stats });
  }

  #loopMs(): number | undefined {
    const playing = this.#sink?.playing;
    if (!this.#hasOneClock || playing === undefined || this.#pump === undefined) return undefined;
    // what connections lost was sent and never came back; what came while a clear was under way was not played
    const { lostSentMs = 0, lostReceivedMs = 0, receivedMs = 0 } = this.#client?.stats ?? {};
    const missedMs = lostSentMs + lostReceivedMs + receivedMs - this.#sink!.receivedMs;
    return this.#pump.sinceCaptureMs(playing.mediaMs + missedMs, playing.frame);
  }
}
