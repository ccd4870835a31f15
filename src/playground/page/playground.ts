/** What the page does: the desk, the call and what is shown of them, put together. */
import { VoxwireError } from "../../browser.ts";
import type { PlaygroundInfo } from "../server/playground-info.ts";
import { Call, type CallState, serverUrl } from "./call.ts";
import { setUpCode } from "./code-panel.ts";
import { Dashboard } from "./dashboard.ts";
import { Desk } from "./desk.ts";
import { startDrawing } from "./drawing.ts";
import { FrameCost } from "./frame-cost.ts";
import { showLogLine } from "./handler-log.ts";
import { Lane } from "./lane.ts";
import type { DeviceDelays } from "./loop-bar.ts";
import { MicrophonePanel } from "./microphone-panel.ts";
import { setUpNetwork } from "./network-panel.ts";
import { Notices } from "./notices.ts";
import { type Palette, readPalette } from "./palette.ts";
import { Probe } from "./probe.ts";
import { Recorder } from "./recorder.ts";
import { addressOf, SettingsStore, settingsFrom } from "./settings.ts";
import { setUpSettings } from "./settings-panel.ts";
import { Stage } from "./stage.ts";
import { setUpTheme } from "./theme.ts";

/** The page, running. */
export class Playground {
  readonly #files: URL;
  readonly #notices = new Notices();
  readonly #store: SettingsStore;
  readonly #stage: Stage;
  readonly #call: Call;
  readonly #lanes: readonly Lane[];
  readonly #dashboard: Dashboard;
  readonly #microphone: MicrophonePanel;
  #desk: Promise<Desk> | undefined;
  /** The same, once it is open. */
  #openedDesk: Desk | undefined;

