// What pages of the tests need.

/** Records what passes `node`; `stop()` gives it as one Float32Array. */
export async function record(node) {
  const recording = await recordTimes(node);
  return { stop: async () => (await recording.stop()).samples };
}

/**
 * As `record`, with the context's clock (in samples) at the first of them, how long the audio thread did not run at the
 * worst, in ms, how many samples the browser passed the recorder over (silence stands for them), and from which on none.
 */
export async function recordTimes(node) {
  await node.context.audioWorklet.addModule("/recorder.js");
  const recorder = new AudioWorkletNode(node.context, "recorder", {
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.connect(recorder);
  // it is silent: but what leads nowhere is passed over now and then
  recorder.connect(node.context.destination);
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.port.onmessage = ({ data }) => resolve(data);
        recorder.port.postMessage("stop");
      }),
  };
}

/** Samples as text, which pass between browser and test faster than lists of numbers. */
export function toText(samples) {
  const bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** The samples of `toText`. */
export function fromText(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** Waits for `seconds` of the context's own time, not of the page's. */
export async function play(context, seconds) {
  const end = context.currentTime + seconds;
  while (context.currentTime < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Waits until something is heard at `node`. */
export async function sounds(node) {
  const analyser = new AnalyserNode(node.context, { fftSize: 1024 });
  node.connect(analyser);
  const samples = new Float32Array(1024);
  do {
    await new Promise((resolve) => setTimeout(resolve, 20));
    analyser.getFloatTimeDomainData(samples);
  } while (!samples.some((sample) => Math.abs(sample) > 0.005));
  node.disconnect(analyser);
}

/** Waits until nothing has been heard at `node` for a second of its context's time. */
export async function quiet(node) {
  const { context } = node;
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  node.connect(analyser);
  const samples = new Float32Array(2048);
  let since = context.currentTime;
  while (context.currentTime - since < 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    analyser.getFloatTimeDomainData(samples);
    if (samples.some((sample) => Math.abs(sample) > 1e-4)) since = context.currentTime;
  }
  node.disconnect(analyser);
}

/** A call from a microphone to a speaker. @param library the module of `voxwire/browser` */
export async function callFrom({ connect, microphone, speaker }, url) {
  const [source, sink] = await Promise.all([microphone(), speaker()]);
  const client = await connect(url, { source, sink });
  await sounds(sink.node);
  return { source, sink, client };
}

/** Keeps the page's main thread busy. */
export function block(durationMs) {
  const end = performance.now() + durationMs;
  while (performance.now() < end);
}

/** A worker that does nothing but look at the clock; `stop()` says how long it did not run at the worst, in ms. */
export function watchWorker() {
  const code = `let lastMs = Date.now(), longestMs = 0;
    const look = () => {
      const nowMs = Date.now();
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
    };
    setInterval(look, 5);
    onmessage = () => { look(); postMessage(longestMs); close(); };`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  return {
    stop: () =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage("stop");
      }),
  };
}
