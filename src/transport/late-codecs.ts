/**
 * Codecs that take a while to load: the server listens meanwhile, and whoever connects before they are there waits for
 * them, so that nobody is refused a codec that would be there a moment later.
 */
import type { Duplex } from "node:stream";
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";

/** Loads a codec; undefined where there is none to be had. */
export type CodecLoader = () => PromiseLike<StreamCodec | undefined>;

/** The codecs of one server. */
export class LateCodecs {
  readonly #codecs: StreamCodec[];
  readonly #loaders: readonly CodecLoader[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  #loading: Promise<unknown> | undefined;

  constructor(
    given: readonly (StreamCodec | CodecLoader)[],
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#codecs = given.filter((codec) => typeof codec !== "function");
    this.#loaders = given.filter((codec) => typeof codec === "function");
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Those that are there: the same list always. */
  get codecs(): readonly StreamCodec[] {
    return this.#codecs;
  }

  /** Begins to load the others. @param timeoutMs for how long anybody waits for them */
  load(timeoutMs: number): void {
    if (this.#loaders.length === 0) return;
    let timer: unknown;
    const tooLong = new Promise<void>((resolve) => {
      timer = this.#clock.setTimer(resolve, timeoutMs);
    });
    const all = Promise.all(this.#loaders.map((loader) => this.#add(loader)));
    this.#loading = Promise.race([all, tooLong]).then(() => {
      this.#clock.clearTimer(timer);
      this.#loading = undefined;
    });
  }

  /** Calls `then` when all are there, in this turn where they are. Not where the socket has gone meanwhile. */
  awaited(socket: Duplex, then: () => void): void {
    if (this.#loading === undefined) {
      then();
      return;
    }
    const onError = () => socket.destroy();
    socket.on("error", onError);
    void this.#loading.then(() => {
      if (socket.destroyed) return;
      socket.off("error", onError);
      then();
    });
  }

  async #add(loader: CodecLoader): Promise<void> {
    try {
      const codec = await loader();
      if (codec !== undefined) this.#codecs.push(codec);
    } catch (error) {
      this.#logger.error("A codec could not be loaded; the server goes on without it.", { error });
    }
  }
}
