/** Files that the optional package `audio-decode` decodes. */
import type { FileWarning } from "../codec/wav/format.ts";
import { type DecoderName, type Planes, startDecoder } from "./audio-decode.ts";
import { type AudioBlock, type AudioSource, takeOnce } from "./audio-source.ts";
import type { FileBytes } from "./file-bytes.ts";
import { FlacScale } from "./flac-pieces.ts";
import { interleave } from "./interleave.ts";
import { readPieces } from "./pieces.ts";
import { PlaneReader } from "./plane-reader.ts";
import { type AudioFacts, probeAudio } from "./probe.ts";
import type { AudioContainer } from "./recognise.ts";

type DecodedContainer = Exclude<AudioContainer, "wav">;

const DECODERS: Readonly<Record<DecodedContainer, readonly [name: DecoderName, title: string]>> = {
  flac: ["flac", "FLAC"],
  "ogg-flac": ["flac", "Ogg FLAC"],
  mp3: ["mp3", "MP3"],
  aac: ["aac", "AAC"],
  "ogg-vorbis": ["oga", "Ogg Vorbis"],
  "ogg-opus": ["opus", "Ogg Opus"],
  m4a: ["m4a", "M4A"],
};

/**
 * Decodes up to the first samples, which tell rate and channels.
 * @param head bytes that have been read from `file` already
 * @throws ConfigError `ERR_DEPENDENCY_MISSING`, CodecError `ERR_FILE_FORMAT`
 */
export async function openDecoded(
  file: FileBytes,
  head: Uint8Array,
  container: DecodedContainer,
): Promise<AudioSource> {
  const [decoderName, title] = DECODERS[container];
  const facts = probeAudio(container, head, await file.readTail());
  const decoder = await startDecoder(decoderName, title);
  const name = `${JSON.stringify(file.path)} (${title})`;
  const planes = new PlaneReader(name, readPieces(file, head, container), decoder);
  try {
    const first = await planes.next();
    if (first === undefined) throw planes.error("holds no audio that could be decoded");
    return new DecodedSource(file, container, title, planes, first, facts);
  } catch (cause) {
    planes.free();
    throw cause;
  }
}

class DecodedSource implements AudioSource {
  readonly container: AudioContainer;
  readonly path: string;
  readonly description: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly durationSamples: number | undefined;
  readonly warnings: FileWarning[] = [];
  readonly #file: FileBytes;
  readonly #planes: PlaneReader;
  readonly #scale: FlacScale | undefined;
  #first: Planes | undefined;
  #isDone = false;

  constructor(
    file: FileBytes,
    container: AudioContainer,
    title: string,
    planes: PlaneReader,
    first: Planes,
    facts: AudioFacts,
  ) {
    const decoded = first.channelData.length;
    this.path = file.path;
    this.container = container;
    this.sampleRate = first.sampleRate;
    // a decoder may know better than the header (parametric stereo), but one plane may also stand for two equal ones
    this.channels = Math.max(decoded, facts.channels ?? decoded);
    this.durationSamples = facts.durationSamples;
    this.description = `${title}, ${this.sampleRate} Hz, ${this.channels} channel${this.channels === 1 ? "" : "s"}`;
    this.#file = file;
    this.#planes = planes;
    this.#scale = facts.bits !== undefined && facts.bits <= 24 ? new FlacScale(facts.bits) : undefined;
    this.#first = first;
  }

  get progress(): number {
    return this.#isDone ? 1 : this.#file.progress;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioBlock> {
    let planes: Planes | undefined = takeOnce(this.#first, this.path);
    this.#first = undefined;
    let timestamp = 0;
    try {
      for (; planes !== undefined; planes = await this.#planes.next()) {
        const samples = this.#interleave(planes);
        yield { samples, timestamp };
        timestamp += samples.length / this.channels;
      }
      this.#isDone = true;
      this.#checkLength(timestamp);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#planes.free();
    await this.#file.close();
  }

  /** The decoders skip what is damaged; only the count of samples shows it. */
  #checkLength(decodedSamples: number): void {
    const missing = (this.durationSamples ?? 0) - decodedSamples;
    if (missing <= 0) return;
    const missingMs = Math.round((missing / this.sampleRate) * 1000);
    const message = `The file says ${this.durationSamples} samples, ${decodedSamples} could be decoded (${missingMs} ms missing).`;
    this.warnings.push({ kind: "truncated", message });
  }

  #interleave(planes: Planes): Float32Array {
    if (planes.sampleRate !== this.sampleRate) {
      throw this.#planes.error(`changes its sample rate from ${this.sampleRate} to ${planes.sampleRate} Hz`);
    }
    const decoded = planes.channelData.length;
    const samples = interleave(planes.channelData, this.channels);
    if (samples === undefined) {
      throw this.#planes.error(`changes from ${this.channels} channels to ${decoded}`);
    }
    this.#scale?.apply(samples);
    if (decoded > this.channels && !this.warnings.some(({ kind }) => kind === "decoder")) {
      const message = "The second channel begins to differ from the first on the way; the two were averaged.";
      this.warnings.push({ kind: "decoder", message });
    }
    return samples;
  }
}
