import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler } from "../../src/server.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const closing = suite("the end of a call in a page");
const browser = await openBrowser();
closing.after(() => browser.close());

const ORDERS = [
  ["source", "sink", "client"],
  ["source", "client", "sink"],
  ["sink", "source", "client"],
  ["sink", "client", "source"],
  ["client", "source", "sink"],
  ["client", "sink", "source"],
] as const;

for (const isolated of [true, false]) {
  const how = isolated ? "over shared memory" : "by messages";
  closing(
    `microphone, speaker and client may be closed in any order ${how}; nothing is left of them`,
    async () => {
      const { page, voice, complaints, close } = await setUpCall(browser, EchoHandler, { isolated });
      for (const order of ORDERS) {
        const told = await page.evaluate(
          async ([url, order]) => {
            const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
            const { callFrom } = await import(helpers);
            const call = await callFrom(await import(library), url);
            const { source, sink, client } = call;
            const { context } = sink;
            const [track] = source.stream.getAudioTracks();
            let closes = 0;
            client.on("close", () => closes++);
            const mark = client.mark("the last");
            for (const name of order) await call[name].close();
            const { isExpected } = await client.closed;
            const isMarkSettled = typeof (await mark) === "boolean";
            while (context.state !== "closed") {
              await new Promise((resolve) =>
                context.addEventListener("statechange", resolve, { once: true }),
              );
            }
            const states = [source.state, sink.state, track.readyState];
            return { closes, isExpected, isMarkSettled, isClosed: client.isClosed, states };
          },
          [voice.url, order] as const,
        );
        assert.equal(
          told,
          {
            closes: 1,
            isExpected: true,
            isMarkSettled: true,
            isClosed: true,
            states: ["closed", "closed", "ended"],
          },
          order.join(),
        );
      }
      while (page.workers().length > 0) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(complaints, []);
      await close();
    },
  );
}

closing(
  "a server that goes after the microphone was closed, or cut off, ends the call with its event",
  async () => {
    for (const end of [
      "source.close()",
      "source.node.disconnect()",
      "sink.close()",
      "sink.node.disconnect()",
    ]) {
      const { page, voice, complaints, close } = await setUpCall(browser, EchoHandler, { isolated: true });
      await page.evaluate(
        async ([url, end]) => {
          const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
          const { callFrom } = await import(helpers);
          const { source, sink, client } = await callFrom(await import(library), url);
          const gone = new Promise((resolve) => client.once("close", resolve));
          new Function("source", "sink", end)(source, sink);
          Object.assign(globalThis, {
            goOn: async () => {
              const { code } = (await gone) as { code: number };
              source.close();
              sink.close();
              return { code, isClosed: client.isClosed };
            },
          });
        },
        [voice.url, end] as const,
      );
      await voice.close({ drainMs: 0 });
      assert.equal(await page.evaluate("goOn()"), { code: 1001, isClosed: true }, end);
      assert.equal(complaints, [], end);
      await close();
    }
  },
);

closing(
  "what goes wrong while a call's nodes are taken out stops neither its event nor its promises",
  async () => {
    const { page, voice, close } = await setUpCall(browser, EchoHandler, { isolated: true });
    const told = await page.evaluate(async (url) => {
      const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
      const { callFrom } = await import(helpers);
      const { source, sink, client } = await callFrom(await import(library), url);
      const { disconnect } = AudioNode.prototype;
      AudioNode.prototype.disconnect = () => {
        AudioNode.prototype.disconnect = disconnect;
        throw new Error("this node stays");
      };
      const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
      const mark = client.mark("the last");
      await client.close();
      await closed;
      source.close();
      sink.close();
      return typeof (await mark);
    }, voice.url);
    assert.is(told, "boolean");
    await close();
  },
);

closing("connect that is aborted half-way rejects with the reason and leaves nothing", async () => {
  const { page, voice, complaints, close } = await setUpCall(browser, EchoHandler, { isolated: true });
  const told = await page.evaluate(async (url) => {
    const library = "/dist/browser.js";
    const { connect, microphone, speaker } = await import(library);
    const [source, sink] = await Promise.all([microphone(), speaker()]);
    const nodes: AudioWorkletNode[] = [];
    const Node = AudioWorkletNode;
    globalThis.AudioWorkletNode = class extends Node {
      constructor(...given: ConstructorParameters<typeof Node>) {
        super(...given);
        nodes.push(this);
      }
    };
    const reason = new Error("changed my mind");
    const outcomes: boolean[] = [];
    const attempt = async (signal: AbortSignal, options: object) => {
      const error = await connect(url, { source, sink, signal, ...options }).catch((cause: unknown) => cause);
      outcomes.push(error === reason);
    };
    const before = new AbortController();
    before.abort(reason);
    await attempt(before.signal, {});
    const loading = new AbortController();
    const whileLoading = attempt(loading.signal, {});
    loading.abort(reason);
    await whileLoading;
    const asking = new AbortController();
    const token = () => {
      asking.abort(reason);
      return new Promise(() => {});
    };
    await attempt(asking.signal, { token });
    const count = nodes.length;
    const late = new AbortController();
    const client = await connect(url, { source, sink, signal: late.signal });
    late.abort(reason);
    await client.closed;
    source.close();
    sink.close();
    return { outcomes, count };
  }, voice.url);
  assert.equal(told, { outcomes: [true, true, true], count: 2 });
  while (page.workers().length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(complaints, []);
  await close();
});

closing.run();
