/**
 * Many streams at once, each with audio of its own, that come and go at random: nobody hears anybody else, every handler
 * is shut down exactly once, and nothing is left when all have gone. With fewer streams, for a quick look:
 *
 *     ISOLATION_STREAMS=100 npm test -- isolation
 */
import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Dsp, loadDspSync } from "../../src/index.ts";
import {
  type AudioFrame,
  AudioQueue,
  type RunningServer,
  type Session,
  StreamHandler,
  serve,
  silentLogger,
} from "../../src/server.ts";
import { random } from "../samples.ts";
import { RawClient } from "./raw-client.ts";

const STREAMS = Number(process.env["ISOLATION_STREAMS"] ?? 1000);
const LIVES = 4;
/** Connections under way at once: the system keeps no more waiting than some hundreds, and resets the rest. */
const OPENED_AT_ONCE = 100;
const FRAME_BYTES = 160;
const PATHS = ["/direct", "/queued", "/generated"] as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How often each handler was started and shut down; a generator's end counts as its shutdown. */
class Lives {
  readonly started = new Set<object>();
  readonly ended = new Map<object, number>();

  end(handler: object): void {
    this.ended.set(handler, (this.ended.get(handler) ?? 0) + 1);
  }
}

/** Sends each frame back at once. */
class Direct extends StreamHandler {
  readonly #lives: Lives;

  constructor(lives: Lives) {
    super();
    this.#lives = lives;
  }

  copy(): Direct {
    return new Direct(this.#lives);
  }
  override startUp(): void {
    this.#lives.started.add(this);
  }
  receive({ samples }: AudioFrame, session: Session): void {
    session.send(samples);
  }
  emit(): null {
    return null;
  }
  override shutdown(): void {
    this.#lives.end(this);
  }
}

/** Starts late, hands frames on through a queue, and takes its time to go. */
class Queued extends StreamHandler {
  readonly #lives: Lives;
  readonly #queue = new AudioQueue({ sampleRate: 8000, maxMs: 500 });

  constructor(lives: Lives) {
    super();
    this.#lives = lives;
  }

