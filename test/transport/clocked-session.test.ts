/** The server's option `jitter`: a handler that hears its client by a clock. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { g722 } from "../../src/codecs.ts";
import { createNetwork } from "../../src/network.ts";
import { loadOpus } from "../../src/opus.ts";
import {
  type AudioFrame,
  EchoHandler,
  type ServeOptions,
  StreamHandler,
  serve,
  silentLogger,
} from "../../src/server.ts";

const opus = await loadOpus({ packetLossPercent: 20 });
const DIRECTION = { encoding: "pcm16", sampleRate: 8000, frameMs: 20 } as const;

/** Keeps what it hears, and says when it is enough. */
class Listener extends StreamHandler {
  static heard: number[] = [];
  static onFrame: () => void = () => {};

  override copy(): Listener {
    return new Listener();
  }

  override receive({ samples }: AudioFrame): void {
    Listener.heard.push(...samples);
    Listener.onFrame();
  }

  override emit(): null {
    return null;
  }
}

/** Until the handler has heard so many samples. */
function heard(samples: number): Promise<void> {
  return new Promise((resolve) => {
    Listener.onFrame = () => Listener.heard.length >= samples && resolve();
  });
}

async function withServer(options: Partial<ServeOptions & { handlers?: undefined }>) {
  Listener.heard = [];
  return await serve({ port: 0, handler: Listener, logger: silentLogger, ...options });
}

test("frames that come in a bunch, doubled and out of order are heard in order, and the session counts them", async () => {
  // one message in two doubled; every second one overtaken by the next
  const network = createNetwork({ delaysMs: [30, 1] }, { way: "up" });
  const server = await withServer({ jitter: { maxDelayMs: 1000 } });
  const client = await connect(server.url, {
    id: "c",
    protocol: "binary",
    format: { input: DIRECTION, output: DIRECTION },
    network,
  });
  const enough = heard(40 * 160);
  for (let i = 0; i < 20; i++) client.send(new Int16Array(160).fill(1000 + 100 * i));
  await enough;
  const stats = server.sessions.get("c")?.jitter;
  assert.is(stats?.packetsReceived, 20);
  const levels = Listener.heard.filter(
    (value, i, all) => value !== 0 && value % 100 === 0 && value !== all[i - 1],
  );
  const rising = levels.slice(0, levels.indexOf(2900) + 1);
  assert.equal(
    [...rising].sort((a, b) => a - b),
    rising,
  );
  assert.ok(rising.length >= 15, `${rising.length} of 20 frames`);
  await client.close();
  await server.close();
});

test("without it, and at a rate that has none, a handler hears what comes as it comes", async () => {
  for (const [options, sampleRate] of [
    [{}, 8000],
    [{ jitter: true }, 12_000],
  ] as const) {
    const server = await withServer(options);
    const direction = { ...DIRECTION, sampleRate };
    const client = await connect(server.url, {
      id: "c",
      protocol: "binary",
      format: { input: direction, output: direction },
    });
    const enough = heard(1);
    client.send(new Int16Array((sampleRate * 20) / 1000).fill(5000));
    await enough;
    assert.is(server.sessions.get("c")?.jitter, undefined);
    await client.close();
    await server.close();
  }
});

for (const [codec, sampleRate] of [
  [g722, 16_000],
  [opus, 16_000],
] as const) {
  test(`${codec.name} over a network that loses: payloads wait in both ends' buffers, and are decoded when their turn comes`, async () => {
    const network = createNetwork("iid10", { way: "up", seed: 3 });
    const server = await withServer({ handler: EchoHandler, jitter: true, codecs: [opus] });
    const direction = { encoding: codec.name, sampleRate, frameMs: 20 } as const;
    let heardLevel = 0;
    const client = await connect(server.url, {
      id: "c",
      codecs: [codec],
      format: { input: direction, output: direction },
      network,
      jitter: true,
      on: {
        audio: ({ samples }) => {
          for (const x of samples) heardLevel = Math.max(heardLevel, Math.abs(x));
        },
      },
    });
    const tone = Int16Array.from({ length: 3 * sampleRate }, (_, i) => 6000 * Math.sin(i / 20));
    await client.stream({ samples: tone, sampleRate });
    const up = server.sessions.get("c")?.jitter;
    const down = client.stats.jitter;
    assert.equal([up?.packetsMalformed, down?.packetsMalformed], [0, 0]);
    assert.ok(up!.packetsReceived > 100 && down!.packetsReceived > 100);
    assert.ok(up!.packetsLost > 0);
    if (codec === opus) assert.ok(up!.recoveredSamples > 0);
    assert.ok(heardLevel > 3000, `${heardLevel}`);
    await client.close();
    await server.close();
  });
}

