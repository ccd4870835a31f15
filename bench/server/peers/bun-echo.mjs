// An echo of the JSON protocol as one writes it with Bun's own WebSocket server: JSON parsed, Base64 taken apart, mu-law
// decoded to 16 bits and encoded again, Base64 put together, JSON written.

/** G.711 mu-law to 16-bit samples. */
const LINEAR = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const value = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return bits & 0x80 ? -value : value;
});

function encode(sample) {
  const value = Math.min(Math.abs(sample), 32_635) + 132;
  const segment = 24 - Math.clz32(value);
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((value >> (segment + 3)) & 15));
}

const samples = new Int16Array(65_536);

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response("", { status: 426 });
  },
  websocket: {
    message(socket, data) {
      const message = JSON.parse(data);
      if (message.event !== "media") return;
      const audio = Buffer.from(message.media.payload, "base64");
      for (let i = 0; i < audio.length; i++) samples[i] = LINEAR[audio[i]];
      for (let i = 0; i < audio.length; i++) audio[i] = encode(samples[i]);
      socket.send(JSON.stringify({ event: "media", media: { payload: audio.toString("base64") } }));
    },
  },
});