  copy(): Queued {
    return new Queued(this.#lives);
  }
  override async startUp(): Promise<void> {
    await turn();
    this.#lives.started.add(this);
  }
  async receive({ samples }: AudioFrame): Promise<void> {
    this.#queue.push(samples);
  }
  async emit(): Promise<Int16Array | null> {
    if (!(await this.#queue.ready())) return null;
    const samples = new Int16Array(FRAME_BYTES);
    return samples.subarray(0, this.#queue.read(samples));
  }
  override async shutdown(): Promise<void> {
    this.#queue.end();
    await turn();
    this.#lives.end(this);
  }
}

async function streaming(dsp: Dsp, lives: Lives): Promise<RunningServer> {
  return serve({
    port: 0,
    dsp,
    inputRate: 8000,
    outputRate: 8000,
    resumeWindowMs: 0,
    // they come all at once, from one address, and from the process that is to answer them
    maxWaitingPerAddress: STREAMS,
    maxWaitingSockets: STREAMS,
    handshakeTimeoutMs: 60_000,
    startTimeoutMs: 60_000,
    logger: silentLogger,
    handlers: {
      "/direct": new Direct(lives),
      "/queued": new Queued(lives),
      "/generated": async function* (session) {
        const self = {};
        lives.started.add(self);
        try {
          for await (const frame of session) yield frame;
        } finally {
          lives.end(self);
        }
      },
    },
  });
}

/** What nobody else sends: the stream and the frame in nibbles, none of which mu-law changes. */
function signature(stream: number, frame: number): string {
  const bytes = Buffer.alloc(FRAME_BYTES);
  for (let i = 0; i < FRAME_BYTES; i++) bytes[i] = ((i < 80 ? stream : frame) >> (4 * (i % 4))) & 15;
  return bytes.toString("base64");
}

interface Tally {
  echoes: number;
  foreign: number;
  /** Its own, but out of turn. */
  astray: number;
}

/** Lets so many in at once; the others wait their turn. */
class Doors {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(doors: number) {
    this.#free = doors;
  }

  async enter<T>(open: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await open();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

const doors = new Doors(OPENED_AT_ONCE);

/** One stream's lives: each a session of so many frames, in bursts, that ends in one of three ways. */
async function live(url: string, stream: number, lives: number, tally: Tally): Promise<void> {
  const next = random(stream + 1);
  for (let life = 0; life < lives; life++) {
    const path = PATHS[Math.floor(next() * PATHS.length)]!;
    const client = await doors.enter(() => RawClient.open(`${url}${path}`));
    client.send({ event: "start", websocket_id: `stream-${stream}-${life}` });
    const frames = 3 + Math.floor(next() * 30);
    for (let sent = 0, heard = 0; heard < frames; ) {
      const burst = Math.min(frames - sent, 1 + Math.floor(next() * 5));
      for (let i = 0; i < burst; i++) {
        client.send({ event: "media", media: { payload: signature(stream, sent++) } });
      }
      // some leave in the middle of a word
      if (sent === frames && next() < 0.2) break;
      for (; heard < sent; heard++) {
        const { json } = await client.next((message) => message.json.event === "media");
        const { payload } = json.media;
        if (payload === signature(stream, heard)) tally.echoes++;
        else if (Buffer.from(payload, "base64").subarray(0, 4).equals(nibbles(stream))) tally.astray++;
        else tally.foreign++;
      }
    }
    const way = next();
    if (way < 0.4) client.send({ event: "stop" });
    else if (way < 0.7) client.socket.close();
    else client.socket.terminate();
    await client.closed;
  }
}

function nibbles(stream: number): Buffer {
  return Buffer.from(signature(stream, 0), "base64").subarray(0, 4);
}

async function run(server: RunningServer, streams: number, lives: number): Promise<Tally> {
  const tally: Tally = { echoes: 0, foreign: 0, astray: 0 };
  await Promise.all(Array.from({ length: streams }, (_, i) => live(server.url, i, lives, tally)));
  while (server.metrics.connections > 0 || server.sessions.size > 0) await turn();
  return tally;
}

/** Open sockets, files, and bytes in use: what there is when all that can be freed has been. */
async function inUse(): Promise<{ sockets: number; files: number; bytes: number }> {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as scripts/test.mjs does.");
  let bytes = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++) {
    globalThis.gc();
    await turn();
    const { heapUsed, external } = process.memoryUsage();
    bytes = Math.min(bytes, heapUsed + external);
  }
  const open = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCPSocket")).length;
  while (open() > 0) await turn();
  return { sockets: open(), files: openFiles(), bytes };
}

/** File descriptors of this process, where the system lists them. */
function openFiles(): number {
  return process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
}

/** Every life costs a little, once: code that is compiled, lists that have grown. */
const MAX_BYTES_MORE = Math.max(4 << 20, STREAMS * 8192);

test(`${STREAMS} streams with ${LIVES} lives each: no foreign audio, one shutdown for each start, nothing left`, async () => {
  const dsp: Dsp = loadDspSync();
  const lives = new Lives();
  const server = await streaming(dsp, lives);
  await run(server, 60, 2);
  const before = await inUse();
  const usedBefore = dsp.memory.usedBytes;
  lives.started.clear();
  lives.ended.clear();

  const { echoes, foreign, astray } = await run(server, STREAMS, LIVES);
  assert.is(foreign, 0, "foreign audio");
  assert.is(astray, 0, "audio out of turn");
  assert.ok(echoes > STREAMS * LIVES * 10, `${echoes} echoes`);
  assert.is(lives.ended.size, lives.started.size, "each that started has ended");
  for (const [handler, times] of lives.ended) {
    assert.ok(lives.started.has(handler));
    assert.is(times, 1, "exactly once");
  }
  assert.ok(lives.started.size > STREAMS * LIVES * 0.9);
  assert.is(server.metrics.sessionsOpened, 120 + STREAMS * LIVES);
  lives.started.clear();
  lives.ended.clear();
  const after = await inUse();
  assert.is(after.sockets, before.sockets);
  assert.is(after.files, before.files);
  assert.ok(after.bytes - before.bytes < MAX_BYTES_MORE, `${after.bytes - before.bytes} bytes more`);
  assert.is(usedBefore, dsp.memory.usedBytes);
  await server.close();
});

test.run();
