/** One direction's picture: the waveform above, the spectrogram below, newest at the right; and its level. */
import { byId, make } from "./dom.ts";
import type { Palette } from "./palette.ts";

/** CSS pixels to a second. */
const SPEED = 60;
/** Share of the height that is the waveform's. */
const WAVE_SHARE = 0.38;
const LOWEST_HZ = 60;
const HIGHEST_HZ = 8000;
/** Pitches that are written beside it. */
const MARKS: readonly (readonly [hz: number, text: string])[] = [
  [250, "250 Hz"],
  [1000, "1 kHz"],
  [4000, "4 kHz"],
];
const FLOOR_DB = -96;
const CEILING_DB = -18;
/** The meter's range. */
const METER_DB = 60;
/** How fast the meter falls, in dB a second. */
const FALL_DB = 24;

const MELS = hzToMel(HIGHEST_HZ) - hzToMel(LOWEST_HZ);

/** A lane of the stage. */
export class Lane {
  readonly #canvas: HTMLCanvasElement;
  readonly #drawing: CanvasRenderingContext2D;
  readonly #meter: HTMLElement;
  readonly #level: HTMLElement;
  readonly #isHeat: boolean;
  #palette: Palette;
  #analyser: AnalyserNode | undefined;
  #samples = new Float32Array(0);
  #bins = new Float32Array(0);
  #column = new ImageData(1, 1);
  /** The spectrum's bin for each row. */
  #rows = new Uint16Array(0);
  #waveHeight = 0;
  #due = 0;
  #shownDb = -Infinity;
  #toldMs = 0;

  /** @param name the id that its elements begin with */
  constructor(name: "said" | "heard", palette: Palette) {
    this.#canvas = byId(name, HTMLCanvasElement);
    this.#drawing = this.#canvas.getContext("2d", { alpha: false })!;
    this.#meter = byId(`${name}-meter`, HTMLElement);
    this.#level = byId(`${name}-level`, HTMLElement);
    this.#isHeat = name === "heard";
    this.#palette = palette;
    this.#canvas.after(scale());
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
    this.#fit();
  }

  /** Listens to something else, or to nothing. */
  listenTo(analyser: AnalyserNode | undefined): void {
    this.#analyser = analyser;
    if (analyser === undefined) return;
    this.#samples = new Float32Array(analyser.fftSize);
    this.#bins = new Float32Array(analyser.frequencyBinCount);
    this.#layRows();
  }

  /** In other colours, and empty. */
  repaint(palette: Palette): void {
    this.#palette = palette;
    this.#clear();
  }

