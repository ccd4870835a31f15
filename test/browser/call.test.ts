import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AuthHook, type AuthRequest, EchoHandler } from "../../src/server.ts";
import { cutProxy } from "../cut-proxy.ts";
import { fromText, setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const calls = suite("calls in a page");
const browser = await openBrowser();
calls.after(() => browser.close());

/** A page that calls; closed whatever happens. */
async function inCall<T>(
  run: (call: Awaited<ReturnType<typeof setUpCall>>) => Promise<T>,
  handler: Parameters<typeof setUpCall>[1] = EchoHandler,
  auth?: AuthHook,
): Promise<T> {
  const call = await setUpCall(browser, handler, { isolated: true, ...(auth !== undefined && { auth }) });
  try {
    return await run(call);
  } finally {
    await call.close();
  }
}

calls("a microphone that is denied, missing or busy is an error with a code and what to do", async () => {
  await inCall(async ({ page }) => {
    const codes = await page.evaluate(async () => {
      const library = "/dist/browser.js";
      const { microphone } = await import(library);
      const told: [string, boolean][] = [];
      for (const name of ["NotAllowedError", "NotFoundError", "OverconstrainedError", "NotReadableError"]) {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", name));
        const error = await microphone().catch((cause: unknown) => cause);
        told.push([error.code, error.hint.length > 20]);
      }
      return told;
    });
    assert.equal(codes, [
      ["ERR_MICROPHONE_DENIED", true],
      ["ERR_MICROPHONE_MISSING", true],
      ["ERR_MICROPHONE_MISSING", true],
      ["ERR_MICROPHONE_BUSY", true],
    ]);
  });
});

calls("a microphone that the browser itself denies is an error, and nothing is left open", async () => {
  const denying = await openBrowser({ allowsMicrophone: false });
  const call = await setUpCall(denying, EchoHandler, { isolated: true });
  const { code, hint, state } = await call.page.evaluate(async () => {
    const library = "/dist/browser.js";
    const { microphone, speaker } = await import(library);
    const sink = await speaker();
    const error = await microphone().catch((cause: unknown) => cause);
    const { context } = sink;
    const closed = new Promise((resolve) => context.addEventListener("statechange", resolve));
    sink.close();
    while (context.state !== "closed") await closed;
    return { code: error.code, hint: error.hint, state: context.state };
  });
  assert.is(code, "ERR_MICROPHONE_DENIED");
  assert.match(hint, /allow/i);
  assert.is(state, "closed");
  assert.is(call.voice.sessions.size, 0);
  assert.equal(call.complaints, []);
  await call.close();
  await denying.close();
});

calls(
  "a microphone that is unplugged is told as lost, and the next one is sent in the same call",
  async () => {
    await inCall(async ({ page, voice }) => {
      const told = await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { callFrom, sounds } = await import(helpers);
        const { source, sink, client } = await callFrom(await import(library), url);
        const events: string[] = [];
        source.on("lost", ({ code }: { code: string }) => events.push(code));
        source.on("devices", () => events.push("devices"));
        const changed = new Promise<void>((resolve) => source.on("changed", () => resolve()));
        navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
        const [track] = source.stream.getAudioTracks();
        track.stop();
        track.dispatchEvent(new Event("ended"));
        await changed;
        const isAnother = source.stream.getAudioTracks()[0] !== track;
        await sounds(sink.node);
        const { isClosed } = client;
        await client.close();
        source.close();
        sink.close();
        return { events, isAnother, isClosed };
      }, voice.url);
      assert.equal(told, { events: ["devices", "ERR_MICROPHONE_LOST"], isAnother: true, isClosed: false });
    });
  },
);

calls(
  "a context that is suspended blocks the speaker; resumed, by the page or its return, the call goes on",
  async () => {
    await inCall(async ({ page, voice, complaints }) => {
      const told = await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { callFrom, sounds } = await import(helpers);
        const { source, sink, client } = await callFrom(await import(library), url);
        const states: string[] = [];
        const isIn = (state: string) =>
          new Promise<void>((resolve) => {
            const off = sink.on("state", (now: string) => {
              if (now !== state) return;
              states.push(now);
              off();
              resolve();
            });
          });
        for (const resume of [
          () => sink.resume(),
          () => document.dispatchEvent(new Event("visibilitychange")),
        ]) {
          const blocked = isIn("blocked");
          await sink.context.suspend();
          await blocked;
          const running = isIn("running");
          resume();
          await running;
          await sounds(sink.node);
        }
        const { reconnects } = client.stats;
        await client.close();
        source.close();
        sink.close();
        return { states, reconnects };
      }, voice.url);
      assert.equal(told, { states: ["blocked", "running", "blocked", "running"], reconnects: 0 });
      assert.equal(complaints, []);
    });
  },
);

calls(
  "a connection that is cut is replaced, and the microphone is heard again in the same session",
  async () => {
    await inCall(async ({ page, voice }) => {
      const proxy = await cutProxy(voice.url);
      await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { callFrom, sounds } = await import(helpers);
        const { source, sink, client } = await callFrom(await import(library), url);
        const resumed = new Promise((resolve) => client.once("resumed", resolve));
        Object.assign(globalThis, {
          goOn: async () => {
            const { attempts, lostSentMs } = (await resumed) as { attempts: number; lostSentMs: number };
            await sounds(sink.node);
            await client.close();
            source.close();
            sink.close();
            return { hasTried: attempts >= 1, isKept: lostSentMs < 1000 };
          },
        });
      }, proxy.url);
      const [id] = voice.sessions.keys();
      proxy.cut();
      assert.equal(await page.evaluate("goOn()"), { hasTried: true, isKept: true });
      assert.ok(proxy.connections >= 2);
      assert.ok(typeof id === "string");
      await proxy.close();
    });
  },
);

