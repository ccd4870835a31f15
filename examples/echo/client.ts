/** Streams a file to a server in real time and writes the echo: `npx tsx examples/echo/client.ts URL FILE OUT`. */
import { connect } from "voxwire/client";
import { createWavFile } from "voxwire/files";

const [url = "ws://127.0.0.1:8765", file = "assets/speech.wav", out = "echo.wav"] = process.argv.slice(2);
const client = await connect(url);
const echo = await createWavFile(out, { sampleRate: client.session.output.sampleRate });
client.on("audio", ({ samples }) => void echo.write(samples));

await client.stream(file);
while (client.stats.receivedMs < client.stats.sentMs) {
  await new Promise((next) => client.once("audio", next));
}
await client.close();
await echo.close();
console.log(`${client.stats.framesReceived} frames written to ${out}`);
