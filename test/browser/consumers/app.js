// A small app as a user of the package writes it: a core, the codec, and a call with microphone and speaker.
import { connect, microphone, speaker } from "voxwire/browser";
import { loadG711 } from "voxwire/g711";
import { loadDsp } from "voxwire/voice";

/** Encodes a second of a tone; returns the backend and how many bytes came out. */
export async function encode() {
  const dsp = await loadDsp();
  const { mulaw } = await loadG711();
  const tone = Float32Array.from(
    { length: 48000 },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 48000),
  );
  const speech = dsp.resample(tone, { inputRate: 48000, outputRate: 8000 });
  return { backend: dsp.backend, bytes: mulaw.encode(dsp.pcm.floatToInt16(speech)).length };
}

/**
 * Calls a server that echoes until the microphone's speech comes out of the speaker; returns how loud it was.
 * @param {string} url
 * @param {import("voxwire/browser").VoiceConnectOptions} [files]
 */
export async function call(url, files = {}) {
  const source = await microphone({ echoCancellation: false, noiseSuppression: false });
  const sink = await speaker();
  const client = await connect(url, { source, sink, ...files });
  const peak = await heard(sink.node);
  await client.close();
  source.close();
  sink.close();
  return peak;
}

/**
 * Waits until something is heard, for 20 s at most.
 * @param {AudioNode} node
 */
async function heard(node) {
  const analyser = new AnalyserNode(node.context, { fftSize: 4096 });
  node.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let peak = 0;
  for (let i = 0; i < 400 && peak < 0.02; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  }
  return peak;
}
