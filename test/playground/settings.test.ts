import { test } from "uvu";
import * as assert from "uvu/assert";
import { createNetwork } from "../../src/network/network.ts";
import {
  addressOf,
  ENCODINGS,
  FRAME_DURATIONS_MS,
  NETWORKS,
  networkProfile,
  PROTOCOLS,
  SAMPLE_RATES,
  type Settings,
  SettingsStore,
  settingsFrom,
} from "../../src/playground/page/settings.ts";

const info = {
  handlers: [
    { path: "", name: "EchoHandler" },
    { path: "/other", name: "" },
  ],
  encodings: ["mulaw", "alaw", "pcm16"],
  sampleRate: 16000,
  frameMs: 20,
  hasAuth: false,
};
const first = settingsFrom(info, "");

test("at first the session is what the server does by itself", () => {
  assert.equal([first.handler, first.sampleRate, first.frameMs, first.network], ["", 16000, 20, "none"]);
  assert.is(settingsFrom({ ...info, sampleRate: 44100, frameMs: 25 }, "").sampleRate, 48000);
});

test("an address leads to the settings that it was made of, and never holds the token", () => {
  for (const protocol of PROTOCOLS)
    for (const encoding of ENCODINGS)
      for (const sampleRate of SAMPLE_RATES)
        for (const frameMs of FRAME_DURATIONS_MS)
          for (const network of NETWORKS) {
            const custom = { delayMs: 120, jitterMs: 30, lossPercent: 7, stallMs: 400 };
            const some = { ...first, handler: "/other", protocol, encoding, sampleRate, frameMs, network };
            const settings: Settings = { ...some, custom: network === "custom" ? custom : first.custom };
            const address = addressOf({ ...settings, token: "secret" });
            assert.equal(settingsFrom(info, address), settings);
            assert.not.match(address, "secret");
          }
});

test("an address that says nonsense is as good as none", () => {
  const nonsense = "#protocol=x&encoding=mp3&rate=1&frame=3&handler=/none&network=moon&custom=-1-x-900-1e9";
  assert.equal(settingsFrom(info, nonsense), first);
});

test("every network is one that the package takes", () => {
  for (const network of NETWORKS) {
    const profile = networkProfile({ ...first, network });
    if (network === "none") assert.is(profile, undefined);
    else assert.ok(createNetwork(profile!));
  }
  const nothing = { delayMs: 0, jitterMs: 0, lossPercent: 0, stallMs: 0 };
  assert.equal(networkProfile({ ...first, network: "custom", custom: nothing }), {
    delayMs: 0,
    isOrdered: true,
  });
});

test("listeners are told of changes, and of those alone", () => {
  const store = new SettingsStore(first);
  const told: [number, number][] = [];
  store.onChange((now, before) => told.push([before.frameMs, now.frameMs]));
  store.set({ frameMs: 20 });
  store.set({ frameMs: 40 });
  assert.equal(told, [[20, 40]]);
});

test.run();
