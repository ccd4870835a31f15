/** The client against the package's own server, over real sockets. */
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ConnectOptions, connect } from "../../src/client.ts";
import { readAudioFile } from "../../src/files.ts";
import { loadDspSync } from "../../src/index.ts";
import {
  EchoHandler,
  type RunningServer,
  type ServeOptions,
  type Session,
  serve,
  silentLogger,
} from "../../src/server.ts";
import { sameSamples, sine } from "../samples.ts";
import { receive } from "./receive.ts";

const dsp = loadDspSync();
const speech = new URL("../../assets/speech.wav", import.meta.url);

/** Runs `body` with a server, and closes it however that ends. */
async function withServer(
  options: Partial<ServeOptions & { handlers?: undefined }>,
  body: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await serve({ port: 0, handler: new EchoHandler(), logger: silentLogger, ...options });
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
  test(`${encoding}: live audio through the echo comes back sample for sample`, async () => {
    await withServer({}, async (server) => {
      const direction = { encoding, sampleRate: 16000, frameMs: 20 };
      const client = await connect(server.url, { format: { input: direction, output: direction } });
      assert.equal([client.session.isLegacy, client.session.input], [false, direction]);
      const samples = dsp.pcm.floatToInt16(sine(3200, 300, 16000));
      client.send(samples);
      const expected = encoding === "pcm16" ? samples : dsp[encoding].decode(dsp[encoding].encode(samples));
      sameSamples(await receive(client, 3200), expected);
      assert.is((await client.close()).code, 1000);
    });
  });
}

test("the speech file, streamed by its path in real time, comes back as its own G.711", async () => {
  await withServer({}, async (server) => {
    const direction = { encoding: "mulaw", sampleRate: 24000, frameMs: 20 } as const;
    const client = await connect(server.url, {
      format: { input: direction, output: direction },
      measureRoundTrip: true,
    });
    const { samples, sampleRate, channels } = await readAudioFile(fileURLToPath(speech));
    assert.equal([sampleRate, channels], [24000, 1]);
    const frames = Math.ceil(samples.length / 480);
    const controller = new AbortController();
    const streaming = client.stream(speech, { signal: controller.signal });
    // A second and a half of it are enough to hear; the rest is in the demo.
    const heard = await receive(client, 36_000);
    controller.abort(new Error("enough"));
    const outcome = await streaming.catch((error: Error) => error.message);
    assert.ok(frames > 75);
    assert.is(outcome, "enough");
    const pcm = dsp.pcm.floatToInt16(samples.subarray(0, 36_000));
    sameSamples(heard, dsp.mulaw.decode(dsp.mulaw.encode(pcm)));
    const { roundTrip, pacing } = client.stats;
    assert.ok(roundTrip.count >= 75);
    assert.ok(pacing !== undefined && pacing.jitter.count >= 75);
    await client.close();
  });
});

test("without a format of its own the client takes the server's", async () => {
  await withServer({ inputRate: 8000, outputRate: 16000 }, async (server) => {
    const client = await connect(server.url);
    assert.equal([client.session.input.sampleRate, client.session.output.sampleRate], [8000, 16000]);
    await client.close();
    const other = await connect(server.url, { sampleRate: 48000 });
    assert.is(other.session.output.sampleRate, 48000);
    await other.close();
  });
});

test("as an original client, with the server's rates stated, it is served too", async () => {
  await withServer({ inputRate: 8000, outputRate: 8000 }, async (server) => {
    const options: ConnectOptions & { sampleFormat: "int16" } = {
      format: "legacy",
      legacy: { inputRate: 8000, outputRate: 8000 },
      sampleFormat: "int16",
    };
    const client = await connect(server.url, options);
    const samples = dsp.pcm.floatToInt16(sine(1600, 300, 8000));
    client.send(samples);
    sameSamples(await receive(client, 1600), dsp.mulaw.decode(dsp.mulaw.encode(samples)));
    await client.close();
  });
});

test("an id that is in use is refused by name, and the one who has it is left alone", async () => {
  await withServer({}, async (server) => {
    const first = await connect(server.url, { id: "twin" });
    const error = await connect(server.url, { id: "twin" }).catch((cause) => cause);
    assert.is(error.code, "ERR_ID_IN_USE");
    assert.is(first.state, "started");
    await first.close();
  });
});

test("a handler's parameters, log lines and failure reach the other side", async () => {
  async function* handler(session: Session) {
    session.log(`for ${session.params.who}`);
    yield new Int16Array(160);
    throw new Error("torn");
  }
  await withServer({ handler }, async (server) => {
    const logs: string[] = [];
    const client = await connect(server.url, {
      params: { who: "me" },
      on: { log: (line) => logs.push(line) },
    });
    client.send(new Int16Array(4800));
    const { code, isExpected, error } = await client.closed;
    assert.equal(logs, ["for me"]);
    assert.equal([code, isExpected, error?.code], [1011, false, "ERR_HANDLER"]);
  });
});

test("marks go there and back", async () => {
  await withServer({}, async (server) => {
    const client = await connect(server.url);
    client.send(new Int16Array(1600));
    assert.is(await client.mark("here"), true);
    await client.close();
  });
});

test("a server that closes ends its clients with 1001", async () => {
  const server = await serve({ port: 0, handler: new EchoHandler(), logger: silentLogger });
  const client = await connect(server.url);
  await Promise.all([server.close(), client.closed]);
  const { code, error } = await client.closed;
  assert.equal([code, error?.code], [1001, "ERR_SESSION_CLOSED"]);
});

test.run();
