/** Sessions whose handlers run in workers, over real sockets. */
import { test } from "uvu";
import { serve, silentLogger } from "../../../src/server.ts";
import { random, sameSamples } from "../../samples.ts";
import { RawClient, throughMulaw, withServer } from "../raw-client.ts";

const HANDLERS = new URL("./handlers.js", import.meta.url);
const RATES = { inputRate: 8000, outputRate: 8000 };

test("an echo in a worker gives back the very samples", async () => {
  const server = await serve({ port: 0, workers: 1, handler: HANDLERS, logger: silentLogger, ...RATES });
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    const frames = Array.from({ length: 20 }, (_, i) => samplesOf(i));
    for (const frame of frames) client.sendMedia(frame);
    for (const frame of frames) sameSamples(await client.nextAudio(160), throughMulaw(frame));
    await client.leave();
  });
});

function samplesOf(seed: number): Int16Array {
  const next = random(seed + 1);
  return Int16Array.from({ length: 160 }, () => next() * 60_000 - 30_000);
}

test.run();
