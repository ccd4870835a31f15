/**
 * Five holes that are hard to fill, as spectrograms: what was sent, what is left, and what the concealer makes of it.
 *
 *   node --import tsx bench/voice/hard-cases.ts [folder]        by default docs/concealment
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAudioFile } from "../../src/files.ts";
import { type Concealer, createConcealer, loadDsp } from "../../src/index.ts";
import { Drawing } from "../plots/svg.ts";
import { levelPicture } from "./level-picture.ts";

const RATE = 8000;
const FRAME = RATE / 50;
const SHOWN_FRAMES = 20;
const [WIDTH, HEIGHT, GAP, LEFT, TOP] = [210, 96, 14, 96, 40] as const;

interface Hole {
  readonly title: string;
  readonly note: string;
  /** Of the first frame that is lost. */
  readonly at: number;
  readonly frames: number;
  /** Whether the frame after the hole is there in time. */
  readonly bothSides: boolean;
}

const folder = process.argv[2] ?? "docs/concealment";
const dsp = await loadDsp();
const speech = await readAudioFile("assets/speech.wav");
const mono = dsp.resample(speech.samples as Float32Array, {
  inputRate: speech.sampleRate,
  outputRate: RATE,
  quality: "high",
});
const sent = dsp.pcm.floatToInt16(mono);
const frames = Array.from({ length: Math.floor(sent.length / FRAME) }, (_, i) =>
  sent.subarray(i * FRAME, (i + 1) * FRAME),
);
const holes = findHoles();

mkdirSync(folder, { recursive: true });
const file = join(folder, "hard-cases.svg");
writeFileSync(file, draw());
console.log(file);

/** The hardest place of each kind in the recording, far enough from each other. */
function findHoles(): Hole[] {
  const energy = frames.map((frame) => frame.reduce((sum, x) => sum + x * x, 0) / FRAME);
  const crossings = frames.map((frame) =>
    frame.reduce((n, x, i) => n + (x < 0 !== (frame[i - 1] ?? x) < 0 ? 1 : 0), 0),
  );
  const pitch = pitches();
  const most = Math.max(...energy);
  const taken: number[] = [];
  const best = (score: (i: number) => number): number => {
    let found = SHOWN_FRAMES;
    for (let i = SHOWN_FRAMES; i < frames.length - SHOWN_FRAMES; i++) {
      if (taken.some((other) => Math.abs(other - i) < 8)) continue;
      if (score(i) > score(found)) found = i;
    }
    taken.push(found);
    return found;
  };
  const isLoud = (i: number) => energy[i]! > 0.05 * most;
  const glide = best((i) => {
    const around = [pitch[i - 1]!, pitch[i + 1]!];
    const isVowel = isLoud(i) && isLoud(i - 1) && isLoud(i + 1) && around.every((period) => period > 0);
    const octave = Math.abs(Math.log2(around[0]! / around[1]!));
    return isVowel && octave < 0.3 ? octave : -1;
  });
  const onset = best((i) =>
    energy[i + 1]! > 0.1 * most ? energy[i + 1]! / (energy[i - 1]! + 1e-4 * most) : 0,
  );
  const hiss = best((i) => (energy[i]! > 1e-4 * most ? crossings[i]! : 0));
  const vowel = best((i) => Math.min(...energy.slice(i - 2, i + 5)));
  const ending = best((i) => Math.min(energy[i - 2]!, energy[i - 1]!) / (energy[i + 5]! + 1e-3 * most));
  return [
    { title: "A vowel that glides", note: "1 frame, both sides", at: glide, frames: 1, bothSides: true },
    { title: "The start of a sound", note: "1 frame, both sides", at: onset, frames: 1, bothSides: true },
    { title: "A hiss", note: "1 frame, both sides", at: hiss, frames: 1, bothSides: true },
    {
      title: "Three frames of a vowel",
      note: "60 ms, then both sides",
      at: vowel,
      frames: 3,
      bothSides: true,
    },
    { title: "A word's end, and more", note: "160 ms, one side", at: ending, frames: 8, bothSides: false },
  ];
}

/** Of each frame, in samples; 0 where there is none. */
function pitches(): number[] {
  const listener = createConcealer(dsp, { sampleRate: RATE, frameMs: 20 });
  const out = new Int16Array(FRAME);
  const found = frames.map((frame) => {
    listener.good(frame, out);
    return listener.pitchPeriodSamples;
  });
  listener.dispose();
  return found;
}

function withHole(
  hole: Hole,
  fill: (concealer: Concealer, out: Int16Array, next: Int16Array | undefined) => void,
): Int16Array {
  const concealer = createConcealer(dsp, { sampleRate: RATE, frameMs: 20 });
  const heard = Int16Array.from(sent);
  const end = hole.at + hole.frames;
  for (let i = 0; i < end + SHOWN_FRAMES && i < frames.length; i++) {
    const out = heard.subarray(i * FRAME, (i + 1) * FRAME);
    if (i < hole.at || i >= end) concealer.good(frames[i]!, out);
    else fill(concealer, out, hole.bothSides && i === end - 1 ? frames[end] : undefined);
  }
  concealer.dispose();
  return heard;
}

function draw(): string {
  const columns = ["sent", "lost, as silence", "concealed"];
  const drawing = new Drawing(LEFT + 3 * (WIDTH + GAP), "Five holes in speech, before and after concealment");
  columns.forEach((name, x) => {
    drawing.text(LEFT + x * (WIDTH + GAP), 24, name, { isBold: true });
  });
  holes.forEach((hole, y) => {
    const top = TOP + y * (HEIGHT + 34);
    const from = (hole.at - (SHOWN_FRAMES - hole.frames) / 2) * FRAME;
    const silent = withHole(hole, (_, out) => out.fill(0));
    const filled = withHole(hole, (concealer, out, next) => {
      if (next === undefined) concealer.conceal(out);
      else concealer.concealBetween(out, next);
    });
    drawing.text(
      LEFT,
      top + HEIGHT + 16,
      `${hole.title}: ${hole.note}, at ${((hole.at * FRAME) / RATE).toFixed(2)} s`,
      {
        size: 11,
        colour: "soft",
      },
    );
    drawing.text(LEFT - 8, top + 10, "4 kHz", { size: 10, colour: "soft", anchor: "end" });
    drawing.text(LEFT - 8, top + HEIGHT, "0", { size: 10, colour: "soft", anchor: "end" });
    [sent, silent, filled].forEach((samples, x) => {
      const left = LEFT + x * (WIDTH + GAP);
      drawing.image(
        left,
        top,
        WIDTH,
        HEIGHT,
        levelPicture(samples, from, SHOWN_FRAMES * FRAME, WIDTH, HEIGHT),
      );
      const scale = WIDTH / (SHOWN_FRAMES * FRAME);
      const start = left + (hole.at * FRAME - from) * scale;
      drawing.line(start, top + HEIGHT + 3, start + hole.frames * FRAME * scale, top + HEIGHT + 3, "voice", {
        width: 2,
      });
    });
  });
  return drawing.toSvg(TOP + holes.length * (HEIGHT + 34));
}
