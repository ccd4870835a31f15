/** Rates, frame length and format of a handler that does not state them itself. */
import type { SampleFormat } from "../core/types.ts";
import type { JitterSettings } from "../stream/jitter/jitter-settings.ts";

/** What a handler gets and the wire carries where neither handler nor client says. */
export interface HandlerSettings {
  /** Hz that handlers get, and that plain FastRTC clients send, where the handler names none. Default 24,000. */
  inputRate?: number;
  /** Hz that handlers give, and that plain FastRTC clients get, where the handler names none. Default 24,000. */
  outputRate?: number;
  /** Duration of frames on the wire, and for handlers that name none; whole ms, 5 to 500. Default 20. */
  frameMs?: number;
  /**
   * Handlers hear their clients by a clock, through a jitter buffer: a frame every `frameMs` from the first on, late and
   * lost ones made up. For recorders and mixers (docs/jitter-buffer.md): for a handler that answers or recognises speech it
   * would be delay alone. Default false.
   */
  jitter?: boolean | JitterSettings;
  /** Default `"int16"`. */
  sampleFormat?: SampleFormat;
}