calls(
  "a token that is a function is asked in the page for each connection; what it throws is told",
  async () => {
    const seen: string[] = [];
    const auth = ({ token }: AuthRequest) => {
      seen.push(token ?? "");
      return token?.startsWith("page-") ?? false;
    };
    await inCall(
      async ({ page, voice }) => {
        const proxy = await cutProxy(voice.url);
        await page.evaluate(async (url) => {
          const library = "/dist/browser.js";
          const { connect } = await import(library);
          let count = 0;
          const client = await connect(url, { token: async () => `page-${++count}` });
          const resumed = new Promise((resolve) => client.once("resumed", resolve));
          Object.assign(globalThis, {
            goOn: async () => {
              await resumed;
              await client.close();
            },
          });
        }, proxy.url);
        proxy.cut();
        await page.evaluate("goOn()");
        assert.ok(seen.includes("page-1") && seen.includes("page-2"), seen.join());
        const code = await page.evaluate(async (url) => {
          const library = "/dist/browser.js";
          const { connect } = await import(library);
          const token = () => Promise.reject(new Error("nobody is signed in"));
          const error = await connect(url, { token }).catch((cause: unknown) => cause);
          return error.code;
        }, voice.url);
        assert.is(code, "ERR_AUTH");
        await proxy.close();
      },
      EchoHandler,
      auth,
    );
  },
);

for (const contextRate of [8000, 16000, 22050, 32000, 44099, 44100, 48000, 96000, 192000]) {
  calls(`in a context at ${contextRate} Hz a tone comes back as it was`, async () => {
    const { text } = await inCall(async ({ page, voice }) => {
      return await page.evaluate(
        async ([url, sampleRate]) => {
          const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
          const { connect, microphone, speaker } = await import(library);
          const { record, play, sounds, toText } = await import(helpers);
          const context = new AudioContext({ sampleRate });
          const tone = new OscillatorNode(context, { frequency: 440 });
          const source = await microphone({ from: tone });
          const sink = await speaker({ context });
          tone.start();
          const format = { encoding: "pcm16", sampleRate: 24000, frameMs: 20 };
          const client = await connect(url, { source, sink, format: { input: format, output: format } });
          await sounds(sink.node);
          const recording = await record(sink.node);
          await play(context, 1);
          const samples = await recording.stop();
          await client.close();
          source.close();
          sink.close();
          await context.close();
          return { text: toText(samples) };
        },
        [voice.url, contextRate] as const,
      );
    });
    // at its frequency, over the longest stretch that a busy machine leaves whole: a tenth of a second at least
    const samples = fromText(text);
    const twice = 2 * Math.cos((2 * Math.PI * 440) / contextRate);
    let [longest, run] = [0, 0];
    for (let i = 2; i < samples.length; i++) {
      const isTone = Math.abs(samples[i]! - twice * samples[i - 1]! + samples[i - 2]!) < 1e-3;
      run = isTone && Math.abs(samples[i]!) + Math.abs(samples[i - 1]!) > 1e-3 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    assert.ok(longest > contextRate / 10, `${longest} samples in one piece`);
  });
}

calls(
  "several clients share a microphone and a speaker; nothing is left of them when all are closed",
  async () => {
    await inCall(async ({ page, voice, complaints }) => {
      await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const timers = new Set<unknown>();
        for (const [set, clear] of [
          ["setTimeout", "clearTimeout"],
          ["setInterval", "clearInterval"],
        ] as const) {
          const [setTimer, clearTimer] = [globalThis[set], globalThis[clear]];
          Object.assign(globalThis, {
            [set]: (call: () => void, durationMs: number) => {
              const timer = setTimer(() => {
                if (set === "setTimeout") timers.delete(timer);
                call();
              }, durationMs);
              timers.add(timer);
              return timer;
            },
            [clear]: (timer: number) => {
              timers.delete(timer);
              clearTimer(timer);
            },
          });
        }
        const { connect, microphone, speaker } = await import(library);
        const { sounds } = await import(helpers);
        const [source, sink] = await Promise.all([microphone(), speaker()]);
        const clients = await Promise.all([connect(url, { source, sink }), connect(url, { source, sink })]);
        await sounds(sink.node);
        Object.assign(globalThis, {
          closeOne: async () => {
            await clients[0].close();
            await sounds(sink.node);
          },
          closeAll: async () => {
            const { context } = sink;
            const [track] = source.stream.getAudioTracks();
            await clients[1].close();
            source.close();
            sink.close();
            while (context.state !== "closed") {
              await new Promise((resolve) =>
                context.addEventListener("statechange", resolve, { once: true }),
              );
            }
            return { track: track.readyState, timers: timers.size };
          },
        });
      }, voice.url);
      assert.is(page.workers().length, 2);
      assert.is(voice.sessions.size, 2);
      await page.evaluate("closeOne()");
      assert.equal(await page.evaluate("closeAll()"), { track: "ended", timers: 0 });
      while (page.workers().length > 0) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(complaints, []);
    });
  },
);

calls.run();
