/** The button that records what is heard, and saves it. */
import type { Desk } from "./desk.ts";
import { byId } from "./dom.ts";
import { Recording } from "./recording.ts";

const TICK_MS = 500;

/** The recorder's button. */
export class Recorder {
  readonly #button = byId("record", HTMLButtonElement);
  readonly #text = byId("record-text", HTMLElement);
  readonly #worklet: URL;
  #recording: Recording | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param openDesk the desk, opened where it is not; @param attempt runs what may fail, and shows how */
  constructor(worklet: URL, openDesk: () => Promise<Desk>, attempt: (action: () => Promise<void>) => void) {
    this.#worklet = worklet;
    const stop = () => attempt(() => this.#stop());
    this.#button.addEventListener("click", () => {
      if (this.#recording === undefined) attempt(async () => this.#start(await openDesk(), stop));
      else stop();
    });
  }

  async #start(desk: Desk, stop: () => void): Promise<void> {
    this.#recording = await Recording.start(desk.sink.node, this.#worklet, stop);
    this.#button.setAttribute("aria-pressed", "true");
    this.#timer = setInterval(() => this.#tell(), TICK_MS);
    this.#tell();
  }

  async #stop(): Promise<void> {
    const recording = this.#recording;
    if (recording === undefined) return;
    this.#recording = undefined;
    clearInterval(this.#timer);
    this.#button.setAttribute("aria-pressed", "false");
    this.#text.textContent = "Record";
    save(await recording.stop(), nameNow());
  }

  #tell(): void {
    const seconds = Math.floor(this.#recording?.seconds ?? 0);
    this.#text.textContent = `Save ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // the browser has begun to read by then
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Sorts by time: `heard-2026-11-25-10-31-07.wav`. */
function nameNow(): string {
  return `heard-${new Date().toISOString().slice(0, 19).replaceAll(/[T:]/g, "-")}.wav`;
}
