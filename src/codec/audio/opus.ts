/** Opus (RFC 6716) as a codec of `serve` and `connect`, and by itself. */
import { checkInteger, checkOneOf } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import type { Formats } from "../../dsp/formats.ts";
import {
  type DecoderHandle,
  type EncoderHandle,
  importOpus,
  type OpusPackage,
  Spares,
} from "./opus-library.ts";
import { opusSamplesIn } from "./opus-packet.ts";
import { OPUS_FRAME_MS, OpusDecoder, OpusEncoder } from "./opus-streams.ts";
import type { StreamCodec } from "./stream-codec.ts";

/** How encoders begin; each can be told otherwise later. */
export interface OpusOptions {
  /** bit/s, 500 to 512,000, or `"auto"` (by rate and frame length), `"max"`. Default 24,000: good wide-band speech. */
  bitrate?: number | "auto" | "max";
  /** 0 (least work) to 10. Default 5. */
  complexity?: number;
  /** Packets carry the frame before once more where `packetLossPercent` is above 0. Default true. */
  fec?: boolean;
  /** Packets in a hundred that are likely to be lost. Default 0: over WebSocket none is. */
  packetLossPercent?: number;
  /** Silence becomes packets of 1 or 2 bytes. Default false. */
  dtx?: boolean;
  /** What to favour: `"voice"` (default), `"audio"` as it is, `"low-delay"` (2.5 ms of delay in place of 6.5). */
  application?: "voice" | "audio" | "low-delay";
  /** Default true: as many bits as a frame needs, `bitrate` on average. */
  vbr?: boolean;
}

const OPUS_OPTIONS: NamesOf<OpusOptions> = {
  bitrate: 1,
  complexity: 1,
  fec: 1,
  packetLossPercent: 1,
  dtx: 1,
  application: 1,
  vbr: 1,
};

/** Opus, loaded. Mono. */
export interface OpusCodec extends StreamCodec {
  readonly name: "opus";
  /** What libopus calls itself. */
  readonly version: string;
  samplesIn(packet: Uint8Array, sampleRate: number): number;
  createEncoder(dsp: Formats | undefined, sampleRate: number): OpusEncoder;
  createDecoder(dsp: Formats | undefined, sampleRate: number): OpusDecoder;
}

/** Hz; 48,000 is chosen where nothing else is. */
const SAMPLE_RATES: readonly number[] = [8000, 12000, 16000, 24000, 48000];
/** Of the wire, whose durations are whole ms. */
const WIRE_FRAME_MS = OPUS_FRAME_MS.filter(Number.isInteger);
const APPLICATIONS = { voice: "Voip", audio: "Audio", "low-delay": "RestrictedLowDelay" } as const;

/**
 * Loads Opus out of the optional package `libopus-wasm`: `serve({ codecs: [await loadOpus()], ... })`.
 * @throws ConfigError `ERR_DEPENDENCY_MISSING` where the package is not installed, `ERR_CONFIG`
 */
export async function loadOpus(options: OpusOptions = {}): Promise<OpusCodec> {
  const settings = checkOptions(options);
  const library = await importOpus();
  const { version } = await library.loadLibopus();
  const kinds = new Map<number, Kind>();
  for (const sampleRate of SAMPLE_RATES) kinds.set(sampleRate, await kindOf(library, sampleRate, settings));
  const kindAt = (sampleRate: number): Kind => {
    const kind = kinds.get(sampleRate);
    if (kind !== undefined) return kind;
    throw new ConfigError(
      "ERR_RATE",
      `sampleRate is ${sampleRate}; Opus has ${SAMPLE_RATES.join(", ")} Hz.`,
      {
        hint: "Resample what goes in: dsp.createResampler({ inputRate, outputRate: 48000 }).",
      },
    );
  };
  return {
    name: "opus",
    version,
    sampleRates: SAMPLE_RATES,
    frameDurationsMs: WIRE_FRAME_MS,
    samplesIn: opusSamplesIn,
    createEncoder: (_dsp, sampleRate) => new OpusEncoder(kindAt(sampleRate).encoders, sampleRate),
    createDecoder: (_dsp, sampleRate) => new OpusDecoder(kindAt(sampleRate).decoders, sampleRate),
  };
}

/** Ready handles of one rate. */
interface Kind {
  readonly encoders: Spares<EncoderHandle>;
  readonly decoders: Spares<DecoderHandle>;
}

async function kindOf(
  library: OpusPackage,
  sampleRate: number,
  { application, ...settings }: Required<OpusOptions>,
): Promise<Kind> {
  const shape = { channels: 1, sampleRate } as const;
  const encoderSettings = {
    ...shape,
    ...settings,
    application: library.Application[APPLICATIONS[application]],
  };
  const encoders = new Spares(() => library.createEncoder(encoderSettings));
  const decoders = new Spares(() => library.createDecoder(shape));
  await encoders.fill();
  await decoders.fill();
  return { encoders, decoders };
}

function checkOptions(given: OpusOptions): Required<OpusOptions> {
  const options = expectOptions("loadOpus()", given, OPUS_OPTIONS);
  const bitrate = options.bitrate ?? 24_000;
  return {
    bitrate:
      bitrate === "auto" || bitrate === "max" ? bitrate : checkInteger("bitrate", bitrate, 500, 512_000),
    complexity: checkInteger("complexity", options.complexity ?? 5, 0, 10),
    fec: options.fec ?? true,
    packetLossPercent: checkInteger("packetLossPercent", options.packetLossPercent ?? 0, 0, 100),
    dtx: options.dtx ?? false,
    application: checkOneOf("application", options.application ?? "voice", ["voice", "audio", "low-delay"]),
    vbr: options.vbr ?? true,
  };
}
