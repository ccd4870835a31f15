/** Checks what a stream is handed. */
import { show } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import type { SampleArray } from "../../core/types.ts";
import { expectSamples } from "../arguments.ts";

/** How many of interleaved `samples` are of one channel; throws `ERR_CONFIG`. */
export function samplesPerChannel(samples: SampleArray, channels: number): number {
  expectSamples(samples, "samples");
  if (channels === 1) return samples.length;
  const n = samples.length / channels;
  if (Number.isInteger(n)) return n;
  throw new ConfigError("ERR_CONFIG", `${samples.length} samples do not divide into ${channels} channels.`, {
    hint: "Pass whole sample frames: one sample for each channel.",
  });
}

/** An array of samples for each channel; throws `ERR_CONFIG`. */
export function expectPlanes(planes: readonly SampleArray[], channels: number, what: string): void {
  if (!Array.isArray(planes) || planes.length !== channels) {
    throw new ConfigError(
      "ERR_CONFIG",
      `${what} is ${show(planes)}; expected ${channels} arrays of samples.`,
      {
        hint: "Pass an array for each channel.",
      },
    );
  }
  for (let channel = 0; channel < planes.length; channel++) expectSamples(planes[channel], what);
}

/** Channels of one length; throws `ERR_CONFIG`. */
export function expectAlike(planes: readonly SampleArray[]): void {
  const first = planes[0]!.length;
  for (let channel = 1; channel < planes.length; channel++) {
    const { length } = planes[channel]!;
    if (length === first) continue;
    throw new ConfigError(
      "ERR_CONFIG",
      `Channel ${channel} has ${length} samples, the first one ${first}; expected the same.`,
      { hint: "Pass channels of one length." },
    );
  }
}
