/** What the tests of workers share: servers over the handlers in `handlers.js`, and what those have written down. */
import { type ServerMetrics, serve, silentLogger, type WorkerServeOptions } from "../../../src/server.ts";
import type { RunningServer } from "../../../src/transport/running-server.ts";
import { random } from "../../samples.ts";
import { RawClient, withServer } from "../raw-client.ts";

const HANDLERS = new URL("./handlers.js", import.meta.url);

/** A module of handlers, or one of its exports. */
export function handlers(exportName?: string): URL {
  const url = new URL(HANDLERS);
  if (exportName !== undefined) url.hash = exportName;
  return url;
}

/** Runs `work` with a server of two workers at 8 kHz. */
export async function withWorkers(
  options: Partial<WorkerServeOptions & { handlers?: undefined }>,
  work: (server: RunningServer, journal: WorkerJournal) => Promise<void>,
): Promise<void> {
  const journal = new WorkerJournal();
  const server = await serve({
    port: 0,
    workers: 2,
    handler: handlers(),
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    ...options,
  });
  try {
    await withServer(server, () => work(server, journal));
  } finally {
    journal.close();
  }
}

/** What handlers in workers have written down, in order for each thread. */
export class WorkerJournal {
  readonly entries: string[] = [];
  readonly #channel = new BroadcastChannel("voxwire-test-journal");
  #wake: () => void = () => {};

  constructor() {
    this.#channel.onmessage = (event) => {
      this.entries.push((event as MessageEvent<string>).data);
      this.#wake();
    };
  }

  /** Resolves once `entry` has been written. */
  async has(entry: string): Promise<void> {
    while (!this.entries.includes(entry)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  count(entry: string): number {
    return this.entries.filter((known) => known === entry).length;
  }

  close(): void {
    this.#channel.close();
  }
}

/** A client whose session has started. */
export async function started(url: string, id: string): Promise<RawClient> {
  const client = await RawClient.open(url);
  client.send({ event: "start", websocket_id: id, format: { input: {}, output: {} } });
  await client.sync();
  return client;
}

/** Has the handler of a session do something. */
export function command(server: RunningServer, id: string, name: string, value?: unknown): void {
  const session = server.sessions.get(id);
  if (session === undefined) throw new Error(`There is no session ${id}.`);
  session.setInput(name, value);
}

/** The next value that the handler gives. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the handler gave
export async function nextOutput(client: RawClient): Promise<any> {
  const { json } = await client.next((message) => message.json.type === "output");
  return json.data;
}

/** The thread that a session runs in. */
export async function threadOf(server: RunningServer, client: RawClient, id: string): Promise<number> {
  command(server, id, "thread");
  return (await nextOutput(client)).threadId;
}

/** 20 ms of noise, another for each seed. */
export function noise(seed: number): Int16Array {
  const next = random(seed + 1);
  return Int16Array.from({ length: 160 }, () => next() * 60_000 - 30_000);
}

/** Resolves when the metrics are as wanted. */
export async function until(
  server: RunningServer,
  wanted: (metrics: ServerMetrics) => boolean,
): Promise<void> {
  while (!wanted(server.metrics)) await new Promise((resolve) => setTimeout(resolve, 2));
}
