/** The stage's buttons and the status line: what the call is doing, and what can be done about it. */
import type { CallState } from "./call.ts";
import { byId, makeButton } from "./dom.ts";

const STATES: Readonly<Record<CallState, string>> = {
  idle: "Ready",
  connecting: "Connecting…",
  live: "Live",
  resuming: "Connection lost; resuming…",
  waiting: "Server gone",
};

/** What the buttons do. */
export interface StageActions {
  talk(): void;
  mute(isMuted: boolean): void;
  /** Into the call that runs without one. */
  addMicrophone(): void;
  playSample(): void;
  playFile(file: File): void;
  retry(): void;
}

/** The stage, but for its lanes. */
export class Stage {
  readonly #status = byId("status", HTMLElement);
  readonly #statusText = byId("status-text", HTMLElement);
  readonly #talk = byId("talk", HTMLButtonElement);
  readonly #talkText = byId("talk-text", HTMLElement);
  readonly #mute = byId("mute", HTMLButtonElement);
  readonly #retry: HTMLButtonElement;
  #hasMicrophone = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(actions: StageActions) {
    const file = byId("file", HTMLInputElement);
    this.#talk.addEventListener("click", () => actions.talk());
    this.#mute.addEventListener("click", () => {
      if (!this.#hasMicrophone) {
        actions.addMicrophone();
        return;
      }
      const isMuted = this.#mute.getAttribute("aria-pressed") !== "true";
      this.#mute.setAttribute("aria-pressed", String(isMuted));
      actions.mute(isMuted);
    });
    byId("sample", HTMLButtonElement).addEventListener("click", () => actions.playSample());
    byId("open", HTMLButtonElement).addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen !== undefined) actions.playFile(chosen);
      file.value = "";
    });
    this.#retry = makeButton("Try now", "quiet", () => actions.retry());
    this.#acceptDrops((dropped) => actions.playFile(dropped));
  }

  /** Shows the call's state; `retryMs` counts down where it waits. */
  showState(state: CallState, retryMs: number): void {
    clearInterval(this.#timer);
    this.#retry.remove();
    this.#status.dataset.state = state;
    this.#statusText.textContent = STATES[state];
    const isOn = state !== "idle";
    if (isOn) for (const lane of ["said", "heard"]) byId(`${lane}-invite`, HTMLElement).hidden = true;
    this.#talkText.textContent = isOn ? "Stop" : "Talk";
    this.#talk.dataset.on = String(isOn);
    this.#showMute();
    if (state !== "waiting") return;
    const endMs = performance.now() + retryMs;
    this.#status.append(this.#retry);
    const tell = () => {
      const seconds = Math.max(0, Math.ceil((endMs - performance.now()) / 1000));
      this.#statusText.textContent = `${STATES.waiting}; again in ${seconds} s`;
    };
    this.#timer = setInterval(tell, 250);
    tell();
  }

  /** The call goes on after a gap. */
  showResumed(gapMs: number): void {
    this.#statusText.textContent = `Live again after ${(gapMs / 1000).toFixed(1)} s`;
  }

  /** Whether there is a microphone to mute. */
  showMicrophone(isOpen: boolean): void {
    this.#hasMicrophone = isOpen;
    if (!isOpen) this.#mute.setAttribute("aria-pressed", "false");
    this.#showMute();
  }

  /** What a call without a microphone can do with that button is to get one. */
  #showMute(): void {
    const isOn = this.#talk.dataset.on === "true";
    this.#mute.disabled = !isOn && !this.#hasMicrophone;
    this.#mute.textContent = isOn && !this.#hasMicrophone ? "Add microphone" : "Mute";
  }

  /** What each lane shows. */
  showSource(lane: "said" | "heard", text: string): void {
    byId(`${lane}-source`, HTMLElement).textContent = text;
  }

  #acceptDrops(onFile: (file: File) => void): void {
    const root = document.documentElement;
    addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      event.preventDefault();
      root.dataset.dropping = "true";
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) delete root.dataset.dropping;
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      delete root.dataset.dropping;
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined) onFile(file);
    });
  }
}
