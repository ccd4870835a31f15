// The jitter buffer as a program: JSON lines in (packets and the ticks of a sound card), JSON lines out, in virtual time.
// Runs on dist/, so build first.
import { createInterface } from "node:readline";
import { createDecoder } from "../../dist/codecs.js";
import { loadDspSync } from "../../dist/index.js";
import { loadOpus } from "../../dist/opus.js";
import { createJitterBuffer } from "../../dist/stream/jitter/create-jitter-buffer.js";

const dsp = loadDspSync();
let opus;

/** What the buffer is told of the codec: its name, or a decoder of its own. */
async function codecOf(codec, rate) {
  if (codec === "g722") return { decoder: createDecoder(dsp, { codec }) };
  if (codec !== "opus") return { codec };
  opus ??= await loadOpus();
  return { decoder: opus.createDecoder(undefined, rate) };
}

let buffer;
const answers = [];
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.op === "init") {
    const { rate: sampleRate, frame_ms: frameMs, codec } = message;
    buffer = createJitterBuffer(dsp, { sampleRate, frameMs, ...(await codecOf(codec, sampleRate)) });
  } else if (message.op === "packet") {
    const { seq: sequence, ts: timestamp, payload, arrival_ms: arrivalMs } = message;
    buffer.push({ sequence, timestamp, payload: Buffer.from(payload, "base64"), arrivalMs });
  } else if (message.op === "tick") {
    const pcm = new Int16Array(message.samples);
    buffer.pull(pcm, message.now_ms);
    answers.push(JSON.stringify({ pcm: Buffer.from(pcm.buffer).toString("base64") }));
  }
}
answers.push(JSON.stringify({ stats: buffer.stats }));
process.stdout.write(`${answers.join("\n")}\n`);