test("silence is left out of what is sent where both ends agree, and the handler hears noise in its place", async () => {
  const server = await withServer({ jitter: true });
  const input = { encoding: "mulaw", sampleRate: 8000, frameMs: 20, comfortNoise: true } as const;
  const client = await connect(server.url, {
    id: "c",
    protocol: "binary",
    format: { input, output: DIRECTION },
  });
  assert.equal(client.session.input, input);
  const frames = 75;
  let seed = 1;
  const hiss = Int16Array.from({ length: frames * 160 }, () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return 200 * (seed / 2_147_483_647 - 0.5);
  });
  const enough = heard(60 * 160);
  await client.stream({ samples: hiss, sampleRate: 8000 });
  await enough;
  const { silence, framesSent } = client.stats;
  assert.is(framesSent, frames);
  assert.is(silence!.speech + silence!.noise + silence!.nothing, frames);
  assert.ok(silence!.nothing > 30, `${silence!.nothing} of ${frames} left out`);
  const jitter = server.sessions.get("c")?.jitter;
  assert.is(jitter?.packetsReceived, silence!.speech + silence!.noise);
  assert.is(jitter?.packetsMalformed, 0);
  const late = Listener.heard.slice(45 * 160, 60 * 160);
  const level = Math.sqrt(late.reduce((sum, x) => sum + x * x, 0) / late.length);
  assert.ok(level > 25 && level < 130, `heard at ${level}, sent at 58`);
  await client.close();
  await server.close();
});

test("a handler without a clock, a codec that is not G.711, FastRTC's JSON: everything is sent", async () => {
  for (const [jitter, encoding, protocol] of [
    [false, "mulaw", "binary"],
    [true, "pcm16", "binary"],
    [true, "mulaw", "fastrtc"],
  ] as const) {
    const server = await withServer({ jitter });
    const input = { encoding, sampleRate: 8000, frameMs: 20, comfortNoise: true } as const;
    const client = await connect(server.url, { protocol, format: { input, output: DIRECTION } });
    assert.is(client.session.input.comfortNoise, undefined);
    assert.is(client.stats.silence, undefined);
    await client.close();
    await server.close();
  }
});

test("sessions that end give their buffers back; settings out of range are refused", async () => {
  for (const jitter of [{ maxDelayMs: 1 }, "yes"]) {
    try {
      await withServer({ jitter: jitter as { maxDelayMs?: number } });
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code: string }).code, "ERR_CONFIG");
    }
  }
  const { loadDspSync } = await import("../../src/index.ts");
  const dsp = loadDspSync({ backend: "js" });
  let onEnd: () => void = () => {};
  const server = await withServer({ jitter: true, dsp, onEnd: () => onEnd() });
  const options = { protocol: "binary", format: { input: DIRECTION, output: DIRECTION } } as const;
  let before: unknown;
  for (let i = 0; i < 3; i++) {
    const client = await connect(server.url, options);
    const enough = heard(Listener.heard.length + 160);
    client.send(new Int16Array(160).fill(3000));
    await enough;
    const ended = new Promise<void>((resolve) => {
      onEnd = resolve;
    });
    await client.close();
    await ended;
    before ??= dsp.memory;
    assert.equal(dsp.memory, before);
  }
  await server.close();
});

test.run();
