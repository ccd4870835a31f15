/** The bytes of a client may arrive cut anywhere, from its request on: what it gets is the same. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { message, ping, ROUTES, speechBytes } from "./cases.ts";
import { clientFrame, closePayload, fragmented, OPCODES } from "./frames.ts";
import { BytePeer, ByteServer } from "./peer.ts";
import { FRAME_BYTES, type Route, START } from "./routes.ts";

/** Everything that a client may write, and some things that it may not: all bytes of one connection. */
function script(route: Route, ending: Buffer): Buffer {
  const mark = route.mark("in pieces µ€😀");
  const audio = route.audio(speechBytes(FRAME_BYTES));
  return Buffer.concat([
    BytePeer.upgrade(route),
    message(route, route.json(START)),
    ping("one"),
    message(route, route.mark("µ€😀")),
    ...fragmented(route.opcode, [mark.subarray(0, 20), mark.subarray(20, 33), mark.subarray(33)]),
    clientFrame({ opcode: OPCODES.pong }),
    message(route, "rubbish"),
    message(route, audio),
    clientFrame({ opcode: route.opcode, payload: audio.subarray(0, 100), fin: false }),
    ping("between"),
    clientFrame({ opcode: OPCODES.continuation, payload: audio.subarray(100) }),
    clientFrame({ opcode: route.opcode, payload: route.mark("long"), lengthBytes: 8 }),
    message(route, route.json(`{"event":"ping"${" ".repeat(300)}}`)),
    ending,
  ]);
}

const endings: Record<string, Buffer> = {
  close: clientFrame({ opcode: OPCODES.close, payload: closePayload(4000, "µ€😀") }),
  "bad reason": clientFrame({ opcode: OPCODES.close, payload: closePayload(4000, Buffer.from([0xc3])) }),
  "bad opcode": clientFrame({ opcode: 3, payload: "x" }),
  "bad text": clientFrame({ opcode: OPCODES.text, payload: Buffer.from([0x7b, 0xff, 0x7d]) }),
  "bad length": clientFrame({ opcode: OPCODES.text, claimedBytes: 2n ** 60n }),
};

/** Writes the bytes cut at these places; what came, without audio, and how much audio. */
async function outcome(server: ByteServer, bytes: Buffer, cuts: readonly number[], isSlow: boolean) {
  const peer = new BytePeer(server);
  const places = [0, ...cuts, bytes.length];
  for (let i = 1; i < places.length; i++) {
    peer.write(bytes.subarray(places[i - 1], places[i]));
    if (isSlow) await new Promise((resolve) => setImmediate(resolve));
  }
  await peer.until(() => peer.hasEnded);
  return { transcript: peer.transcript, reason: peer.closeReason, audio: peer.audio };
}

test("whole, byte by byte, cut once at every place, and at random: the answers are the same", async () => {
  const server = new ByteServer();
  for (const route of ROUTES) {
    for (const [name, ending] of Object.entries(endings)) {
      const bytes = script(route, ending);
      const place = `${name} on the ${route.name} route`;
      const whole = await outcome(server, bytes, [], false);
      assert.ok(whole.transcript.includes("mark in pieces µ€😀"), place);
      assert.ok(whole.transcript.length >= 9, place);
      assert.is(whole.reason, name === "close" ? "µ€😀" : whole.reason);
      const check = async (cuts: readonly number[], isSlow: boolean) => {
        const cut = await outcome(server, bytes, cuts, isSlow);
        assert.equal(cut.transcript, whole.transcript, `${place}, cut at ${cuts.slice(0, 20)}`);
        assert.is(cut.reason, whole.reason);
        // how much of it has left when the end comes depends on turns, what it says does not
        const n = Math.min(cut.audio.length, whole.audio.length);
        assert.ok(cut.audio.subarray(0, n).equals(whole.audio.subarray(0, n)), place);
      };
      const all = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
      await check(all, false);
      const step = name === "close" ? 7 : 61;
      for (let at = 1; at < bytes.length; at += step) await check([at], at % 2 === 0);
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(cuts, fc.boolean(), (places, isSlow) =>
          check(
            places.sort((a, b) => a - b),
            isSlow,
          ),
        ),
        { numRuns: 60 },
      );
    }
  }
  await server.close();
});

test.run();
