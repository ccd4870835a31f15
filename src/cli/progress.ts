/** Progress on stderr, for people only: nothing where no one watches. */
import { Presets, SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.ts";

/** A bar that fills up. */
export interface Progress {
  /** @param fraction 0 to 1 @param text what there is to say beside the bar */
  update(fraction: number, text?: string): void;
  /** Takes the bar away. */
  stop(): void;
}

const STEPS = 1000;
/** Redraws a second; updates in between cost next to nothing. */
const FPS = 10;

/** A bar, or on anything but a terminal nothing at all. @param title what is being done */
export function startProgress(terminal: Terminal, title: string): Progress {
  if (!terminal.isInteractive) return { update: () => {}, stop: () => {} };
  const preset = terminal.isUnicode ? Presets.shades_classic : Presets.legacy;
  const barsize = Math.max(10, Math.min(40, terminal.columns - title.length - 34));
  const options = {
    format: `${title} {bar} {percentage} % {text}`,
    stream: process.stderr,
    fps: FPS,
    barsize,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C belongs to the command, which stops the bar itself
    gracefulExit: false,
  };
  const bar = new SingleBar(options, preset);
  bar.start(STEPS, 0, { text: "" });
  return {
    update: (fraction, text = "") => bar.update(Math.round(Math.min(1, fraction) * STEPS), { text }),
    stop: () => bar.stop(),
  };
}
