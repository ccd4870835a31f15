/** Makes concealers. */
import { checkInteger, checkNumber, checkOneOf } from "../../core/check.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import { expectDsp } from "../../dsp/arguments.ts";
import type { Formats } from "../../dsp/formats.ts";
import type { Concealer, ConcealerOptions } from "./concealer.ts";
import { SpeechConcealer } from "./speech-concealer.ts";

const CONCEALER_OPTIONS: NamesOf<ConcealerOptions> = { sampleRate: 1, frameMs: 1 };

/**
 * A concealer for one stream of speech, in the memory that `dsp` works in.
 * @param dsp what `loadDsp` or `loadG711` gave
 * @throws ConfigError `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
 */
export function createConcealer(dsp: Formats, given: ConcealerOptions): Concealer {
  expectDsp(dsp);
  const options = expectOptions("createConcealer()", given, CONCEALER_OPTIONS);
  const sampleRate = checkOneOf("sampleRate", options.sampleRate, [8000, 16000, 24000, 48000]);
  const frameMs = checkNumber("frameMs", options.frameMs, 10, 60);
  const frameSamples = checkInteger("frameMs * sampleRate / 1000", (frameMs * sampleRate) / 1000, 1, 2880);
  return new SpeechConcealer(dsp, sampleRate, frameSamples);
}
