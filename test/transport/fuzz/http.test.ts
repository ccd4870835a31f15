/** Requests of any shape, upgrades among them: each is answered or cut, none fails inside, and nobody else hears it. */
import { connect } from "node:net";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  EchoHandler,
  type Logger,
  type ServeOptions,
  serve,
  silentLogger,
  tokenAuth,
} from "../../../src/server.ts";
import { Bystander } from "../faults/bystander.ts";

const REQUESTS = 4000;
const AT_ONCE = 40;

const odd = fc.oneof(
  fc.string({ maxLength: 30, unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    ",",
    ";;",
    "%",
    "%ff",
    "%00",
    "..",
    "//",
    "\u0000",
    "a".repeat(5000),
    "[::1]",
    "null",
    "*",
  ),
  fc.constantFrom(
    "127.0.0.1",
    "http://evil.example",
    "http://x:99999",
    "voxwire.v1",
    "voxwire.token.",
    "Bearer x",
  ),
  fc.constantFrom("voxwire.token.a.b, voxwire.v1", "1.2.3.4, unknown, ::1", "wss", "-1", "1e999", "bytes=0-"),
);
const method = fc.constantFrom(
  "GET",
  "POST",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
  "CONNECT",
  "M-SEARCH",
  "get",
);
const path = fc.oneof(
  fc.constantFrom(
    "/",
    "/health",
    "/websocket/offer",
    "/stream",
    "/telephone/handler",
    "/telephone/incoming",
    "/vonage",
  ),
  fc.constantFrom(
    "/input_hook",
    "/outputs",
    "/metrics",
    "/playground",
    "/__proto__",
    "*",
    "http://x/",
    "//x//",
    "/\\",
  ),
  odd.map((text) => `/${text}`),
);
const query = fc.oneof(
  fc.constant(""),
  fc
    .tuple(fc.constantFrom("webrtc_id", "token", "__proto__", "a"), odd)
    .map(([name, value]) => `?${name}=${value}`),
  fc.nat(200).map((n) => `?${Array.from({ length: n }, (_, i) => `a${i}=b`).join("&")}`),
);
const names = fc.constantFrom(
  ...[
    "Origin",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Sec-WebSocket-Protocol",
    "Authorization",
  ],
  ...[
    "X-Twilio-Signature",
    "Last-Event-Id",
    "Content-Type",
    "Content-Length",
    "Transfer-Encoding",
    "Expect",
    "Cookie",
  ],
  ...[
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Version",
    "Host",
    "Connection",
    "Upgrade",
  ],
);
const headers = fc.array(fc.tuple(names, odd), { maxLength: 6 });
const upgrade =
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const body = fc.oneof(
  fc.constant(""),
  fc.json({ maxDepth: 4 }),
  odd,
  fc.constant('{"webrtc_id":"one","input":[{}]}'),
);

const requests = fc
  .tuple(method, path, query, headers, fc.boolean(), body, fc.boolean())
  .map(([verb, place, search, more, isUpgrade, text, hasLength]) => {
    const lines = more.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const length = hasLength ? `Content-Length: ${Buffer.byteLength(text, "latin1")}\r\n` : "";
    return `${verb} ${place}${search} HTTP/1.1\r\nHost: x\r\n${isUpgrade ? upgrade : ""}${lines}${length}\r\n${text}`;
  });

/** Sends it; resolves when the server has answered and closed, or when it will say no more. */
function send(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      // an answer, a WebSocket or a stream of events: enough
      if (answer.includes("\r\n\r\n")) socket.destroy();
    });
    socket.on("close", () => resolve(answer));
    // half of a request is all that comes
    socket.end(Buffer.from(request, "latin1"));
  });
}

const secret = "32 random bytes, from a test alone";
for (const [name, options] of Object.entries<Partial<ServeOptions & { handlers?: undefined }>>({
  "open to all": {},
  "behind a proxy, with tokens and signatures": {
    auth: (request) => (request.params.by === "test" ? true : tokenAuth(secret)(request)),
    trustProxy: true,
    allowOrigin: "*",
    twilio: { authToken: "0123456789abcdef0123456789abcdef" },
  },
})) {
  test(`${REQUESTS} random requests, ${name}: each answered or cut, none fails inside`, async () => {
    const failures: unknown[] = [];
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    const logger: Logger = {
      ...silentLogger,
      error: (message, fields) => void failures.push([message, fields]),
    };
    const rates = { inputRate: 8000, outputRate: 8000 };
    const server = await serve({
      port: 0,
      handler: EchoHandler,
      logger,
      handshakeTimeoutMs: 500,
      ...rates,
      ...options,
    });
    const bystander = await Bystander.enter(`${server.url}?by=test`, "one");
    const statuses = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
        for (const answer of await Promise.all(batch.map((request) => send(server.port, request)))) {
          if (answer !== "") statuses.add(answer.slice(9, 12));
        }
        if (failures.length + rejections.length > 0) {
          throw new Error(JSON.stringify(batch), { cause: [failures, rejections] });
        }
      }),
      { numRuns: REQUESTS / AT_ONCE, endOnFailure: true },
    );
    assert.ok(bystander.echoes > 0);
    await bystander.leave();
    for (const status of ["200", "400", "404", "405", "426", options.auth === undefined ? "101" : "401"])
      assert.ok(statuses.has(status), `${status} is not among ${[...statuses]}`);
    assert.not.ok(statuses.has("500"), [...statuses].join());
    await server.close({ drainMs: 0 });
    process.off("unhandledRejection", onRejection);
  });
}

test.run();
