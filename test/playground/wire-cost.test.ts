import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, createNodeSocketFactory, type SocketFactory } from "../../src/client.ts";
import { ENCODINGS, type Settings, settingsFrom } from "../../src/playground/page/settings.ts";
import { payloadBytes, wireCost } from "../../src/playground/page/wire-cost.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";

const info = { handlers: [], encodings: [], sampleRate: 8000, frameMs: 20, hasAuth: false };
const first = settingsFrom(info, "");
/** TCP with time stamps and IPv4, and a WebSocket header with a mask: short, and for 126 bytes and more. */
const BELOW = 52;
const HEADER = { short: 6, long: 8 };

test("the bytes of a frame are those of its codec", () => {
  const bytes = (encoding: Settings["encoding"], sampleRate: number, frameMs: number) =>
    payloadBytes({ encoding, sampleRate, frameMs });
  assert.is(bytes("mulaw", 8000, 20), 160);
  assert.is(bytes("alaw", 16000, 10), 160);
  assert.is(bytes("pcm16", 24000, 20), 960);
  assert.is(bytes("g722", 16000, 20), 160);
});

for (const protocol of ["binary", "fastrtc"] as const) {
  test(`the cost of ${protocol} is what a client's messages measure`, async () => {
    const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
    const lengths: number[] = [];
    const socketFactory: SocketFactory = (...given) => {
      const socket = createNodeSocketFactory()(...given);
      const send = socket.send.bind(socket);
      socket.send = (message, isBinary) => {
        lengths.push(message.length);
        send(message, isBinary);
      };
      return socket;
    };
    for (const encoding of ENCODINGS) {
      const format = { encoding, sampleRate: 8000, frameMs: 20 };
      const asked = { protocol, socketFactory, format: { input: format, output: format } };
      const client = await connect(server.url, asked);
      lengths.length = 0;
      client.send(new Int16Array(160));
      const message = lengths[0]!;
      await client.close();
      const { lineBytes, overheadPercent, lineKbps } = wireCost({ ...first, protocol, encoding });
      const expected = message + BELOW + (message < 126 ? HEADER.short : HEADER.long);
      assert.is(lineBytes, expected, encoding);
      assert.is(lineKbps, (lineBytes * 8) / 20);
      assert.ok(overheadPercent > 0 && overheadPercent < 100);
    }
    await server.close({ drainMs: 0 });
  });
}

test("longer frames cost less in headers, and shorter ones more", () => {
  const shares = [5, 10, 20, 40, 80].map((frameMs) => wireCost({ ...first, frameMs }).overheadPercent);
  assert.equal(
    [...shares].sort((a, b) => b - a),
    shares,
  );
});

test.run();
