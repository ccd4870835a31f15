/** Networks around real sockets: at the client, at the server, in every protocol. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { createNetwork } from "../../src/network.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";

/** Loses every second message, in order: the same in every run whatever the machine's pace. */
const EVERY_SECOND = { delaysMs: [1, null], isOrdered: true } as const;
const FRAMES = 20;

/** Sends frames whose samples tell their number, and gathers the numbers that come back before a mark does. */
async function echoOf(url: string, options: Parameters<typeof connect>[1]): Promise<number[]> {
  const direction = { encoding: "pcm16", sampleRate: 8000, frameMs: 20 } as const;
  const heard: number[] = [];
  const client = await connect(url, {
    format: { input: direction, output: direction },
    ...options,
    on: { audio: ({ samples }) => heard.push(samples[0]!) },
  });
  for (let i = 1; i <= FRAMES; i++) client.send(new Int16Array(160).fill(i * 100));
  assert.is(await client.mark("end"), true);
  // the echo of what came before the mark may still be on its way
  const last = FRAMES * 100;
  const isAll = () => heard.length >= FRAMES || heard.includes(last) || heard.includes(last - 100);
  if (!isAll()) {
    await new Promise<void>((resolve) => {
      client.on("audio", () => isAll() && resolve());
    });
  }
  assert.is((await client.close()).code, 1000);
  return heard.map((value) => value / 100);
}

const EVERY = Array.from({ length: FRAMES }, (_, i) => i + 1);

for (const protocol of ["binary", "fastrtc"] as const) {
  test(`${protocol}: a client behind a network, and a server behind one, lose the same audio and nothing else`, async () => {
    for (const at of ["client", "server"] as const) {
      for (const way of ["up", "down"] as const) {
        const network = createNetwork(EVERY_SECOND, { way });
        const isServer = at === "server";
        const server = await serve({
          port: 0,
          handler: new EchoHandler(),
          logger: silentLogger,
          ...(isServer && { network }),
        });
        const heard = await echoOf(server.url, { protocol, ...(!isServer && { network }) });
        assert.equal(
          heard,
          EVERY.filter((i) => i % 2 === 1),
          `${at}, ${way}`,
        );
        const { up, down } = network.stats;
        assert.is((way === "up" ? up : down).lost, FRAMES / 2);
        assert.is((way === "up" ? down : up).media, 0);
        await server.close();
      }
    }
  });
}

test("a telephone call behind a network goes on", async () => {
  const network = createNetwork({ delayMs: 2, duplicatePercent: 100 }, { way: "down" });
  const server = await serve({ port: 0, handler: new EchoHandler(), logger: silentLogger });
  let heard = 0;
  const client = await connect(server.url, { protocol: "twilio", network });
  const enough = new Promise<void>((resolve) => {
    client.on("audio", () => ++heard === 2 * FRAMES && resolve());
  });
  for (let i = 0; i < FRAMES; i++) client.send(new Int16Array(160));
  await enough;
  assert.is(network.stats.down.duplicated, FRAMES);
  await client.close();
  await server.close();
});

test("a client that lets go while messages are on their way leaves nothing behind", async () => {
  const network = createNetwork({ delayMs: 30 });
  const server = await serve({ port: 0, handler: new EchoHandler(), logger: silentLogger, network });
  const client = await connect(server.url, { network });
  for (let i = 0; i < 5; i++) client.send(new Float32Array(480));
  await client.close();
  await server.close();
  assert.is(server.sessions.size, 0);
});

test.run();
