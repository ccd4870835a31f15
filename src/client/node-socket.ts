/** Node's socket: the package `ws`. */
import type { IncomingMessage } from "node:http";
import WebSocket, { type RawData } from "ws";
import { checkOptionNames } from "../core/check-options.ts";
import type { NamesOf } from "../core/option-names.ts";
import type { ClientSocket, SocketFactory, SocketFailure, SocketListener } from "./client-socket.ts";
import { explainFailure } from "./explain-failure.ts";

/** Options of `createNodeSocketFactory`. */
export interface NodeSocketOptions {
  /** Headers of the upgrade request, such as `authorization`. */
  headers?: Readonly<Record<string, string>>;
  /** The longest message that is taken, in bytes. Default 16 MiB: a FastRTC server may send a long text as one message. */
  maxMessageBytes?: number;
}

const SOCKET_OPTIONS: NamesOf<NodeSocketOptions> = { headers: 1, maxMessageBytes: 1 };

/** As much of a refusal's body as may stand in an error. */
const MAX_BODY_BYTES = 1024;
const BINARY = { binary: true, compress: false } as const;
const TEXT = { binary: false, compress: false } as const;

/** Sockets for Node, uncompressed: compression costs 14 microseconds a frame and saves nothing on G.711. */
export function createNodeSocketFactory(options: NodeSocketOptions = {}): SocketFactory {
  checkOptionNames("createNodeSocketFactory()", options, SOCKET_OPTIONS);
  const { headers = {}, maxMessageBytes = 16 * 1024 * 1024 } = options;
  return (url, listener, subprotocol, token) => {
    const protocols = subprotocol === undefined ? [] : [subprotocol];
    const ofToken = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const ofSocket = {
      headers: { ...ofToken, ...headers },
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
    };
    const socket = new WebSocket(url, protocols, ofSocket);
    return new NodeSocket(socket, {
      // one by one: a listener may be an object of a class, whose methods a spread leaves behind
      onOpen: () => listener.onOpen(),
      onText: (message) => listener.onText(message),
      onBinary: (message) => listener.onBinary(message),
      onError: (failure) => listener.onError({ ...failure, explanation: explainFailure(url, failure) }),
      onClose: (code, reason) => listener.onClose(code, reason),
    });
  };
}

class NodeSocket implements ClientSocket {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, listener: SocketListener) {
    this.#socket = socket;
    socket.on("open", () => listener.onOpen());
    socket.on("message", (data: RawData, isBinary: boolean) => {
      // With ws's default binaryType, data is one Buffer.
      const bytes = data as Buffer;
      if (isBinary) listener.onBinary(bytes);
      else listener.onText(bytes);
    });
    socket.on("unexpected-response", (request, response) => {
      readBody(response, (body) => {
        listener.onError({
          message: `HTTP ${response.statusCode}`,
          code: "",
          status: response.statusCode ?? 0,
          // where a redirection leads, without what may be secret in it
          body: body === "" ? (response.headers.location ?? "").replace(/[?#].*$/s, "") : body,
        });
        request.destroy();
        listener.onClose(1006, "");
      });
    });
    socket.on("error", (error) => listener.onError(failureOf(error)));
    socket.on("close", (code, reason) => listener.onClose(code, reason.toString()));
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: string | Uint8Array, isBinary: boolean): void {
    // A client's frames are masked into a buffer of their own, so the caller may reuse its bytes at once.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message, isBinary ? BINARY : TEXT);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Node tries all addresses of a name and may report several failures as one. */
function failureOf(error: Error): SocketFailure {
  const first: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = typeof first === "object" && first !== null && "code" in first ? String(first.code) : "";
  const message = first instanceof Error && first.message !== "" ? first.message : error.message || code;
  return { message, code, cause: error };
}

function readBody(response: IncomingMessage, done: (body: string) => void): void {
  let body = "";
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    done(body.slice(0, MAX_BODY_BYTES));
  };
  response.setEncoding("utf8");
  response.on("data", (text: string) => {
    body += text;
    if (body.length >= MAX_BODY_BYTES) finish();
  });
  response.on("end", finish);
  response.on("error", finish);
  response.on("close", finish);
}