  /** @param files where the page's files lie */
  constructor(files: URL, info: PlaygroundInfo) {
    this.#files = files;
    this.#store = new SettingsStore(settingsFrom(info, location.hash));
    const palette: Palette = readPalette();
    const cost = new FrameCost(palette);
    this.#lanes = [new Lane("said", palette), new Lane("heard", palette)];
    const takeTrip = (durationMs: number) => this.#dashboard.takeRoundTrip(durationMs, performance.now());
    const probe = new Probe(takeTrip);
    this.#dashboard = new Dashboard(
      palette,
      () => this.#deviceDelays(),
      () => this.#call.client !== undefined && probe.start(this.#call.client),
    );
    setUpTheme(() => {
      const changed = readPalette();
      for (const shown of [...this.#lanes, this.#dashboard, cost]) shown.repaint(changed);
    });
    const showCost = (frameMs: number) => cost.show({ ...this.#store.now, frameMs });
    setUpSettings(this.#store, info, showCost);
    setUpNetwork(this.#store);
    this.#microphone = new MicrophonePanel(() => void this.#try(() => this.#changeMicrophone()));
    setUpCode(this.#store, () => programUrl(serverUrl(this.#store.now)));
    addEventListener("resize", () => showCost(this.#store.now.frameMs));
    new Recorder(
      new URL("recorder.js", files),
      () => this.#openDesk(),
      (action) => void this.#try(action),
    );
    this.#stage = new Stage({
      talk: () => void this.#try(() => this.#toggleTalk()),
      mute: (isMuted) => void this.#try(() => this.#mute(isMuted)),
      addMicrophone: () => void this.#try(async () => this.#openMicrophone(await this.#openDesk())),
      playSample: () => void this.#try(() => this.#playSample()),
      playFile: (file) => void this.#try(async () => this.#play(file.name, await file.arrayBuffer())),
      retry: () => this.#call.retry(),
    });
    this.#call = new Call(
      {
        workerUrl: new URL("client-worker.js", files),
        networkWorkerUrl: new URL("network-worker.js", files),
        workletUrl: new URL("worklet.js", files),
      },
      {
        onState: (state, retryMs) => this.#onState(state, retryMs),
        onSession: ({ output }) => {
          probe.stop();
          this.#dashboard.begin();
          this.#stage.showSource("heard", `${output.sampleRate / 1000} kHz, ${output.frameMs} ms frames`);
        },
        onResumed: (gapMs) => this.#stage.showResumed(gapMs),
        onStats: (stats) => this.#dashboard.takeStats(stats, performance.now()),
        onRoundTrip: (durationMs) => {
          if (!this.#dashboard.isPositionLost) takeTrip(durationMs);
        },
        onError: (error) => this.#notices.show(error),
        onLog: showLogLine,
      },
    );
    this.#store.onChange((now) => {
      history.replaceState(null, "", addressOf(now));
      showCost(now.frameMs);
      if (this.#call.state !== "idle") void this.#try(() => this.#connect());
    });
    startDrawing((elapsedMs) => {
      // what was last heard stays to be looked at
      if (this.#call.state !== "idle") for (const lane of this.#lanes) lane.draw(elapsedMs);
      this.#dashboard.draw(performance.now(), this.#call.state === "live");
    });
  }

  async #toggleTalk(): Promise<void> {
    if (this.#call.state !== "idle") {
      (await this.#desk)?.stopFile();
      await this.#call.stop();
      return;
    }
    await this.#openMicrophone(await this.#openDesk());
    await this.#connect();
  }

  async #openMicrophone(desk: Desk): Promise<void> {
    const microphone = await desk.openMicrophone(this.#microphone.options);
    microphone.on("lost", (error) => this.#notices.show(error));
    microphone.on("changed", ({ label }) => this.#stage.showSource("said", label));
    microphone.on("devices", () => void this.#microphone.list());
    this.#stage.showMicrophone(true);
    this.#stage.showSource("said", microphone.label);
    await this.#microphone.list();
  }

  /** Another device, or another treatment: at once where it is in use. */
  async #changeMicrophone(): Promise<void> {
    const desk = this.#openedDesk;
    if (desk?.microphone !== undefined) await this.#openMicrophone(desk);
  }

  async #mute(isMuted: boolean): Promise<void> {
    const desk = await this.#openDesk();
    desk.isMuted = isMuted;
  }

  async #playSample(): Promise<void> {
    const answer = await fetch(new URL("speech.wav", this.#files));
    await this.#play("speech.wav", await answer.arrayBuffer());
  }

  async #play(name: string, bytes: ArrayBuffer): Promise<void> {
    const desk = await this.#openDesk();
    const buffer = await desk.context.decodeAudioData(bytes);
    if (this.#call.state === "idle") await this.#connect();
    this.#stage.showSource("said", name);
    if (await desk.playFile(buffer)) this.#stage.showSource("said", desk.microphone?.label ?? "silence");
  }

  /** Connects with what is chosen now. */
  async #connect(): Promise<void> {
    await this.#call.start(await this.#openDesk(), this.#store.now);
  }

  async #openDesk(): Promise<Desk> {
    this.#desk ??= Desk.open().then(
      (desk) => {
        this.#openedDesk = desk;
        this.#lanes[0]!.listenTo(desk.said);
        this.#lanes[1]!.listenTo(desk.heard);
        return desk;
      },
      (error) => {
        this.#desk = undefined;
        throw error;
      },
    );
    const desk = await this.#desk;
    if (desk.sink.state !== "running") await desk.sink.resume();
    return desk;
  }

  #deviceDelays(): DeviceDelays {
    const desk = this.#openedDesk;
    // some browsers say it, and TypeScript's types do not know
    const { latency } = (desk?.microphone?.settings ?? {}) as { latency?: number };
    const outputMs = (desk?.context.outputLatency ?? 0) * 1000;
    return {
      inputMs: latency === undefined || latency === 0 ? undefined : latency * 1000,
      outputMs: outputMs === 0 ? undefined : outputMs,
    };
  }

  #onState(state: CallState, retryMs: number): void {
    this.#stage.showState(state, retryMs);
    if (state === "live") this.#notices.clear();
    if (state === "idle" && this.#openedDesk !== undefined) this.#rest(this.#openedDesk);
  }

  /** The browser's sign for a live microphone goes out. */
  #rest(desk: Desk): void {
    desk.closeMicrophone();
    this.#stage.showMicrophone(false);
    this.#stage.showSource("said", "nothing yet");
    this.#stage.showSource("heard", "silent");
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (error instanceof VoxwireError || error instanceof DOMException) this.#notices.show(error);
      else throw error;
    }
  }
}

/** As a program takes it: WebSocket, and without a slash that has nothing behind it. */
function programUrl(url: URL): string {
  return url.href.replace(/^http/, "ws").replace(/\/$/, "");
}
