/** One call after the other: connecting, talking, connecting again when the server has gone. */
import {
  type CloseInfo,
  connect,
  type SessionInfo,
  type VoiceClient,
  type VoiceStats,
  VoxwireError,
} from "../../browser.ts";
import type { Desk } from "./desk.ts";
import { networkProfile, type Settings } from "./settings.ts";
import { idInToken } from "./token-id.ts";

/**
 * `resuming`: the connection is lost, and the client replaces it while the server keeps the session. `waiting`: that was in
 * vain, and a new session is tried in `retryMs`.
 */
export type CallState = "idle" | "connecting" | "live" | "resuming" | "waiting";

/** Who wants to know. */
export interface CallListener {
  onState(state: CallState, retryMs: number): void;
  onSession(session: SessionInfo): void;
  /** The connection is there again; `gapMs` after it was lost. */
  onResumed(gapMs: number): void;
  onStats(stats: VoiceStats): void;
  onRoundTrip(durationMs: number): void;
  onError(error: VoxwireError): void;
  onLog(line: string): void;
}

/** Where the files lie that threads of their own are made of. */
export interface ThreadFiles {
  readonly workerUrl: URL;
  /** The same worker behind a network. */
  readonly networkWorkerUrl: URL;
  readonly workletUrl: URL;
}

const STATS_MS = 100;
/** Often, since it is shown; and a server that is gone is to be noticed soon. */
const HEARTBEAT = { intervalMs: 1000, timeoutMs: 4000 };
/** What waits between two attempts, the last for ever after. */
const RETRY_MS: readonly number[] = [500, 1000, 2000, 4000, 8000];

/** The page's call. */
export class Call {
  readonly #files: ThreadFiles;
  readonly #listener: CallListener;
  #state: CallState = "idle";
  #client: VoiceClient | undefined;
  #aborted = new AbortController();
  #wake: (() => void) | undefined;

  constructor(files: ThreadFiles, listener: CallListener) {
    this.#files = files;
    this.#listener = listener;
  }

  get state(): CallState {
    return this.#state;
  }

  get client(): VoiceClient | undefined {
    return this.#client;
  }

  /**
   * Connects, and stays connected until `stop`.
   * @throws VoxwireError where the server cannot be reached or says no the first time
   */
  async start(desk: Desk, settings: Settings): Promise<void> {
    const ended = this.#end();
    const aborted = new AbortController();
    this.#aborted = aborted;
    this.#change("connecting");
    await ended;
    if (aborted.signal.aborted) return;
    try {
      const client = await this.#connect(desk, settings, aborted.signal);
      void this.#stay(client, desk, settings, aborted.signal);
    } catch (error) {
      if (aborted.signal.aborted) return;
      this.#change("idle");
      throw error;
    }
  }

  /** Tries at once, where it waits. */
  retry(): void {
    this.#wake?.();
  }

  /** Ends the call. */
  async stop(): Promise<void> {
    const ended = this.#end();
    if (this.#state !== "idle") this.#change("idle");
    await ended;
  }

  async #end(): Promise<void> {
    this.#aborted.abort(new VoxwireError("ERR_CONNECT", "The call was ended."));
    this.#wake?.();
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  async #connect(desk: Desk, settings: Settings, signal: AbortSignal): Promise<VoiceClient> {
    const { protocol, encoding, sampleRate, frameMs, token } = settings;
    const format = { encoding, sampleRate, frameMs };
    const listener = this.#listener;
    const id = idInToken(token);
    const client = await connect(serverUrl(settings), {
      ...(id !== undefined && { id }),
      ...(token !== "" && { token }),
      source: desk.source,
      sink: desk.sink,
      protocol,
      format: { input: format, output: format },
      measureRoundTrip: true,
      workerUrl: this.#workerUrl(settings),
      workletUrl: this.#files.workletUrl,
      heartbeat: HEARTBEAT,
      statsMs: STATS_MS,
      signal,
      on: {
        stats: (stats) => listener.onStats(stats),
        roundTrip: (durationMs) => listener.onRoundTrip(durationMs),
        reconnecting: () => this.#change("resuming"),
        resumed: ({ gapMs }) => {
          this.#change("live");
          listener.onResumed(gapMs);
        },
        warning: (error) => listener.onError(error),
        error: (error) => listener.onError(error),
        log: (line) => listener.onLog(line),
      },
    });
    this.#client = client;
    this.#change("live");
    listener.onSession(client.session);
    return client;
  }

  #workerUrl(settings: Settings): URL {
    const network = networkProfile(settings);
    if (network === undefined) return this.#files.workerUrl;
    const url = new URL(this.#files.networkWorkerUrl);
    url.searchParams.set("network", typeof network === "string" ? network : JSON.stringify(network));
    return url;
  }

  /** Connects again for as long as nobody has ended the call. */
  async #stay(first: VoiceClient, desk: Desk, settings: Settings, signal: AbortSignal): Promise<void> {
    for (let client: VoiceClient | undefined = first; client !== undefined && !signal.aborted; ) {
      const info: CloseInfo = await client.closed;
      if (signal.aborted) return;
      this.#client = undefined;
      if (info.isExpected) {
        this.#change("idle");
        return;
      }
      client = await this.#again(desk, settings, signal);
    }
  }

  async #again(desk: Desk, settings: Settings, signal: AbortSignal): Promise<VoiceClient | undefined> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      await this.#wait(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!);
      if (signal.aborted) return undefined;
      this.#change("connecting");
      try {
        return await this.#connect(desk, settings, signal);
      } catch (error) {
        if (!signal.aborted && attempt === 0 && error instanceof VoxwireError) this.#listener.onError(error);
      }
    }
    return undefined;
  }

  #wait(durationMs: number): Promise<void> {
    this.#change("waiting", durationMs);
    return new Promise((resolve) => {
      const timer = setTimeout(done, durationMs);
      const wake = done;
      this.#wake = wake;
      function done() {
        clearTimeout(timer);
        resolve();
      }
    });
  }

  #change(state: CallState, retryMs = 0): void {
    this.#state = state;
    this.#listener.onState(state, retryMs);
  }
}

/** The handler's address, beside the page. */
export function serverUrl({ handler }: Settings): URL {
  return new URL(`.${handler === "" ? "/" : handler}`, document.baseURI.replace(/[?#].*$/, ""));
}
