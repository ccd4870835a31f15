// A bare `ws` echo as one writes it: JSON parsed, Base64 taken apart and put together again, JSON written; no audio work.
// Binary packets are copied and sent back. Plain JavaScript, so that nothing but Node and ws is in its process.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const PACKET_HEADER_BYTES = 12;
const CONTROL = 2;

const http = createServer();
const server = new WebSocketServer({
  server: http,
  perMessageDeflate: false,
  handleProtocols: (offered) => (offered.has("voxwire.v1") ? "voxwire.v1" : false),
});

server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) =>
    isBinary ? answerPacket(socket, data) : answerText(socket, data),
  );
  socket.on("error", () => socket.terminate());
});

function answerText(socket, data) {
  const message = JSON.parse(data.toString());
  if (message.event !== "media") return;
  const audio = Buffer.from(message.media.payload, "base64");
  socket.send(JSON.stringify({ event: "media", media: { payload: audio.toString("base64") } }));
}

function answerPacket(socket, data) {
  if (data[1] !== CONTROL) {
    socket.send(Buffer.from(data));
    return;
  }
  const head = Buffer.alloc(PACKET_HEADER_BYTES);
  head.set([1, CONTROL]);
  socket.send(Buffer.concat([head, Buffer.from('{"type":"started"}')]));
}

http.listen(Number(process.argv[2]), "127.0.0.1");
