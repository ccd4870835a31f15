/** The form beside the stage: what the next session, or this one, is to be. */
import type { PlaygroundInfo } from "../server/playground-info.ts";
import { byId, make } from "./dom.ts";
import {
  ENCODINGS,
  FRAME_DURATIONS_MS,
  PROTOCOLS,
  SAMPLE_RATES,
  type Settings,
  type SettingsStore,
} from "./settings.ts";

const NAMES: Readonly<Record<string, string>> = {
  binary: "Binary",
  fastrtc: "FastRTC JSON",
  mulaw: "μ-law",
  alaw: "A-law",
  pcm16: "PCM 16",
};

/** Fills the form and keeps it and the store in step; `onFrame` is called while the frame's slider moves. */
export function setUpSettings(
  store: SettingsStore,
  info: PlaygroundInfo,
  onFrame: (frameMs: number) => void,
): void {
  const form = byId("settings", HTMLFormElement);
  form.addEventListener("submit", (event) => event.preventDefault());
  setUpHandlers(form, store, info);
  const encodings = ENCODINGS.filter((encoding) => info.encodings.includes(encoding));
  setUpChoice(form, store, "protocol", PROTOCOLS, (value) => NAMES[value] ?? value);
  setUpChoice(form, store, "encoding", encodings, (value) => NAMES[value] ?? value);
  setUpChoice(form, store, "sampleRate", SAMPLE_RATES, (value) => `${value / 1000} kHz`);
  setUpFrame(form, store, onFrame);
  setUpToken(form, store, info);
}

function setUpHandlers(form: HTMLFormElement, store: SettingsStore, info: PlaygroundInfo): void {
  const select = form.elements.namedItem("handler") as HTMLSelectElement;
  for (const { path, name } of info.handlers) {
    const text = [path === "" ? "/" : path, name].filter((part) => part !== "").join("  ");
    select.append(new Option(text, path, false, path === store.now.handler));
  }
  select.disabled = info.handlers.length < 2;
  select.addEventListener("change", () => store.set({ handler: select.value }));
}

function setUpChoice<K extends "protocol" | "encoding" | "sampleRate">(
  form: HTMLFormElement,
  store: SettingsStore,
  name: K,
  values: readonly Settings[K][],
  textOf: (value: Settings[K]) => string,
): void {
  const root = form.querySelector(`.choice[data-name="${name}"]`)!;
  for (const value of values) {
    const input = make("input", "");
    input.type = "radio";
    input.name = name;
    input.value = String(value);
    input.checked = store.now[name] === value;
    input.addEventListener("change", () => store.set({ [name]: value } as Partial<Settings>));
    root.append(make("label", "", input, make("span", "", textOf(value))));
  }
}

function setUpFrame(form: HTMLFormElement, store: SettingsStore, onFrame: (frameMs: number) => void): void {
  const slider = form.elements.namedItem("frameMs") as HTMLInputElement;
  const text = byId("frame-text", HTMLOutputElement);
  slider.max = String(FRAME_DURATIONS_MS.length - 1);
  slider.value = String(FRAME_DURATIONS_MS.indexOf(store.now.frameMs));
  const chosen = () => FRAME_DURATIONS_MS[Number(slider.value)] ?? 20;
  const tell = () => {
    text.value = `${chosen()} ms`;
    slider.setAttribute("aria-valuetext", `${chosen()} milliseconds`);
    onFrame(chosen());
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => store.set({ frameMs: chosen() }));
  tell();
}

function setUpToken(form: HTMLFormElement, store: SettingsStore, info: PlaygroundInfo): void {
  const input = form.elements.namedItem("token") as HTMLInputElement;
  byId("token-field", HTMLElement).hidden = !info.hasAuth;
  input.addEventListener("change", () => store.set({ token: input.value.trim() }));
}
