/**
 * Our concealer behind a pipe, for a program that judges it: reads JSON lines, answers each tick with one.
 *
 * in:  {"op":"init","codec":"pcmu"|"pcm16","rate":8000,"frame_ms":20}
 *      {"op":"packet","payload":"<Base64>"|null}     frames in order, null for one that is lost
 *      {"op":"tick","samples":160}
 *      {"op":"end"}
 * out: {"pcm":"<Base64 of int16, little-endian>"}    one line a tick
 *
 * `--look-ahead`: gives out everything a frame later, and conceals from both sides where the next frame is there.
 */
import { createInterface } from "node:readline";
import { loadDspSync } from "../../src/index.ts";
import type { Concealer } from "../../src/stream/concealment/concealer.ts";
import { createConcealer } from "../../src/stream/concealment/create-concealer.ts";

interface Line {
  op: "init" | "packet" | "tick" | "end";
  codec?: "pcmu" | "pcm16";
  rate?: 8000 | 16000 | 24000 | 48000;
  frame_ms?: number;
  payload?: string | null;
}

const dsp = loadDspSync(process.argv.includes("--js") ? { backend: "js" } : {});
const looksAhead = process.argv.includes("--look-ahead");
let concealer: Concealer | undefined;
let codec = "pcmu";
let out = new Int16Array(0);
let held: Int16Array | null | undefined;

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text) as Line;
  if (line.op === "init") {
    concealer = createConcealer(dsp, { sampleRate: line.rate ?? 8000, frameMs: line.frame_ms ?? 20 });
    codec = line.codec ?? "pcmu";
    out = new Int16Array(concealer.frameSamples);
  } else if (line.op === "packet" && concealer !== undefined) {
    take(concealer, decode(line.payload ?? null));
  } else if (line.op === "tick") {
    const pcm = Buffer.from(out.buffer).toString("base64");
    process.stdout.write(`${JSON.stringify({ pcm })}\n`);
  } else if (line.op === "end") break;
}

function decode(payload: string | null): Int16Array | null {
  if (payload === null) return null;
  const bytes = new Uint8Array(Buffer.from(payload, "base64"));
  return codec === "pcmu" ? dsp.mulaw.decode(bytes) : new Int16Array(bytes.buffer, 0, bytes.length >> 1);
}

function take(to: Concealer, frame: Int16Array | null): void {
  if (!looksAhead) {
    if (frame === null) to.conceal(out);
    else to.good(frame, out);
    return;
  }
  const due = held;
  held = frame;
  if (due === undefined) return;
  if (due !== null) to.good(due, out);
  else if (frame === null) to.conceal(out);
  else to.concealBetween(out, frame);
}
