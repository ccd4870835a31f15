/**
 * Output across lost connections, cut at random places: each sample comes once and in order, or is counted as lost. With the
 * handler in the server's thread and in a worker.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Client, type ConnectOptions, connect } from "../../src/client.ts";
import {
  type AudioFrame,
  type RunningServer,
  type ServeOptions,
  type Session,
  StreamHandler,
  serve,
  silentLogger,
  type WorkerServeOptions,
} from "../../src/server.ts";
import { type CutProxy, cutProxy } from "../cut-proxy.ts";
import { random } from "../samples.ts";
import { handlers, WorkerJournal } from "../transport/workers/worker-bench.ts";

const FRAME_SAMPLES = 160;
const PCM16 = { encoding: "pcm16", sampleRate: 8000, frameMs: 20 } as const;
const QUICK = { firstDelayMs: 1, maxDelayMs: 10 };

/** Sends samples that count up from 0, with a mark after every fifth frame. */
class Ramp extends StreamHandler {
  readonly #marks: string[];

  constructor(marks: string[]) {
    super();
    this.#marks = marks;
  }

  copy(): Ramp {
    return this;
  }
  receive(_frame: AudioFrame): void {}
  emit(): null {
    return null;
  }
  override onInput([, frames]: readonly unknown[], session: Session): void {
    for (let i = 0; i < Number(frames); i++) {
      session.send(Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => FRAME_SAMPLES * i + n));
      if (i % 5 === 4) session.mark(`after ${i}`);
    }
  }
  override onMark(name: string): void {
    this.#marks.push(name);
  }
}

interface Scene {
  readonly server: RunningServer;
  readonly network: CutProxy;
  readonly client: Client;
  /** The first sample of each piece without a break, and how long it is. */
  readonly pieces: { from: number; samples: number }[];
  /** Marks that the handler was told of, and those that the client was. */
  readonly returned: string[];
  readonly heard: string[];
}

const WAYS = ["binary", "fastrtc", "binary, in a worker"] as const;

async function scene(
  way: (typeof WAYS)[number],
  work: (scene: Scene) => Promise<void>,
  settings: Partial<ServeOptions & { handlers?: undefined }> = {},
): Promise<void> {
  const returned: string[] = [];
  const journal = new WorkerJournal();
  const isRemote = way.endsWith("worker");
  const server = await serve({
    ...settings,
    port: 0,
    logger: silentLogger,
    ...(isRemote ? { workers: 1, handler: handlers() } : { handler: () => new Ramp(returned) }),
  } as ServeOptions & WorkerServeOptions);
  const network = await cutProxy(server.url);
  const pieces: Scene["pieces"] = [];
  const heard: string[] = [];
  const options: ConnectOptions = {
    protocol: way === "fastrtc" ? "fastrtc" : "binary",
    format: { input: PCM16, output: PCM16 },
    reconnect: QUICK,
  };
  const client = await connect(network.url, {
    ...options,
    on: {
      audio: ({ samples }) => {
        for (const sample of samples) {
          const last = pieces.at(-1);
          if (last !== undefined && sample === last.from + last.samples) last.samples++;
          else pieces.push({ from: sample, samples: 1 });
        }
      },
      mark: ({ name, isOwn }) => void (isOwn || heard.push(name)),
    },
  });
  const prefix = `mark ${client.id} `;
  const ofWorker = () =>
    journal.entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length));
  try {
    await work({
      server,
      network,
      client: client as Client,
      pieces,
      heard,
      get returned() {
        return isRemote ? ofWorker() : returned;
      },
    });
  } finally {
    await client.close();
    await network.close();
    await server.close({ drainMs: 0 });
    journal.close();
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
const marksOf = (frames: number) => Array.from({ length: frames / 5 }, (_, i) => `after ${5 * i + 4}`);

/** Resolves when the client has had `frames` more, or nothing more is to come. */
async function heardMore(client: Client, frames: number, allMs: number): Promise<void> {
  const wanted = client.stats.framesReceived + frames;
  while (
    client.stats.framesReceived < wanted &&
    client.stats.receivedMs + client.stats.lostReceivedMs < allMs
  )
    await turn();
}

for (const way of WAYS) {
  test(`${way}: cut again and again, a client hears all of it once and in order; marks come back once`, () =>
    scene(way, async (at) => {
      const { client, network, server, pieces, heard } = at;
      const next = random(way.length);
      const frames = 60;
      const allMs = 20 * frames;
      server.sessions.get(client.id)?.setInput("ramp", frames);
      let cuts = 0;
      while (client.stats.receivedMs < allMs) {
        await heardMore(client, Math.floor(next() * 6), allMs);
        network.cut();
        cuts++;
        while (client.state !== "started" || client.stats.reconnects < cuts) {
          assert.is(client.state === "closed", false, "the session goes on");
          await turn();
        }
      }
      assert.equal(pieces, [{ from: 0, samples: FRAME_SAMPLES * frames }]);
      assert.is(client.stats.lostReceivedMs, 0);
      assert.is(server.metrics.lostMs.output, 0);
      assert.ok(cuts > 5, `${cuts} cuts`);
      assert.ok(await client.mark("end"));
      while (at.returned.length < frames / 5) await turn();
      assert.equal(heard, marksOf(frames));
      assert.equal(at.returned, marksOf(frames));
    }));

  test(`${way}: what does not fit the bound is counted to the sample, and is what is missing`, () =>
    scene(
      way,
      async (at) => {
        const { client, network, server, pieces, heard } = at;
        const frames = 75;
        const allMs = 20 * frames;
        const live = server.sessions.get(client.id);
        live?.setInput("ramp", frames);
        const next = random(1 + way.length);
        let replayedMs = 0;
        client.on("resumed", (gap) => {
          replayedMs += gap.replayedMs;
          assert.ok(gap.replayedMs <= 100, `${gap.replayedMs} ms`);
        });
        for (let round = 1; round <= 3; round++) {
          await heardMore(client, 3, allMs);
          network.block(true);
          network.cut();
          const { sentMs = 0 } = live?.stats ?? {};
          const untilMs = Math.min(allMs, sentMs + 120 + 160 * next());
          while ((live?.stats.sentMs ?? allMs) < untilMs) await turn();
          network.block(false);
          while (client.stats.reconnects < round) await turn();
        }
        while (client.stats.receivedMs + client.stats.lostReceivedMs < allMs) await turn();
        const { lostReceivedMs, receivedMs } = client.stats;
        assert.ok(lostReceivedMs > 0, "longer away than the bound");
        assert.ok(replayedMs > 0, "the end of each gap is there");
        assert.is(server.metrics.lostMs.output, lostReceivedMs);
        assert.is(receivedMs + lostReceivedMs, allMs);
        let end = 0;
        let missing = 0;
        for (const { from, samples } of pieces) {
          assert.ok(from >= end, "nothing comes twice, and nothing before what went before it");
          missing += from - end;
          end = from + samples;
        }
        assert.is(end, FRAME_SAMPLES * frames);
        assert.is(missing, 8 * lostReceivedMs);
        assert.ok(await client.mark("end"));
        while (at.returned.length < frames / 5) await turn();
        assert.equal(heard, marksOf(frames), "marks are no audio: all are told, in order");
        assert.equal(at.returned, marksOf(frames));
      },
      { maxReplayMs: 100 },
    ));
}

test.run();
