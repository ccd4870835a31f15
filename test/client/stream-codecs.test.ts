/** Codecs that keep state from frame to frame, agreed on and spoken over real sockets. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { connect } from "../../src/client.ts";
import { g722, type StreamCodec } from "../../src/codecs.ts";
import type { VoxwireError } from "../../src/core/errors.ts";
import { loadDspSync } from "../../src/index.ts";
import { loadOpus } from "../../src/opus.ts";
import { EchoHandler, type ServeOptions, serve, silentLogger } from "../../src/server.ts";
import { PACKET_TYPES, packet, textPacket } from "../../src/transport/protocol/binary-packet.ts";
import { sameSamples, sine } from "../samples.ts";
import { receive } from "./receive.ts";
import { ScriptedSocket } from "./scripted-socket.ts";

const dsp = loadDspSync();
const opus = await loadOpus();
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function withServer(
  options: Partial<ServeOptions>,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const server = await serve({
    handler: new EchoHandler(),
    port: 0,
    logger: silentLogger,
    ...options,
  } as ServeOptions);
  try {
    await body(server.url);
  } finally {
    await server.close();
  }
}

/** Through an encoder and a decoder of their own, frame by frame. */
async function coded(
  codec: StreamCodec,
  pcm: Int16Array,
  sampleRate: number,
  frame: number,
): Promise<Int16Array> {
  await turn();
  const encoder = codec.createEncoder(dsp, sampleRate);
  const decoder = codec.createDecoder(dsp, sampleRate);
  const bytes = new Uint8Array(encoder.maxBytes(frame));
  const samples = new Int16Array(Math.max(frame, decoder.maxSamples(bytes.length)));
  const out = new Int16Array(pcm.length);
  for (let at = 0; at < pcm.length; at += frame) {
    const n = encoder.encodeInto(pcm.subarray(at, at + frame), bytes);
    out.set(samples.subarray(0, decoder.decodeInto(bytes.subarray(0, n), samples)), at);
  }
  encoder.dispose();
  decoder.dispose();
  return out;
}

for (const [codec, sampleRate, frameMs] of [
  [g722, 16_000, 20],
  [g722, 16_000, 30],
  [opus, 48_000, 20],
  [opus, 16_000, 40],
  [opus, 8000, 10],
] as const) {
  test(`${codec.name} at ${sampleRate} Hz, ${frameMs} ms: the echo is what codecs of one's own give, twice`, async () => {
    await withServer({ codecs: [opus] }, async (url) => {
      const direction = { encoding: codec.name, sampleRate, frameMs };
      const client = await connect(url, { codecs: [opus], format: { input: direction, output: direction } });
      assert.equal([client.session.protocol, client.session.input], ["binary", direction]);
      const frame = (sampleRate * frameMs) / 1000;
      const pcm = dsp.pcm.floatToInt16(sine(frame * 12, 300, sampleRate));
      client.send(pcm);
      const once = await coded(codec, pcm, sampleRate, frame);
      sameSamples(await receive(client, pcm.length), await coded(codec, once, sampleRate, frame));
      assert.is((await client.close()).code, 1000);
    });
  });
}

test("each direction may have a codec of its own, and what is left open is chosen among what the codec has", async () => {
  await withServer({ codecs: [opus], frameMs: 30 }, async (url) => {
    const client = await connect(url, {
      codecs: [opus],
      format: { input: { encoding: "g722" }, output: { encoding: "opus" } },
    });
    assert.equal(client.session.input, { encoding: "g722", sampleRate: 16_000, frameMs: 30 });
    assert.equal(client.session.output, { encoding: "opus", sampleRate: 24_000, frameMs: 20 });
    client.send(new Int16Array(16_000));
    assert.is((await receive(client, 9600)).length, 9600);
    await client.close();
  });
});

for (const [what, asked, protocol, sentence] of [
  ["a codec that the server has not", { encoding: "opus" }, "binary", /one of mulaw, alaw, pcm16, g722/],
  [
    "a rate that the codec has not",
    { encoding: "g722", sampleRate: 8000 },
    "binary",
    /16000 Hz, which g722 has/,
  ],
  ["a codec on JSON", { encoding: "g722" }, "fastrtc", /one of mulaw, alaw, pcm16\b/],
] as const) {
  test(`${what} is refused with what would be accepted`, async () => {
    await withServer({}, async (url) => {
      let refused: VoxwireError | undefined;
      await connect(url, { codecs: [opus], protocol, format: { input: asked } }).catch(
        (error: VoxwireError) => {
          refused = error;
        },
      );
      assert.is(refused?.code, "ERR_FORMAT_UNSUPPORTED");
      assert.match(refused!.message, sentence);
    });
  });
}

