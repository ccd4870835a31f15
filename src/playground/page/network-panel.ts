/** The bad network: one by name at a click, or one's own by its parts. */
import { byId, make } from "./dom.ts";
import {
  CUSTOM_RANGES,
  type CustomNetwork,
  NETWORKS,
  type NetworkChoice,
  type SettingsStore,
} from "./settings.ts";

const NAMES: Readonly<Record<NetworkChoice, readonly [name: string, what: string]>> = {
  none: ["As it is", "Nothing is added."],
  wifi: ["Wi-Fi", "10 ms each way, jitter; every 2.3 s nothing for up to 250 ms, then all at once."],
  lte: ["Mobile", "45 ms each way, wandering jitter; a change of cell every 12 s."],
  tcp: ["TCP loss", "30 ms each way; 1 % of messages are sent again and hold up all behind them."],
  loss5: ["5 % loss", "20 to 30 ms each way; 5 % of frames never come, in bursts of two."],
  custom: ["Custom", "Your own, both ways."],
};
const PARTS: Readonly<Record<keyof CustomNetwork, readonly [name: string, unit: string]>> = {
  delayMs: ["Delay", "ms"],
  jitterMs: ["Jitter", "ms"],
  lossPercent: ["Loss", "%"],
  stallMs: ["Stall every 5 s", "ms"],
};

/** Sets the panel up and keeps it and the store in step. */
export function setUpNetwork(store: SettingsStore): void {
  const root = byId("network-choice", HTMLElement);
  const what = byId("network-what", HTMLElement);
  const parts = byId("network-custom", HTMLElement);
  for (const choice of NETWORKS) {
    const input = make("input", "");
    input.type = "radio";
    input.name = "network";
    input.value = choice;
    input.checked = store.now.network === choice;
    input.addEventListener("change", () => store.set({ network: choice }));
    root.append(make("label", "", input, make("span", "", NAMES[choice][0])));
  }
  for (const key of Object.keys(PARTS) as (keyof CustomNetwork)[]) parts.append(makeSlider(store, key));
  const show = () => {
    what.textContent = NAMES[store.now.network][1];
    parts.hidden = store.now.network !== "custom";
  };
  store.onChange(show);
  show();
}

function makeSlider(store: SettingsStore, key: keyof CustomNetwork): HTMLElement {
  const [name, unit] = PARTS[key];
  const slider = make("input", "");
  const text = make("output", "figure");
  slider.type = "range";
  slider.max = String(CUSTOM_RANGES[key][1]);
  slider.value = String(store.now.custom[key]);
  const tell = () => {
    text.value = `${slider.value} ${unit}`;
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => {
    store.set({ custom: { ...store.now.custom, [key]: Number(slider.value) } });
  });
  tell();
  return make("label", "field", make("span", "", name, text), slider);
}
