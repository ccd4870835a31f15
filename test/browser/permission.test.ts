import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler } from "../../src/server.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const permission = suite("what a browser allows a page");

permission(
  "a microphone that Chromium itself refuses is ERR_MICROPHONE_DENIED, and the page's context is let go",
  async () => {
    const browser = await openBrowser({ allowsMicrophone: false });
    const { page, complaints, close } = await setUpCall(browser, EchoHandler, { isolated: true });
    const told = await page.evaluate(async () => {
      const library = "/dist/browser.js";
      const { microphone } = await import(library);
      const contexts: AudioContext[] = [];
      const Context = AudioContext;
      globalThis.AudioContext = class extends Context {
        constructor(options?: AudioContextOptions) {
          super(options);
          contexts.push(this);
        }
      };
      const { code, hint, cause } = await microphone().catch((error: unknown) => error);
      const [context] = contexts as [AudioContext];
      while (context.state !== "closed") {
        await new Promise((resolve) => context.addEventListener("statechange", resolve, { once: true }));
      }
      return { code, hasHint: hint.length > 20, cause: cause.name };
    });
    assert.equal(told, { code: "ERR_MICROPHONE_DENIED", hasHint: true, cause: "NotAllowedError" });
    assert.equal(complaints, []);
    await close();
    await browser.close();
  },
);

permission(
  "before the page is touched speaker and microphone are blocked; a click lets the call be heard",
  async () => {
    const browser = await openBrowser({ allowsAutoplay: false });
    const { page, voice, complaints, close } = await setUpCall(browser, EchoHandler, { isolated: true });
    // a script of the page's own: what the test evaluates would count as a touch
    await page.addInitScript({
      content: `globalThis.begun = (async () => {
      const { connect, microphone, speaker } = await import("/dist/browser.js");
      const own = new AudioContext();
      const tone = new OscillatorNode(own);
      tone.start();
      const source = await microphone({ from: tone });
      const sink = await speaker();
      const states = [["source", source.state], ["sink", sink.state]];
      source.on("state", (state) => states.push(["source", state]));
      sink.on("state", (state) => states.push(["sink", state]));
      const error = await sink.resume().catch((cause) => cause);
      const client = await connect(${JSON.stringify(voice.url)}, { source, sink });
      Object.assign(globalThis, { source, sink, client, states });
      console.log("connected");
      return { code: error.code, hasHint: error.hint.length > 20, sent: client.stats?.framesSent ?? 0 };
    })();`,
    });
    const connected = page.waitForEvent("console", { predicate: (said) => said.text() === "connected" });
    await page.reload();
    await connected;
    await page.mouse.click(20, 20);
    const told = await page.evaluate(async () => {
      const helpers = "/page-helpers.js";
      const { sounds } = await import(helpers);
      const { source, sink, client, begun, states } = globalThis as unknown as {
        source: { close(): void };
        sink: { close(): void; node: AudioNode };
        client: { close(): Promise<unknown> };
        begun: Promise<{ code: string; hasHint: boolean; sent: number }>;
        states: string[][];
      };
      const before = await begun;
      await sounds(sink.node);
      await client.close();
      source.close();
      sink.close();
      return { ...before, states: states.map((state) => state.join(" ")).sort() };
    });
    assert.equal(told, {
      code: "ERR_AUDIO_BLOCKED",
      hasHint: true,
      sent: 0,
      states: [
        "sink blocked",
        "sink closed",
        "sink running",
        "source blocked",
        "source closed",
        "source running",
      ],
    });
    assert.equal(complaints, []);
    await close();
    await browser.close();
  },
);

permission.run();
