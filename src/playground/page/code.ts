/** Programs that do what is on the screen, to be copied. Pure. */
import { networkProfile, type Settings } from "./settings.ts";

/** What a program is written for. */
export type CodeKind = "browser" | "node" | "python" | "server";

/** A program. @param url the handler's WebSocket address, without route and token */
export function codeFor(kind: CodeKind, settings: Settings, url: string): string {
  switch (kind) {
    case "browser":
      return browserCode(settings, url);
    case "node":
      return nodeCode(settings, url);
    case "python":
      return pythonCode(settings, url);
    case "server":
      return serverCode(settings);
  }
}

function formatLines({ encoding, sampleRate, frameMs }: Settings): string[] {
  const direction = `{ encoding: "${encoding}", sampleRate: ${sampleRate}, frameMs: ${frameMs} }`;
  return ["  format: {", `    input: ${direction},`, `    output: ${direction},`, "  },"];
}

/** A button that calls and hangs up: browsers want a click before they give a microphone's sound or play any. */
function browserCode(settings: Settings, url: string): string {
  const options = [
    "  source,",
    "  sink,",
    `  protocol: "${settings.protocol}",`,
    ...formatLines(settings),
    ...tokenLines(settings),
  ];
  return `import { connect, microphone, speaker } from "voxwire/browser";

const button = document.createElement("button");
button.textContent = "Talk";
document.body.append(button);
button.addEventListener("click", talk, { once: true });

async function talk() {
  const [source, sink] = await Promise.all([microphone(), speaker()]);
  try {
    const client = await connect(${JSON.stringify(url)}, {
${options.map((line) => `    ${line}`).join("\n")}
    });
    client.on("stats", ({ loopMs }) => {
      button.textContent = \`Stop (\${loopMs?.toFixed(0) ?? "-"} ms there and back)\`;
    });
    button.addEventListener("click", () => client.close(), { once: true });
    console.log((await client.closed).description);
  } finally {
    source.close();
    sink.close();
    button.textContent = "Talk";
    button.addEventListener("click", talk, { once: true });
  }
}
`;
}

function nodeCode(settings: Settings, url: string): string {
  const network = networkProfile(settings);
  const imports = [
    'import { connect } from "voxwire/client";',
    ...(settings.encoding === "opus" ? ['import { loadOpus } from "voxwire/opus";'] : []),
    ...(network === undefined ? [] : ['import { createNetwork } from "voxwire/network";']),
  ];
  const options = [
    `  protocol: "${settings.protocol}",`,
    ...formatLines(settings),
    ...tokenLines(settings),
    ...(settings.encoding === "opus" ? ["  codecs: [await loadOpus()],"] : []),
    ...(network === undefined ? [] : [`  network: createNetwork(${inCode(network)}),`]),
  ];
  return `${imports.join("\n")}

const client = await connect(${JSON.stringify(url)}, {
${options.join("\n")}
});
client.on("audio", ({ timestamp, samples }) => console.log(timestamp, samples.length));
await client.stream("speech.wav"); // any sound file: decoded, resampled, paced by the clock
await client.close();
`;
}

const PYTHON_ENCODERS: Readonly<Record<string, readonly [imports: string, encode: string]>> = {
  mulaw: ["audioop  # from Python 3.13 on: pip install audioop-lts", "audioop.lin2ulaw(pcm, 2)"],
  alaw: ["audioop  # from Python 3.13 on: pip install audioop-lts", "audioop.lin2alaw(pcm, 2)"],
  pcm16: ["", "pcm"],
};

/** FastRTC's JSON, whatever protocol is chosen: what its Python clients speak. */
function pythonCode(settings: Settings, url: string): string {
  const { sampleRate, frameMs } = settings;
  const encoding = settings.encoding in PYTHON_ENCODERS ? settings.encoding : "mulaw";
  const [imports, encode] = PYTHON_ENCODERS[encoding]!;
  const query = settings.token === "" ? "" : "?token=YOUR_TOKEN";
  const address = JSON.stringify(`${url}/websocket/offer${query}`);
  return `# pip install websockets
import asyncio
${imports === "" ? "" : `import ${imports}\n`}import base64
import json
import time
import uuid
import wave

import websockets

FORMAT = {"encoding": "${encoding}", "sample_rate": ${sampleRate}, "frame_ms": ${frameMs}}


async def main():
    async with websockets.connect(${address}) as socket:
        start = {"event": "start", "websocket_id": uuid.uuid4().hex}
        start["format"] = {"input": FORMAT, "output": FORMAT}
        await socket.send(json.dumps(start))
        listening = asyncio.create_task(listen(socket))
        due = time.monotonic()
        with wave.open("speech.wav") as wav:  # mono, 16 bits, ${sampleRate} Hz
            while pcm := wav.readframes(${(sampleRate * frameMs) / 1000}):
                payload = base64.b64encode(${encode}).decode()
                await socket.send(json.dumps({"event": "media", "media": {"payload": payload}}))
                due += ${frameMs / 1000}
                await asyncio.sleep(due - time.monotonic())
        await socket.send(json.dumps({"event": "stop"}))
        await listening


async def listen(socket):
    async for text in socket:
        message = json.loads(text)
        if message.get("event") == "media":
            print(len(base64.b64decode(message["media"]["payload"])), "bytes")


asyncio.run(main())
`;
}

function serverCode({ sampleRate, frameMs }: Settings): string {
  return `import { serve } from "voxwire/server";

const server = await serve({
  port: 8765,
  inputRate: ${sampleRate},
  outputRate: ${sampleRate},
  frameMs: ${frameMs},
  playground: true, // this page
  handler: async function* (session) {
    for await (const frame of session) yield frame; // change it, answer it, keep it
  },
});
console.log(server.url);
`;
}

/** The token itself is for nobody's eyes. */
function tokenLines({ token }: Settings): string[] {
  return token === "" ? [] : ['  token: "YOUR_TOKEN",'];
}

/** Data as a person would write it. */
function inCode(value: unknown): string {
  const text = JSON.stringify(value);
  return typeof value === "string"
    ? text
    : text
        .replaceAll(/"(\w+)":/g, " $1: ")
        .replaceAll("}", " }")
        .replaceAll("  ", " ");
}
