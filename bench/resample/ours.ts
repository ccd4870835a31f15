/** Our resampler, one contender for each quality that `createResampler` accepts. */
import { type Dsp, type ResamplerQuality, VoxwireError } from "../../src/index.ts";
import { sampleNs } from "../measure.ts";
import {
  type Contender,
  chunkOf,
  convertInChunks,
  exactLength,
  type Rates,
  timeOnce,
  tone,
} from "./contender.ts";

/** All that the resampler is planned to have; those that it has are found by asking it. */
const KNOWN = ["voice", "high", "best"] as const;

/** The qualities there are, from the fastest to the best. */
export function findQualities(dsp: Dsp): ResamplerQuality[] {
  return KNOWN.map((name) => name as ResamplerQuality).filter((quality) => {
    try {
      dsp.createResampler({ inputRate: 16_000, outputRate: 8_000, quality }).dispose();
      return true;
    } catch (error) {
      if (error instanceof VoxwireError && error.code === "ERR_CONFIG") return false;
      throw error;
    }
  });
}

export function createOurs(dsp: Dsp, quality: ResamplerQuality): Contender {
  return {
    name: quality,
    kind: "ours",
    keepsTime: true,
    convert: async (samples, rates, chunkSamples) => {
      if (chunkSamples === 0) return { samples: dsp.resample(samples, { ...rates, quality }), log: [] };
      const resampler = dsp.createResampler({ ...rates, quality });
      try {
        return convertInChunks(
          samples,
          rates,
          chunkSamples,
          (chunk) => resampler.process(chunk),
          () => resampler.flush(),
        );
      } finally {
        resampler.dispose();
      }
    },
    timeStream: async (rates) => timeStream(dsp, quality, rates),
    timeWhole: async (rates, samples) => {
      const input = tone(samples, rates.inputRate);
      return {
        sample: () => timeOnce(() => dsp.resample(input, { ...rates, quality })),
        dispose: () => {},
      };
    },
    timeWholeInto: async (rates, samples) => {
      const input = tone(samples, rates.inputRate);
      const out = new Float32Array(exactLength(samples, rates)).fill(1);
      return {
        sample: () => timeOnce(() => dsp.resampleInto(input, out, { ...rates, quality })),
        dispose: () => {},
      };
    },
  };
}

function timeStream(dsp: Dsp, quality: ResamplerQuality, rates: Rates) {
  const resampler = dsp.createResampler({ ...rates, quality });
  const chunk = tone(chunkOf(rates.inputRate), rates.inputRate);
  const out = new Float32Array(resampler.maxOutput(chunk.length) + 65536);
  return {
    sample: (seconds: number) => sampleNs(() => resampler.processInto(chunk, out), seconds),
    dispose: () => resampler.dispose(),
  };
}
