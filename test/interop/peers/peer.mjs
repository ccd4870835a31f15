// A stream of 20 ms frames through the platform's own WebSocket, of Node or Bun: `peer.mjs URL PROTOCOL SECONDS`; prints what
// came of it as JSON.
const [url, protocol, seconds] = process.argv.slice(2);
const paths = {
  json: "/websocket/offer",
  binary: "/stream",
  twilio: "/telephone/handler",
  vonage: "/vonage",
};
const frames = Math.floor(Number(seconds) * 50);
const streamSid = "MZscript";

function payload(n) {
  const count = protocol === "vonage" ? 320 : 160;
  return Buffer.from(
    Array.from({ length: count }, (_, i) => (i < 8 ? Math.floor(n / 16 ** i) : n * 7 + i) & 15),
  );
}

function packet(type, codec, n, rest) {
  const head = Buffer.alloc(12);
  head.set([1, type, codec]);
  head.writeUInt32LE(n, 4);
  head.writeUInt32LE(n * 160, 8);
  return Buffer.concat([head, rest]);
}

function starts() {
  const wire = { encoding: "mulaw", sample_rate: 8000, frame_ms: 20 };
  const format = { input: wire, output: wire };
  switch (protocol) {
    case "json":
      return [JSON.stringify({ event: "start", websocket_id: "script" })];
    case "binary":
      return [
        packet(2, 0, 0, Buffer.from(JSON.stringify({ event: "start", webrtc_id: "script-binary", format }))),
      ];
    case "twilio":
      return [
        JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }),
        JSON.stringify({
          event: "start",
          sequenceNumber: "1",
          streamSid,
          start: { streamSid, callSid: "CA1" },
        }),
      ];
    default:
      return [JSON.stringify({ event: "websocket:connected", "content-type": "audio/l16;rate=8000" })];
  }
}

function media(n) {
  const audio = payload(n);
  if (protocol === "binary") return packet(1, 1, n, audio);
  if (protocol === "vonage") return audio;
  const text = audio.toString("base64");
  if (protocol === "json") return JSON.stringify({ event: "media", media: { payload: text } });
  const about = { track: "inbound", chunk: `${n + 1}`, timestamp: `${n * 20}`, payload: text };
  return JSON.stringify({ event: "media", sequenceNumber: `${n + 2}`, streamSid, media: about });
}

function audioOf(data) {
  if (typeof data !== "string") {
    const bytes = Buffer.from(data);
    if (protocol === "vonage") return bytes;
    return bytes[1] === 1 ? bytes.subarray(12) : undefined;
  }
  const message = JSON.parse(data);
  return message.event === "media" ? Buffer.from(message.media.payload, "base64") : undefined;
}

const result = { sent: 0, received: 0, mismatched: 0, closed: 0 };
const socket = new WebSocket(url + paths[protocol], protocol === "binary" ? ["voxwire.v1"] : []);
socket.binaryType = "arraybuffer";
const closed = new Promise((resolve) => {
  socket.onclose = ({ code }) => resolve(code);
});
await new Promise((resolve, reject) => {
  socket.onopen = resolve;
  socket.onerror = () => reject(new Error("no connection"));
});
let onDone;
const done = new Promise((resolve) => {
  onDone = resolve;
});
socket.onmessage = ({ data }) => {
  const audio = audioOf(data);
  if (audio === undefined) return;
  if (!audio.equals(payload(result.received))) result.mismatched++;
  if (++result.received === frames) onDone();
};
for (const message of starts()) socket.send(message);
const beganMs = performance.now();
for (; result.sent < frames; result.sent++) {
  const earlyMs = beganMs + result.sent * 20 - performance.now();
  if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
  socket.send(media(result.sent));
}
await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 5000))]);
socket.close(1000);
result.closed = await closed;
console.log(JSON.stringify(result));
process.exit(0);
