/** Makes a recorded call again, as Twilio would, with keys at their times: `npx tsx examples/twilio-replay/replay.ts URL FILE OUT 1@500`. */
import { createWavFile } from "voxwire/files";
import { callTwilio } from "voxwire/testing";

const [
  url = "http://127.0.0.1:8765/telephone/incoming",
  audio = "assets/speech.wav",
  out = "heard.wav",
  ...presses
] = process.argv.slice(2);
const keys = presses.map((press) => ({
  digit: press.split("@")[0] ?? "",
  atMs: Number(press.split("@")[1]),
}));

const call = await callTwilio({ url, audio, keys, tailMs: 500 });
const file = await createWavFile(out, { sampleRate: call.sampleRate });
await file.write(call.heard);
await file.close();

for (const { name, atMs } of call.marks) console.log(`mark "${name}" came back after ${Math.round(atMs)} ms`);
for (const { atMs, droppedMs } of call.clears)
  console.log(`interrupted after ${Math.round(atMs)} ms: ${Math.round(droppedMs)} ms were not heard`);
for (const fault of call.faults) console.log(`Twilio would report: ${fault}`);
console.log(
  `${call.heard.length / call.sampleRate} s heard, in ${out}; ended by the ${call.endedBy}, ${call.closeCode}`,
);
