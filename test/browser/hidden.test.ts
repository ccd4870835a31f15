import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, serve } from "../../src/server.ts";
import { pageFiles } from "./call.ts";
import { openRawBrowser } from "./raw-browser.ts";
import { serveStatic } from "./static-server.ts";

const hidden = suite("a page behind another one");
const browser = await openRawBrowser();
hidden.after(() => browser.close());

/** A call whose microphone is a tone; \`listen()\` records two seconds of what is played. */
const CALL = (url: string) => `(async () => {
  const { connect, microphone, speaker } = await import("/dist/browser.js");
  const { recordTimes, play, sounds } = await import("/page-helpers.js");
  const sink = await speaker();
  const tone = new OscillatorNode(sink.context);
  tone.start();
  const source = await microphone({ from: tone });
  const client = await connect(${JSON.stringify(url)}, { source, sink });
  await sounds(sink.node);
  const seen = [document.visibilityState];
  globalThis.isHidden = new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => {
      seen.push(document.visibilityState);
      resolve();
    });
  });
  const states = [];
  source.on("state", (state) => states.push(state));
  sink.on("state", (state) => states.push(state));
  globalThis.listen = async () => {
    await new Promise((resolve) => client.once("stats", resolve));
    const before = client.stats.framesReceived;
    const recording = await recordTimes(sink.node);
    await play(sink.context, 2);
    const { samples } = await recording.stop();
    await new Promise((resolve) => client.once("stats", resolve));
    let [longest, run] = [0, 0];
    for (const sample of samples) {
      run = sample === 0 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    const longestMs = (longest * 1000) / sink.context.sampleRate;
    return { longestMs, frames: client.stats.framesReceived - before, seen, states };
  };
  globalThis.finish = async () => {
    await client.close();
    source.close();
    sink.close();
    return states;
  };
})()`;

interface Heard {
  /** The longest silence. */
  readonly longestMs: number;
  /** Frames that came. */
  readonly frames: number;
  readonly seen: readonly string[];
  readonly states: readonly string[];
}

hidden("a call goes on while its page is hidden, and when it is seen again", async () => {
  const voice = await serve({ port: 0, handler: EchoHandler, allowOrigin: "*" });
  const web = await serveStatic({ isolated: true, files: pageFiles() });
  const tab = await browser.openTab(web.url);
  await tab.evaluate(CALL(voice.url));
  const front = await browser.openTab(web.url);
  await front.bringToFront();
  await tab.evaluate("isHidden");
  let heard: Heard | undefined;
  // a machine that starves the browser's own audio thread is no fault of the library: it is listened to anew
  for (let attempt = 0; attempt < 3; attempt++) {
    heard = (await tab.evaluate("listen()")) as Heard;
    if (heard.longestMs < 300) break;
  }
  assert.ok(heard!.longestMs < 300, `a silence of ${heard!.longestMs} ms`);
  assert.ok(heard!.frames > 50, `${heard!.frames} frames`);
  assert.equal(heard!.seen, ["visible", "hidden"]);
  assert.equal(heard!.states, []);
  await tab.bringToFront();
  const { seen, states, frames } = (await tab.evaluate("listen()")) as Heard;
  assert.equal([seen, states], [["visible", "hidden", "visible"], []]);
  assert.ok(frames > 50, `${frames} frames`);
  assert.equal(await tab.evaluate("finish()"), ["closed", "closed"]);
  await web.close();
  await voice.close({ drainMs: 0 });
});

hidden.run();
