/** The least an echo server does with a media message: no audio work, its payload through Base64 and back. */
import type { Case } from "../measure.ts";
import { speechLike } from "../signal.ts";
import type { Peers } from "../suite.ts";
import { TABLES } from "./js-table.ts";
import { PREFIX, SUFFIX } from "./message.ts";

/** Samples of a frame: 20 ms at 8 and at 24 kHz. */
export const ECHO_SIZES = [160, 480] as const;

/** A media message as a client sends it. */
export function mediaMessage(n: number): Buffer {
  const coded = new Uint8Array(n);
  TABLES.mulaw.encode(speechLike(n), coded);
  return Buffer.from(PREFIX + Buffer.from(coded).toString("base64") + SUFFIX);
}

/** Parsed, decoded from Base64, encoded again, written as JSON: what a plain `ws` echo does. */
function plainEcho(message: Buffer): Buffer {
  const { media } = JSON.parse(message.toString()) as { media: { payload: string } };
  const bytes = Buffer.from(media.payload, "base64");
  return Buffer.from(JSON.stringify({ event: "media", media: { payload: bytes.toString("base64") } }));
}

export function createEchoPeers(): Peers {
  return new Map(
    ECHO_SIZES.map((n): [string, readonly Case[]] => {
      const message = mediaMessage(n);
      return [`echo ${n}`, [{ name: "JSON echo without audio work", run: () => plainEcho(message) }]];
    }),
  );
}