test("a frame length that Opus has not is refused with those it has", async () => {
  await withServer({ codecs: [opus] }, async (url) => {
    let refused: VoxwireError | undefined;
    const format = { input: { encoding: "opus", frameMs: 30 } } as const;
    await connect(url, { codecs: [opus], format }).catch((error: VoxwireError) => {
      refused = error;
    });
    assert.match(refused!.message, /one of 5, 10, 20, 40, 60 ms, which opus has/);
  });
});

test("a client without the codec is told where it comes from, before anything is sent", async () => {
  let refused: VoxwireError | undefined;
  await connect("ws://127.0.0.1:1", { format: { input: { encoding: "opus" } } }).catch(
    (error: VoxwireError) => {
      refused = error;
    },
  );
  assert.is(refused?.code, "ERR_CONFIG");
  assert.match(refused!.hint, /loadOpus/);
});

test("a server whose codecs are none says so", async () => {
  let refused: VoxwireError | undefined;
  await serve({ handler: EchoHandler, port: 0, codecs: ["opus"] as never }).catch((error: VoxwireError) => {
    refused = error;
  });
  assert.is(refused?.code, "ERR_CONFIG");
});

test("packets that are no Opus are counted, and the call goes on", async () => {
  await withServer({ codecs: [opus] }, async (url) => {
    const socket = new WebSocket(`${url}/stream`, "voxwire.v1");
    await new Promise((resolve) => socket.once("open", resolve));
    const heard: number[] = [];
    const errors = new Promise<string>((resolve) => {
      socket.on("message", (data: Buffer) => {
        if (data[1] === PACKET_TYPES.audio) heard.push(data.length);
        const text = data.subarray(12).toString();
        if (data[1] === PACKET_TYPES.control && text.includes("ERR_MESSAGE")) resolve(text);
      });
    });
    const wire = { encoding: "opus", sample_rate: 16_000, frame_ms: 20 };
    socket.send(
      textPacket(
        PACKET_TYPES.control,
        JSON.stringify({ event: "start", webrtc_id: "a", format: { input: wire, output: wire } }),
      ),
    );
    const audio = (payload: Uint8Array) => {
      const bytes = packet(PACKET_TYPES.audio, payload);
      bytes[2] = 4;
      return bytes;
    };
    socket.send(audio(new Uint8Array(0)));
    socket.send(audio(Uint8Array.of(0xff, 0x00)));
    assert.match(await errors, /is not opus/);
    await turn();
    const encoder = opus.createEncoder(dsp, 16_000);
    const bytes = new Uint8Array(encoder.maxBytes(320));
    const came = new Promise((resolve) => socket.on("message", () => heard.length > 0 && resolve(undefined)));
    socket.send(audio(bytes.slice(0, encoder.encodeInto(new Int16Array(320), bytes))));
    encoder.dispose();
    await came;
    socket.terminate();
  });
});

test("sessions give their codecs back", async () => {
  await withServer({ dsp, codecs: [opus] }, async (url) => {
    const run = async (encoding: "g722" | "opus") => {
      const direction = { encoding, sampleRate: 16_000, frameMs: 20 };
      const client = await connect(url, {
        dsp,
        codecs: [opus],
        format: { input: direction, output: direction },
      });
      client.send(new Int16Array(3200));
      await receive(client, 3200);
      await client.close();
    };
    await run("g722");
    const { slots } = dsp.memory;
    for (let i = 0; i < 20; i++) {
      await run("g722");
      await run("opus");
    }
    // the last session may still be on its way out; 40 that stay would show
    assert.ok(dsp.memory.slots <= slots + 4, `${dsp.memory.slots} slots after ${slots}`);
  });
});

test("a server that chooses a codec nobody asked for ends the connection with a sentence", async () => {
  const socket = new ScriptedSocket();
  const opening = connect("ws://host", { protocol: "binary", socketFactory: socket.factory });
  await turn();
  socket.listener.onOpen();
  const wire = { encoding: "opus", sample_rate: 44_100, frame_ms: 20 };
  const data = { webrtc_id: "a", input: wire, output: wire };
  socket.listener.onBinary(textPacket(PACKET_TYPES.control, JSON.stringify({ type: "started", data })));
  let refused: VoxwireError | undefined;
  await opening.catch((error: VoxwireError) => {
    refused = error;
  });
  assert.is(refused?.code, "ERR_FORMAT_UNSUPPORTED");
});

test.run();
