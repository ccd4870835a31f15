// What the page of `npm run bench -- loop` does: talks to the echo, keeps what the client counts, and listens at both ends.
import { connect, microphone, speaker } from "/dist/browser.js";

/** Runs one call; `plan`: url, frameMs, settleMs, seconds. */
export async function measure({ url, frameMs, settleSeconds, seconds }) {
  const [source, sink] = await Promise.all([microphone(), speaker()]);
  const { context } = sink;
  const format = { encoding: "pcm16", sampleRate: 24000, frameMs };
  const client = await connect(url, {
    source,
    sink,
    format: { input: format, output: format },
    measureRoundTrip: true,
    heartbeat: { intervalMs: 200, timeoutMs: 10_000 },
    statsMs: 50,
  });
  await playing(context, settleSeconds);
  await context.audioWorklet.addModule("/taps-worklet.js");
  const taps = new AudioWorkletNode(context, "taps", {
    numberOfInputs: 2,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  source.node.connect(taps, 0, 0);
  sink.node.connect(taps, 0, 1);
  const stats = [];
  const trips = [];
  const off = [
    client.on("stats", ({ loopMs, playout, ping }) => {
      if (loopMs !== undefined) stats.push({ loopMs, pingMs: ping.p50, ...playout });
    }),
    client.on("roundTrip", (durationMs) => trips.push(durationMs)),
  ];
  const before = client.stats.playout;
  await playing(context, seconds);
  for (const stop of off) stop();
  const [said, heard] = await new Promise((resolve) => {
    taps.port.onmessage = ({ data }) => resolve(data);
    taps.port.postMessage("stop");
  });
  const after = client.stats;
  const blockMs = (context.baseLatency ?? 0) * 1000;
  await client.close();
  source.close();
  sink.close();
  return {
    stats,
    trips,
    said: toText(said),
    heard: toText(heard),
    sampleRate: context.sampleRate,
    blockMs,
    isShared: crossOriginIsolated,
    underruns: after.playout.underruns - before.underruns,
    silentMs: after.playout.silentMs - before.silentMs,
    underrunsBefore: before.underruns,
    captureLostMs: after.captureLostMs,
  };
}

/** Waits for `seconds` of the context's own time, not of the page's. */
async function playing(context, seconds) {
  const end = context.currentTime + seconds;
  while (context.currentTime < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Samples as text, which pass to the benchmark faster than lists of numbers. */
function toText(samples) {
  const bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}
