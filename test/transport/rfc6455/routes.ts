/** The routes that peers of bytes connect to, and how what both know is said on each. */
import { OPCODES } from "./frames.ts";

/** Where a peer connects, and how it says there what both routes know. */
export interface Route {
  name: string;
  path: string;
  subprotocol?: string;
  /** Opcode of its messages. */
  opcode: number;
  /** A message of JSON. */
  json(text: string | Uint8Array): Buffer;
  /** A mark, which comes back as `mark <name>`. */
  mark(name: string | Uint8Array): Buffer;
  /** Audio of one byte a sample, which comes back. */
  audio(bytes: Uint8Array): Buffer;
}

const direction = '{"encoding":"mulaw","sample_rate":96000,"frame_ms":20}';
/** At 96 kHz a message may hold 480,000 bytes of mu-law: more than its own bound allows. */
export const START = `{"event":"start","format":{"input":${direction},"output":${direction}}}`;
export const FRAME_BYTES = 1920;

export const JSON_ROUTE: Route = {
  name: "JSON",
  path: "/websocket/offer",
  opcode: OPCODES.text,
  json: (text) => Buffer.from(text),
  mark: (name) =>
    Buffer.concat([Buffer.from('{"event":"mark","mark":{"name":"'), Buffer.from(name), Buffer.from('"}}')]),
  audio: (bytes) =>
    Buffer.from(`{"event":"media","media":{"payload":"${Buffer.from(bytes).toString("base64")}"}}`),
};

export const BINARY_ROUTE: Route = {
  name: "binary",
  path: "/stream",
  subprotocol: "voxwire.v1",
  opcode: OPCODES.binary,
  json: (text) => packet(2, 0, Buffer.from(text)),
  mark: (name) => packet(3, 0, Buffer.from(name)),
  audio: (bytes) => packet(1, 1, Buffer.from(bytes)),
};

function packet(type: number, codec: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([1, type, codec, 0, 0, 0, 0, 0, 0, 0, 0, 0]), payload]);
}
