/** A small server that speaks the FastRTC protocol, written from its description and from nothing in src/. For tests. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

// biome-ignore lint/suspicious/noExplicitAny: what a client sent, as parsed; tests say what they expect of it
export type Json = any;

/** How the server behaves. */
export interface FakeServerOptions {
  /** Answers `start` with `started`, as a server that knows `format`; default true. */
  answersStart?: boolean;
  /** What the server agrees to where the client leaves it open. */
  input?: { encoding: string; sample_rate: number; frame_ms: number };
  output?: { encoding: string; sample_rate: number; frame_ms: number };
  /** Sends media back as it came; default true. */
  echoes?: boolean;
  /** Given with `started`; default none. */
  resumeToken?: string;
  /** Closes on `stop`; default true. */
  stops?: boolean;
  /** Answers pings; default true. */
  pongs?: boolean;
  /** Answers the upgrade with this status and body. */
  refuses?: { status: number; body: string };
  /** Called for every message. */
  onMessage?(message: Json, socket: WebSocket): void;
  /** Called for every connection. */
  onConnection?(socket: WebSocket, request: IncomingMessage): void;
}

/** A running fake server. */
export interface FakeServer {
  /** `ws://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  /** Every message of every client, parsed. */
  readonly messages: Json[];
  readonly sockets: WebSocket[];
  /** Resolves with the first message that `isWanted` accepts, past or to come. */
  waitFor(isWanted: (message: Json) => boolean): Promise<Json>;
  /** Sends to every client. */
  send(message: unknown): void;
  close(): Promise<void>;
}

const G711 = { encoding: "mulaw", sample_rate: 8000, frame_ms: 20 };

/** Starts one on a free loopback port. */
export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const http = createServer((_request, response: ServerResponse) => response.writeHead(404).end());
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const messages: Json[] = [];
  const sockets: WebSocket[] = [];
  const waiting = new Set<{ isWanted(message: Json): boolean; resolve(message: Json): void }>();
  http.on("upgrade", (request, socket, head) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const refusal =
      options.refuses ??
      (pathname.endsWith("/websocket/offer") ? undefined : { status: 404, body: "no such route" });
    if (refusal !== undefined) {
      socket.end(
        `HTTP/1.1 ${refusal.status} No\r\ncontent-length: ${Buffer.byteLength(refusal.body)}\r\nconnection: close\r\n\r\n${refusal.body}`,
      );
      return;
    }
    wss.handleUpgrade(request, socket, head, (client) => {
      sockets.push(client);
      options.onConnection?.(client, request);
      client.on("message", (data, isBinary) => {
        const text = String(data);
        const message: Json = isBinary ? { binary: data } : JSON.parse(text);
        messages.push(message);
        options.onMessage?.(message, client);
        answer(message, client);
        for (const wait of waiting) {
          if (!wait.isWanted(message)) continue;
          waiting.delete(wait);
          wait.resolve(message);
        }
      });
    });
  });
  function answer(message: Json, client: WebSocket): void {
    if (message.event === "start" && options.answersStart !== false && message.format !== undefined) {
      const input = { ...(options.input ?? G711), ...message.format.input };
      const output = { ...(options.output ?? G711), ...message.format.output };
      const data = { webrtc_id: message.webrtc_id, input, output, resume_token: options.resumeToken };
      client.send(JSON.stringify({ type: "started", data }));
    }
    if (message.event === "media" && options.echoes !== false) client.send(JSON.stringify(message));
    if (message.event === "ping" && options.pongs !== false) client.send('{"event":"pong"}');
    if (message.event === "stop" && options.stops !== false) client.close(1000);
  }
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    messages,
    sockets,
    waitFor(isWanted) {
      const known = messages.find(isWanted);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.add({ isWanted, resolve }));
    },
    send(message) {
      for (const socket of sockets)
        socket.send(typeof message === "string" ? message : JSON.stringify(message));
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      await closeHttp(http);
    },
  };
}

async function closeHttp(http: Server): Promise<void> {
  const closed = once(http, "close");
  http.close();
  http.closeAllConnections();
  await closed;
}
