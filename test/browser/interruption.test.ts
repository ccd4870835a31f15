import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, type Session } from "../../src/server.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const interruption = suite("interrupting a server that has more to say");
const browser = await openBrowser();
interruption.after(() => browser.close());

/** Says ten seconds of a tone at once; and two at the client's word. */
class Talker extends EchoHandler {
  readonly cleared: number[];
  constructor(cleared: number[] = []) {
    super();
    this.cleared = cleared;
  }
  override copy(): Talker {
    return new Talker(this.cleared);
  }
  override receive(): void {}
  override startUp(session: Session): void {
    this.#say(session, 10);
  }
  override onInput(_input: readonly unknown[], session: Session): void {
    this.#say(session, 2);
  }
  override onCleared(playedMs: number): void {
    this.cleared.push(playedMs);
  }
  #say(session: Session, seconds: number): void {
    const tone = Int16Array.from({ length: 24000 * seconds }, (_, i) => 16000 * Math.sin(i / 9));
    session.send(tone, 24000);
  }
}

for (const isolated of [true, false]) {
  const how = isolated ? "over shared memory" : "by messages";
  for (const maxLagMs of [400, 10_000]) {
    interruption(
      `clear() stays silent ${how}, with up to ${maxLagMs} ms waiting, and what is said next is heard`,
      async () => {
        const handler = new Talker();
        const { page, voice, complaints, close } = await setUpCall(browser, handler, { isolated });
        await page.evaluate(
          async ([url, maxLagMs]) => {
            const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
            const { connect, speaker } = await import(library);
            const { record, play, sounds } = await import(helpers);
            const sink = await speaker();
            const output = { encoding: "pcm16", sampleRate: 24000, frameMs: 20 };
            const client = await connect(url, { sink, format: { output }, maxLagMs });
            const clears: { playedMs: number; droppedMs: number }[] = [];
            client.on("clear", (info: { playedMs: number; droppedMs: number }) => clears.push(info));
            const interrupt = async () => {
              await sounds(sink.node);
              const recording = await record(sink.node);
              await play(sink.context, 0.3);
              client.clear();
              await play(sink.context, 2);
              const samples: Float32Array = await recording.stop();
              const rate = sink.context.sampleRate;
              const loudest = samples
                .slice(-rate)
                .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
              const heardSeconds = samples.filter((sample) => sample !== 0).length / rate;
              return { loudest, heardSeconds };
            };
            Object.assign(globalThis, {
              interrupt,
              finish: async () => {
                await client.close();
                sink.close();
                return clears;
              },
            });
          },
          [voice.url, maxLagMs] as const,
        );
        for (let round = 1; round <= 2; round++) {
          const said = await page.evaluate("interrupt()");
          const { loudest, heardSeconds } = said as { loudest: number; heardSeconds: number };
          assert.is(loudest, 0);
          // before it was interrupted, and what a busy machine's threads are late
          assert.ok(heardSeconds < 1.3, `${heardSeconds} s`);
          assert.is(handler.cleared.length, round);
          const [session] = voice.sessions.values();
          if (round < 2) session!.setInput("go on");
        }
        const clears = (await page.evaluate("finish()")) as { playedMs: number; droppedMs: number }[];
        // told once each, to both sides; what was dropped the first time does not count as played the second
        assert.equal(
          clears.map(({ playedMs }) => Math.round(playedMs)),
          handler.cleared.map((playedMs) => Math.round(playedMs)),
        );
        assert.ok(clears[1]!.playedMs - clears[0]!.playedMs < 1990, JSON.stringify(clears));
        assert.equal(complaints, []);
        await close();
      },
    );
  }
}

interruption.run();
