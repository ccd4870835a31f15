/** Who may set inputs and read outputs over plain HTTP, where the server has an auth hook. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type AuthRequest,
  createToken,
  EchoHandler,
  type ServeOptions,
  serve,
  silentLogger,
  tokenAuth,
} from "../../src/server.ts";
import { RawClient, withServer } from "./raw-client.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const tokenOf = (id: string) => createToken({ secret: SECRET, id, ttlMs: 60_000 });

const guarded = (options: object = {}) =>
  serve({
    port: 0,
    handler: EchoHandler,
    logger: silentLogger,
    auth: tokenAuth(SECRET),
    ...options,
  } as ServeOptions);

function post(base: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const text = JSON.stringify(body);
  return fetch(`${base}/input_hook`, { method: "POST", body: text, headers });
}

const bearer = (id: string) => ({ authorization: `Bearer ${tokenOf(id)}` });

test("inputs are taken and outputs shown with a token for the session's id, and with no other", async () => {
  const server = await guarded();
  await withServer(server, async () => {
    const base = server.url.replace("ws", "http");
    const client = await RawClient.open(`${server.url}?token=${tokenOf("a")}`);
    client.send({ event: "start", websocket_id: "a" });
    await client.sync();
    assert.is((await post(base, { webrtc_id: "a", input: [1] }, bearer("a"))).status, 200);

    const missing = await post(base, { webrtc_id: "a", input: [1] });
    assert.equal([missing.status, missing.headers.get("www-authenticate")], [401, "Bearer"]);
    const foreign = await post(base, { webrtc_id: "a", input: [1] }, bearer("b"));
    assert.is(foreign.status, 403);
    assert.match(await foreign.text(), "another id");

    const outputs = `${base}/outputs?webrtc_id=a`;
    assert.is((await fetch(outputs)).status, 401);
    assert.is((await fetch(outputs, { headers: bearer("b") })).status, 403);
    // EventSource sets no headers: the query has the token
    const stream = await fetch(`${outputs}&token=${tokenOf("a")}`);
    assert.equal(
      [stream.status, stream.headers.get("content-type")],
      [200, "text/event-stream; charset=utf-8"],
    );
    await stream.body?.cancel();
    assert.is(server.metrics.refused.auth, 4);
  });
});

test("the hook is told as at an upgrade; one that hangs or throws lets nobody in", async () => {
  const asked: AuthRequest[] = [];
  const server = await guarded({
    authTimeoutMs: 20,
    auth: (request: AuthRequest) => {
      asked.push(request);
      if (request.params["mode"] === "throw") throw new Error("no database");
      return request.params["mode"] === "hang" ? new Promise<boolean>(() => {}) : true;
    },
  });
  await withServer(server, async () => {
    const outputs = `${server.url.replace("ws", "http")}/outputs?webrtc_id=a`;
    assert.is((await fetch(`${outputs}&mode=throw`)).status, 500);
    assert.is((await fetch(`${outputs}&mode=hang&token=t`)).status, 503);
    const { path, token, params, signal } = asked[1]!;
    assert.equal(
      [path, token, params, signal.aborted],
      ["/outputs", "t", { webrtc_id: "a", mode: "hang" }, true],
    );
  });
});

test("without a hook whoever knows the id may; a page that is let in may send its token", async () => {
  const server = await guarded({ auth: undefined, allowOrigin: "https://app.example" });
  await withServer(server, async () => {
    const base = server.url.replace("ws", "http");
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    await client.sync();
    assert.is((await post(base, { webrtc_id: "a", input: [1] })).status, 200);
    const headers = { origin: "https://app.example" };
    const asked = await fetch(`${base}/input_hook`, { method: "OPTIONS", headers });
    assert.match(asked.headers.get("access-control-allow-headers") ?? "", "authorization");
  });
});

test.run();
