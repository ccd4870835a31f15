/** What a client says to the person who writes it: wrong names, wrong kinds, nothing at all. Never a bare TypeError. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Client, connect, createNodeSocketFactory } from "../../src/client.ts";
import { EchoHandler, serve, silentLogger, VoxwireError } from "../../src/server.ts";

// biome-ignore lint/suspicious/noExplicitAny: what plain JavaScript can write
const anything = (value: unknown) => value as any;

async function refusalOf(call: () => unknown): Promise<VoxwireError> {
  try {
    await call();
  } catch (error) {
    assert.instance(error, VoxwireError, error instanceof Error ? error.stack : "");
    const refusal = error as VoxwireError;
    assert.ok(refusal.message.length > 0 && refusal.hint.length > 0, "message and hint");
    return refusal;
  }
  return assert.unreachable("nothing was refused") as never;
}

async function withClient(work: (client: Client) => Promise<void>): Promise<void> {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  try {
    const client = await connect(server.url);
    await work(client);
    await client.close();
  } finally {
    await server.close({ drainMs: 0 });
  }
}

const NOWHERE = "ws://127.0.0.1:1";

test("a url that is none is refused in words", async () => {
  for (const url of [undefined, null, 5, "", {}, [], true, Symbol("x"), "ws://", "ftp://host"]) {
    const refusal = await refusalOf(() => connect(anything(url)));
    assert.is(refusal.code, "ERR_CONFIG");
    assert.match(refusal.message, /^url /);
  }
});

test("an option of connect that is misspelt, at whatever depth, is refused with the right name", async () => {
  const cases: readonly (readonly [options: object, said: string, hint: string])[] = [
    [{ reconect: false }, 'connect() has no option "reconect"', "reconnect?"],
    [{ headers: {} }, 'connect() has no option "headers"', "createNodeSocketFactory"],
    [{ frameMs: 20 }, 'connect() has no option "frameMs"', "format:"],
    [{ format: { sampleRate: 8000 } }, 'format has no option "sampleRate"', "input"],
    [{ format: { inputs: {} } }, 'format has no option "inputs"', "input?"],
    [{ format: { input: { samplerate: 8000 } } }, 'format.input has no option "samplerate"', "sampleRate?"],
    [{ legacy: { input: 1 } }, 'legacy has no option "input"', "inputRate"],
    [{ reconnect: { maxDelay: 1 } }, 'reconnect has no option "maxDelay"', "maxDelayMs?"],
    [{ heartbeat: { interval: 1 } }, 'heartbeat has no option "interval"', "intervalMs?"],
    [{ jitter: { networkms: 1 } }, 'jitter has no option "networkms"', "networkMs?"],
    [{ on: { adio: () => {} } }, 'on has no option "adio"', "audio?"],
    [{ on: { audio: 5 } }, "The listener of audio is 5", "function"],
  ];
  for (const [options, said, hint] of cases) {
    const refusal = await refusalOf(() => connect(NOWHERE, anything(options)));
    assert.is(refusal.code, "ERR_CONFIG");
    assert.ok(refusal.message.includes(said), refusal.message);
    assert.ok(refusal.hint.includes(hint), refusal.hint);
  }
  assert.match((await refusalOf(() => createNodeSocketFactory(anything({ header: {} })))).hint, /headers\?/);
});

test("an option of the wrong kind is refused in words, whatever kind it is", async () => {
  const names = [
    ..."id protocol format legacy codecs sampleRate sampleFormat token reconnect params signal".split(" "),
    ..."connectTimeoutMs startedTimeoutMs closeTimeoutMs heartbeat maxReceiveQueueMs jitter".split(" "),
    ..."maxBufferedMs catchUpMs on dsp clock socketFactory network".split(" "),
  ];
  for (const name of names) {
    for (const value of [null, Number.NaN, -1, "nonsense", Symbol("x"), 1n, { toString: null }, [5]]) {
      const refusal = await refusalOf(() => connect(NOWHERE, anything({ reconnect: false, [name]: value })));
      assert.ok(["ERR_CONFIG", "ERR_RATE", "ERR_ID_INVALID", "ERR_CONNECT"].includes(refusal.code), name);
    }
  }
  for (const options of [5, "x", [], () => {}]) {
    assert.is((await refusalOf(() => connect(NOWHERE, anything(options)))).code, "ERR_CONFIG");
  }
});

test("a listener that is none is refused by on and once, and events that there are not", async () => {
  await withClient(async (client) => {
    for (const listener of [undefined, null, 5, "x", {}]) {
      assert.is((await refusalOf(() => client.on("audio", anything(listener)))).code, "ERR_CONFIG");
      assert.is((await refusalOf(() => client.once("audio", anything(listener)))).code, "ERR_CONFIG");
    }
    const { message, hint } = await refusalOf(() => client.on(anything("messages"), () => {}));
    assert.match(message, /There is no event "messages"/);
    assert.match(hint, /audio/);
    // what is not there is taken off
    client.off("audio", anything(undefined));
  });
});

test("what is no audio is refused by send and stream, and the client goes on", async () => {
  await withClient(async (client) => {
    for (const audio of [
      null,
      undefined,
      5,
      "x",
      {},
      [],
      new Uint8Array(4),
      { samples: [1] },
      { samples: null },
    ]) {
      assert.is((await refusalOf(() => client.send(anything(audio)))).code, "ERR_CONFIG");
    }
    const samples = new Int16Array(160);
    assert.is((await refusalOf(() => client.send(anything({ samples })))).code, "ERR_RATE");
    assert.is((await refusalOf(() => client.send(anything({ samples, sampleRate: "x" })))).code, "ERR_RATE");
    for (const channels of [0, "x", 3, -1]) {
      const refusal = await refusalOf(() => client.send(anything({ samples, sampleRate: 8000, channels })));
      assert.is(refusal.code, "ERR_CONFIG");
    }
    for (const source of [null, undefined, 5, {}, true, [5], [null], [{ samples: 5, sampleRate: 8000 }]]) {
      await refusalOf(() => client.stream(anything(source)));
    }
    for (const options of [null, 5, { pase: "fast" }, { pace: "slow" }, { normalize: true }]) {
      await refusalOf(() => client.stream({ samples, sampleRate: 8000 }, anything(options)));
    }
    assert.is(client.send(samples), true);
  });
});

test("marks, inputs and close take what there is, or say so", async () => {
  await withClient(async (client) => {
    for (const name of [undefined, null, 5, "", "x".repeat(257), Symbol("x"), {}]) {
      assert.is((await refusalOf(() => client.mark(anything(name)))).code, "ERR_CONFIG");
    }
    const circle: unknown[] = [];
    circle.push(circle);
    for (const value of [circle, 1n]) {
      await refusalOf(() => client.setInput(value));
    }
    await client.close(anything(null));
  });
});

test.run();
