/** The border to the optional package `audio-decode` (3.x): loaded when a file needs it. */
import { ConfigError } from "../core/errors.ts";

/** Samples as the package gives them: one array for each channel, none while it has too few bytes. */
export interface Planes {
  readonly channelData: readonly Float32Array[];
  /** Hz. */
  readonly sampleRate: number;
}

/** A decoder: bytes in, samples out; without bytes it hands out the rest and ends. */
export interface DecoderStream {
  (bytes?: Uint8Array): Promise<Planes>;
  /** Gives its memory back; after the end no error. */
  free(): void;
}

/** The package's names for what it decodes. */
export type DecoderName = "flac" | "mp3" | "aac" | "oga" | "opus" | "m4a";

type DecodePackage = { readonly default: Partial<Record<DecoderName, () => Promise<DecoderStream>>> };

/**
 * A decoder for one stream.
 * @param title what the file is, for the error
 * @throws ConfigError `ERR_DEPENDENCY_MISSING`
 */
export async function startDecoder(name: DecoderName, title: string): Promise<DecoderStream> {
  let decode: DecodePackage;
  try {
    decode = (await import("audio-decode")) as unknown as DecodePackage;
  } catch (cause) {
    throw new ConfigError("ERR_DEPENDENCY_MISSING", `To read ${title} the package audio-decode is needed.`, {
      hint: "npm install audio-decode",
      cause,
    });
  }
  const start = decode.default[name];
  if (typeof start !== "function") {
    throw new ConfigError(
      "ERR_DEPENDENCY_MISSING",
      `The audio-decode that is installed cannot read ${title}.`,
      {
        hint: "npm install audio-decode@3",
      },
    );
  }
  return await start();
}
