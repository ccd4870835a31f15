/** The codecs of one server, shared by all its connections. */
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { CodecPool } from "./protocol/server-dialect.ts";
import type { ServerLimits } from "./server-limits.ts";

/** Codecs by name. */
export class SharedCodecs implements CodecPool {
  readonly dsp: Dsp;
  readonly maxMessageBytes: number;
  readonly maxControlBytes: number;
  readonly streamCodecs: readonly StreamCodec[];
  readonly #codecs = new Map<string, { dispose(): void }>();

  constructor(
    dsp: Dsp,
    { maxMessageBytes, maxControlBytes }: Pick<ServerLimits, "maxMessageBytes" | "maxControlBytes">,
    streamCodecs: readonly StreamCodec[] = [],
  ) {
    this.dsp = dsp;
    this.maxMessageBytes = maxMessageBytes;
    this.maxControlBytes = maxControlBytes;
    this.streamCodecs = streamCodecs;
  }

  shared<T extends { dispose(): void }>(name: string, make: () => T): T {
    let codec = this.#codecs.get(name) as T | undefined;
    if (codec === undefined) {
      codec = make();
      this.#codecs.set(name, codec);
    }
    return codec;
  }

  /** Gives the engine's memory back. */
  dispose(): void {
    for (const codec of this.#codecs.values()) codec.dispose();
    this.#codecs.clear();
  }
}
