/** Building and reading one outgoing media message in JavaScript: table, Buffer's Base64, text. */
import type { Case } from "../measure.ts";
import { speechLike } from "../signal.ts";
import type { Peers } from "../suite.ts";
import { TABLES } from "./js-table.ts";

export const PREFIX = '{"event":"media","media":{"payload":"';
export const SUFFIX = '"}}';
/** 20 ms at 8 and at 24 kHz. */
export const MESSAGE_SIZES = [160, 480] as const;

/** Methods of Buffer that its published types leave out: the shortest ways to Base64 and Latin-1 that Node has. */
interface FastBuffer extends Buffer {
  latin1Write(text: string, offset: number): number;
  latin1Slice(start: number, end: number): string;
  base64Write(text: string, offset: number): number;
  base64Slice(start: number, end: number): string;
}

/** Ways to build a message, each PCM -> finished bytes. */
export function createBuilders(n: number): Record<string, (pcm: Int16Array) => Uint8Array> {
  const table = TABLES.mulaw;
  const coded = Buffer.alloc(n) as FastBuffer;
  const bytes = new Uint8Array(coded.buffer, coded.byteOffset, n);
  const message = Buffer.alloc(PREFIX.length + 4 * Math.ceil(n / 3) + SUFFIX.length) as FastBuffer;
  message.latin1Write(PREFIX, 0);
  return {
    "table, JSON.stringify": (pcm) => {
      table.encode(pcm, bytes);
      return Buffer.from(JSON.stringify({ event: "media", media: { payload: coded.toString("base64") } }));
    },
    "table, text joined": (pcm) => {
      table.encode(pcm, bytes);
      return Buffer.from(PREFIX + coded.toString("base64") + SUFFIX, "latin1");
    },
    "table, written in place": (pcm) => {
      table.encode(pcm, bytes);
      const written = message.latin1Write(coded.base64Slice(0, n), PREFIX.length);
      message.latin1Write(SUFFIX, PREFIX.length + written);
      return message;
    },
  };
}

/** Ways to read one, bytes -> PCM. */
export function createReaders(n: number): Record<string, (message: Buffer) => Int16Array> {
  const table = TABLES.mulaw;
  const samples = new Int16Array(n);
  const coded = Buffer.alloc(n + 3) as FastBuffer;
  const bytes = new Uint8Array(coded.buffer, coded.byteOffset, n);
  return {
    "JSON.parse, table": (message) => {
      const { media } = JSON.parse(message.toString()) as { media: { payload: string } };
      const payload = Buffer.from(media.payload, "base64");
      table.decode(payload, samples);
      return samples;
    },
    "payload cut out, table": (message) => {
      coded.base64Write(
        (message as FastBuffer).latin1Slice(PREFIX.length, message.length - SUFFIX.length),
        0,
      );
      table.decode(bytes, samples);
      return samples;
    },
  };
}

/** Cases by group key. */
export function createMessagePeers(): Peers {
  const peers = new Map<string, Case[]>();
  for (const n of MESSAGE_SIZES) {
    const pcm = speechLike(n);
    const builders = createBuilders(n);
    const message = Buffer.from(builders["table, text joined"]!(pcm));
    peers.set(
      `build ${n}`,
      Object.entries(builders).map(([name, build]) => ({ name, run: () => build(pcm) })),
    );
    peers.set(
      `read ${n}`,
      Object.entries(createReaders(n)).map(([name, read]) => ({ name, run: () => read(message) })),
    );
  }
  return peers;
}
