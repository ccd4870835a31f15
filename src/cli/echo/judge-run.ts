/** Holds the file that a run has written against what it must hold. */
import { type Dsp, loadDsp } from "../../dsp/dsp.ts";
import { openAudioFile } from "../../files/open.ts";
import type { SampleEncoding } from "../../transport/protocol/fastrtc-shapes.ts";
import { PeakMeter } from "../plots/waveform.ts";
import { decibels, type EchoVerdict, judgeEcho } from "./judge-echo.ts";
import type { LoopedAudio } from "./looped-audio.ts";
import { fileSamples, throughCodec, wireSamples } from "./wire-samples.ts";

/** What was sent, how, and where the echo is. */
export interface RunToJudge {
  source: LoopedAudio;
  /** Of both directions. */
  format: { encoding: SampleEncoding; sampleRate: number; frameMs: number };
  /** The WAV file that holds the echo. */
  out: string;
  /** Of the waveforms. */
  columns: number;
}

/** What the written echo was found to be. */
export interface Judgement {
  readonly verdict: EchoVerdict;
  /** What the codec itself costs, in dB. */
  readonly codecSnrDb: number;
  readonly input: PeakMeter;
  readonly echo: PeakMeter;
}

/** Puts the source through the same codec here, and compares; in constant memory. */
export async function judgeRun({ source, format, out, columns }: RunToJudge): Promise<Judgement> {
  const dsp = await loadDsp();
  const { encoding, sampleRate, frameMs } = format;
  const shape = { encoding, sampleRate, frameSamples: Math.round((sampleRate * frameMs) / 1000) };
  const total = Math.ceil((source.totalSamples * sampleRate) / source.sampleRate);
  const input = new PeakMeter(columns, total);
  const echo = new PeakMeter(columns, total);
  const power = { signal: 0, noise: 0 };
  const verdict = await judgeEcho(
    coded(dsp, wireSamples(dsp, source, shape), encoding, power),
    fileSamples(dsp, await openAudioFile(out)),
    (expected, actual) => {
      input.add(expected);
      echo.add(actual);
    },
  );
  return { verdict, codecSnrDb: decibels(power.signal, power.noise), input, echo };
}

/** Through the codec, adding up what that costs. */
async function* coded(
  dsp: Dsp,
  source: AsyncIterable<Int16Array>,
  encoding: SampleEncoding,
  power: { signal: number; noise: number },
): AsyncGenerator<Int16Array, void, undefined> {
  for await (const samples of source) {
    const decoded = throughCodec(dsp, samples, encoding);
    for (let i = 0; i < samples.length; i++) {
      power.signal += samples[i]! ** 2;
      power.noise += (samples[i]! - decoded[i]!) ** 2;
    }
    yield decoded;
  }
}
