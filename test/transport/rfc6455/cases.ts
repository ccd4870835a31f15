/** Cases of RFC 6455 as data: what a client writes after its session has started, and what has to come back. */
import * as assert from "uvu/assert";
import { clientFrame, OPCODES } from "./frames.ts";
import { BytePeer, type ByteServer } from "./peer.ts";
import { BINARY_ROUTE, JSON_ROUTE, type Route, START } from "./routes.ts";

/** One case; both parts for each route. */
export interface Case {
  name: string;
  send(route: Route): readonly Buffer[];
  /** In short words, see `BytePeer.transcript`; where the last is `end`, the connection must end by itself. */
  expect: readonly string[] | ((route: Route) => readonly string[]);
  /** Audio that has to come back as well. */
  audio?: Uint8Array;
}

export const ROUTES: readonly Route[] = [JSON_ROUTE, BINARY_ROUTE];

/** The frame of a message in the route's kind. */
export function message(route: Route, payload: string | Uint8Array): Buffer {
  return clientFrame({ opcode: route.opcode, payload });
}

export function ping(payload: string | Uint8Array = ""): Buffer {
  return clientFrame({ opcode: OPCODES.ping, payload });
}

/** A peer whose session has started. */
export async function startedPeer(server: ByteServer, route: Route): Promise<BytePeer> {
  const peer = new BytePeer(server);
  peer.write(BytePeer.upgrade(route));
  peer.write(message(route, route.json(START)));
  await peer.until(() => peer.transcript.includes("message started"));
  return peer;
}

/** Plays one case as it stands. */
export async function play(
  server: ByteServer,
  route: Route,
  { name, send, expect, audio }: Case,
): Promise<void> {
  const peer = await startedPeer(server, route);
  const expected = typeof expect === "function" ? expect(route) : expect;
  const place = `${name} on the ${route.name} route`;
  for (const frame of send(route)) peer.write(frame);
  try {
    if (audio !== undefined) await peer.until(() => peer.audio.length >= audio.length);
    const came = await peer.settled(expected.at(-1) !== "end");
    assert.equal(came, ["message started", ...expected], place);
    if (audio !== undefined) assert.ok(peer.audio.equals(audio), `${place}: audio`);
  } catch (error) {
    throw new Error(`${place}: ${peer.transcript.join(", ")}`, { cause: error });
  }
  peer.end();
}

/** Bytes of mu-law that come back as they are: no 0x7f, which is a zero too. */
export function speechBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 37 + (i >> 8)) % 127);
}
