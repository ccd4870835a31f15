/** A waveform in the terminal: how loud each stretch is, over time. */
import { ASCII_GLYPHS, BLOCK_GLYPHS, glyphOf } from "./bars.ts";

/** Gathers peaks of a signal of known length, in constant memory, in any chunks. */
export class PeakMeter {
  /** Peak of each column, 0 to 1. */
  readonly peaks: Float32Array;
  readonly #totalSamples: number;
  #samples = 0;

  /** @param totalSamples how many samples will come; what comes beyond counts into the last column */
  constructor(columns: number, totalSamples: number) {
    this.peaks = new Float32Array(columns);
    this.#totalSamples = Math.max(1, totalSamples);
  }

  /** Adds int16 samples. */
  add(samples: Int16Array): void {
    const { peaks } = this;
    const scale = peaks.length / this.#totalSamples;
    for (let i = 0; i < samples.length; i++) {
      const column = Math.min(peaks.length - 1, Math.floor((this.#samples + i) * scale));
      const level = Math.abs(samples[i]!) / 32768;
      if (level > peaks[column]!) peaks[column] = level;
    }
    this.#samples += samples.length;
  }
}

/** How to draw. */
export interface WaveformStyle {
  isUnicode: boolean;
  /** Lines. */
  rows: number;
  /** The peak that fills all lines; two waveforms with the same one can be compared. */
  fullScale: number;
}

/** The lines of a waveform, one character a column, top line first. */
export function drawWaveform(peaks: ArrayLike<number>, style: WaveformStyle): string[] {
  const glyphs = style.isUnicode ? BLOCK_GLYPHS : ASCII_GLYPHS;
  const scale = style.fullScale > 0 ? style.rows / style.fullScale : 0;
  return Array.from({ length: style.rows }, (_, line) => {
    const below = style.rows - 1 - line;
    return Array.from(peaks, (peak) => glyphOf(peak * scale - below, glyphs))
      .join("")
      .trimEnd();
  });
}
