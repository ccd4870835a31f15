/** Which microphone, and what the browser is to do to its sound. */
import type { MicrophoneOptions } from "../../browser.ts";
import { byId, make } from "./dom.ts";

type Treatment = "echoCancellation" | "noiseSuppression" | "autoGainControl";

const TREATMENTS: readonly (readonly [Treatment, string])[] = [
  ["echoCancellation", "Echo cancellation"],
  ["noiseSuppression", "Noise suppression"],
  ["autoGainControl", "Automatic gain"],
];

/** The form's part about the microphone. */
export class MicrophonePanel {
  readonly #device = byId("device", HTMLSelectElement);
  readonly #boxes: readonly HTMLInputElement[];

  /** @param onChange called when something else is wanted */
  constructor(onChange: () => void) {
    const root = byId("treatments", HTMLElement);
    this.#boxes = TREATMENTS.map(([name, text]) => {
      const box = make("input", "");
      box.type = "checkbox";
      box.name = name;
      box.checked = true;
      box.addEventListener("change", onChange);
      root.append(make("label", "check", box, make("span", "", text)));
      return box;
    });
    this.#device.addEventListener("change", onChange);
  }

  /** What is wanted. */
  get options(): MicrophoneOptions {
    const treatments = Object.fromEntries(this.#boxes.map(({ name, checked }) => [name, checked]));
    const deviceId = this.#device.value;
    return { ...treatments, ...(deviceId !== "" && { deviceId }) };
  }

  /** Lists the devices, whose names a browser tells once the microphone has been allowed. */
  async list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const chosen = this.#device.value;
    const options = devices
      .filter(({ kind, deviceId, label }) => kind === "audioinput" && label !== "" && deviceId !== "default")
      .map(({ deviceId, label }) => new Option(label, deviceId, false, deviceId === chosen));
    this.#device.replaceChildren(new Option("The system’s choice", ""), ...options);
    this.#device.disabled = options.length === 0;
  }
}