  /** Draws what has been heard in the last `elapsedMs`. */
  draw(elapsedMs: number): void {
    const analyser = this.#analyser;
    if (analyser === undefined) return;
    analyser.getFloatTimeDomainData(this.#samples);
    this.#showLevel(elapsedMs);
    this.#due += (elapsedMs / 1000) * SPEED * devicePixelRatio;
    const columns = Math.min(Math.floor(this.#due), this.#canvas.width);
    if (columns === 0) return;
    this.#due -= Math.floor(this.#due);
    analyser.getFloatFrequencyData(this.#bins);
    this.#scroll(columns, elapsedMs, analyser.context.sampleRate);
  }

  #scroll(columns: number, elapsedMs: number, sampleRate: number): void {
    const { width } = this.#canvas;
    const drawing = this.#drawing;
    drawing.drawImage(this.#canvas, -columns, 0);
    drawing.fillStyle = this.#palette.surface;
    drawing.fillRect(width - columns, 0, columns, this.#waveHeight);
    this.#paintSpectrum();
    for (let i = 1; i <= columns; i++) drawing.putImageData(this.#column, width - i, this.#waveHeight);
    const n = Math.min(this.#samples.length, Math.ceil((elapsedMs * sampleRate) / 1000));
    const from = this.#samples.length - n;
    const middle = this.#waveHeight / 2;
    drawing.fillStyle = this.#isHeat ? this.#palette.accent : this.#palette.ink;
    for (let i = 0; i < columns; i++) {
      const [low, high] = extremes(
        this.#samples,
        from + Math.floor((i * n) / columns),
        from + Math.ceil(((i + 1) * n) / columns),
      );
      const top = middle - high * middle * 0.96;
      const bottom = middle - low * middle * 0.96;
      drawing.fillRect(width - columns + i, top, 1, Math.max(devicePixelRatio * 0.75, bottom - top));
    }
    drawing.fillStyle = this.#palette.line;
    drawing.fillRect(width - columns, this.#waveHeight - 1, columns, 1);
  }

  #paintSpectrum(): void {
    const pixels = new Uint32Array(this.#column.data.buffer);
    const ramp = this.#isHeat ? this.#palette.heat : this.#palette.grey;
    const scale = 255 / (CEILING_DB - FLOOR_DB);
    for (let row = 0; row < pixels.length; row++) {
      const level = (this.#bins[this.#rows[row]!]! - FLOOR_DB) * scale;
      pixels[row] = ramp[Math.max(0, Math.min(255, Math.round(level)))]!;
    }
  }

  #showLevel(elapsedMs: number): void {
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const db = 10 * Math.log10(sum / this.#samples.length + 1e-12);
    this.#shownDb = Math.max(db, this.#shownDb - (FALL_DB * elapsedMs) / 1000);
    const share = Math.max(0, Math.min(1, 1 + this.#shownDb / METER_DB));
    this.#meter.style.transform = `scaleX(${share.toFixed(3)})`;
    const nowMs = performance.now();
    // digits that change sixty times a second cannot be read
    if (nowMs - this.#toldMs < 200) return;
    this.#toldMs = nowMs;
    this.#level.textContent =
      this.#shownDb < -99 ? "−∞ dB" : `${Math.round(this.#shownDb)} dB`.replace("-", "−");
  }

  /** As many pixels as the screen has. */
  #fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const width = Math.max(1, Math.round(clientWidth * devicePixelRatio));
    const height = Math.max(2, Math.round(clientHeight * devicePixelRatio));
    if (width === this.#canvas.width && height === this.#canvas.height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#waveHeight = Math.round(height * WAVE_SHARE);
    this.#column = new ImageData(1, height - this.#waveHeight);
    this.#layRows();
    this.#clear();
  }

  /** Rows in even steps of pitch, as ears hear. */
  #layRows(): void {
    const rate = this.#analyser?.context.sampleRate ?? 48000;
    const binHz = rate / 2 / Math.max(1, this.#bins.length);
    const count = this.#column.height;
    this.#rows = Uint16Array.from({ length: count }, (_, row) => {
      const hz = melToHz(hzToMel(HIGHEST_HZ) - (row / count) * MELS);
      return Math.min(this.#bins.length - 1, Math.max(0, Math.round(hz / binHz)));
    });
  }

  #clear(): void {
    const { width, height } = this.#canvas;
    const middle = Math.round(this.#waveHeight / 2);
    this.#drawing.fillStyle = this.#palette.surface;
    this.#drawing.fillRect(0, 0, width, height);
    const ramp = this.#isHeat ? this.#palette.heat : this.#palette.grey;
    new Uint32Array(this.#column.data.buffer).fill(ramp[0]!);
    for (let x = 0; x < width; x++) this.#drawing.putImageData(this.#column, x, this.#waveHeight);
    this.#drawing.fillStyle = this.#palette.line;
    this.#drawing.fillRect(0, middle, width, 1);
  }
}

function extremes(samples: Float32Array, from: number, to: number): [low: number, high: number] {
  let low = 1;
  let high = -1;
  for (let i = from; i < to; i++) {
    low = Math.min(low, samples[i]!);
    high = Math.max(high, samples[i]!);
  }
  return low > high ? [0, 0] : [Math.max(-1, low), Math.min(1, high)];
}

/** Where each pitch lies, in percent of the picture's height. */
function scale(): HTMLElement {
  const list = make("ul", "scale");
  list.setAttribute("aria-hidden", "true");
  for (const [hz, text] of MARKS) {
    const mark = make("li", "", text);
    const share = (hzToMel(HIGHEST_HZ) - hzToMel(hz)) / MELS;
    mark.style.top = `${(100 * (WAVE_SHARE + (1 - WAVE_SHARE) * share)).toFixed(1)}%`;
    list.append(mark);
  }
  return list;
}

function hzToMel(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function melToHz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
