/** What a crossing costs in memory, and what is left when a server with workers has closed: nothing. */
import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../../src/index.ts";
import { createAudioRing } from "../../../src/transport/workers/audio-ring.ts";
import { PieceScratch } from "../../../src/transport/workers/piece-scratch.ts";
import { RingReader } from "../../../src/transport/workers/ring-reader.ts";
import { RingWriter, ringSizes } from "../../../src/transport/workers/ring-writer.ts";
import { createSessionFields, INPUT_PENDING } from "../../../src/transport/workers/session-fields.ts";
import { createReadyList, ThreadLink } from "../../../src/transport/workers/thread-link.ts";
import { heapBytesPerCall } from "../../heap-use.ts";
import { noise, started, withWorkers } from "./worker-bench.ts";

test("a frame crosses without an allocation: written, announced, taken, handed on", () => {
  const sizes = ringSizes({ sampleRate: 8000, frameMs: 20 });
  const buffer = createAudioRing(sizes.usualWords);
  const fields = new Int32Array(createSessionFields());
  const { port1, port2 } = new MessageChannel();
  const outbound = createReadyList();
  const inbound = createReadyList();
  // biome-ignore lint/suspicious/noExplicitAny: Node's own ports, by the global's type
  const link = new ThreadLink({ port: port1 as any, outbound, inbound }, { onControl() {}, onAudio() {} });
  const taken = new Int32Array(outbound);
  let droppedSamples = 0;
  const writer = new RingWriter({
    ...sizes,
    buffer,
    onRing: () => assert.unreachable("it is read as fast as it is written"),
    onDrop: (samples) => {
      droppedSamples += samples;
    },
  });
  let heard = 0;
  const reader = new RingReader({
    buffer,
    fields,
    pending: INPUT_PENDING,
    link: { pull() {} },
    scratch: new PieceScratch(loadDspSync()),
    onPiece: (samples) => {
      heard += samples.length;
    },
  });
  const frame = noise(1);
  let frames = 0;
  const bytes = heapBytesPerCall(() => {
    writer.write(frame, frames, frames);
    link.touch(0, fields, INPUT_PENDING);
    reader.look();
    // as if the other thread had looked at the list
    taken[16] = taken[0]!;
    frames = (frames + 1) | 0;
  });
  port1.close();
  port2.close();
  assert.is(heard, frames * 160);
  assert.is(droppedSamples, 0);
  assert.ok(bytes < 1, `${bytes} bytes a frame`);
});

/** Files and threads of this process, where the system lists them. */
function open(): { files: number; threads: number } {
  if (process.platform !== "linux") return { files: 0, threads: 0 };
  return { files: readdirSync("/proc/self/fd").length, threads: readdirSync("/proc/self/task").length };
}

test("servers with workers come and go: no thread and no file of theirs is left", async () => {
  const round = () =>
    withWorkers({ workers: 3 }, async (server) => {
      const clients = await Promise.all(["a", "b", "c", "d"].map((id) => started(server.url, id)));
      for (const client of clients) client.sendMedia(noise(1));
      for (const client of clients) await client.nextAudio(160);
      await clients[0]!.leave();
    });
  // the first makes what the process keeps: the pool of libuv's threads, the journal's channel
  await round();
  const before = open();
  for (let i = 0; i < 3; i++) await round();
  // a thread that has ended is still listed for a moment
  while (open().threads > before.threads || open().files > before.files)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(open().threads <= before.threads && open().files <= before.files);
});

test.run();
