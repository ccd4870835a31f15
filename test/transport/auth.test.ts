/** Who may connect: the hook before the upgrade, and the tokens it is mostly used for. */
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import {
  type AuthHook,
  type AuthRequest,
  createToken,
  EchoHandler,
  type Logger,
  serve,
  tokenAuth,
  VirtualClock,
} from "../../src/server.ts";
import type { ListenOptions } from "../../src/transport/listen-options.ts";
import type { ServerSettings } from "../../src/transport/server-options.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const secret = "a secret of more than sixteen bytes";

/** A server with a hook, and all that it logs. */
async function guarded(auth: AuthHook, options: Partial<ServerSettings & ListenOptions> = {}) {
  const lines: string[] = [];
  const write = (message: string, facts?: object): void => {
    lines.push(
      `${message} ${JSON.stringify(facts, (_, value) => (value instanceof Error ? value.stack : value))}`,
    );
  };
  const logger: Logger = { info: write, warn: write, error: write };
  const server = await serve({ port: 0, handler: EchoHandler, logger, auth, ...options });
  return { server, lines, route: `${server.url}/websocket/offer` };
}

test("a token is taken from the header, the subprotocol and the query", async () => {
  const { server, route, lines } = await guarded(tokenAuth(secret));
  await withServer(server, async () => {
    const token = createToken({ secret, id: "a", params: { user: "ada" } });
    const { status, text } = await refusal(route);
    assert.is(status, 401);
    assert.match(text, "token");

    const inQuery = await RawClient.open(`${server.url}?token=${token}&room=blue&user=eve`);
    inQuery.send({ event: "start", websocket_id: "a", params: { user: "mallory" } });
    await inQuery.sync();
    assert.equal({ ...server.sessions.get("a")?.params }, { room: "blue", user: "ada" });
    await inQuery.leave();

    const inHeader = await RawClient.open(server.url, { headers: { authorization: `bearer ${token}` } });
    await inHeader.leave();

    const socket = new WebSocket(route, [`voxwire.token.${token}`]);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    assert.is(socket.protocol, `voxwire.token.${token}`, "a browser gives up where none is chosen");
    socket.terminate();
    assert.is(server.metrics.refused.auth, 1);
    assert.not(lines.join().includes(token), "no token in the log");
    assert.not(lines.join().includes(secret), "no secret in the log");
  });
});

test("a token that is expired, changed or another server's is refused, and says which", async () => {
  const { server, route } = await guarded(tokenAuth([secret]));
  await withServer(server, async () => {
    const expired = createToken({ secret, ttlMs: 1000, nowMs: Date.now() - 2000 });
    const foreign = createToken({ secret: "the secret of somebody else entirely" });
    for (const [token, word] of [
      [expired, "expired"],
      [foreign, "not one of this server's"],
      ["rubbish", "cannot be read"],
    ] as const) {
      const { status, text } = await refusal(`${route}?token=${token}`);
      assert.is(status, 401);
      assert.match(text, word);
    }
  });
});

test("a token that is bound to an id opens no session of another", async () => {
  const { server } = await guarded(tokenAuth(secret));
  await withServer(server, async () => {
    const url = `${server.url}?token=${createToken({ secret, id: "a" })}`;
    const wrong = await RawClient.open(url);
    wrong.send({ event: "start", websocket_id: "b" });
    await wrong.nextError("ERR_AUTH");
    assert.is((await wrong.closed).code, 4401);
    assert.is(server.metrics.refused.auth, 1);
    const nameless = await RawClient.open(url);
    nameless.send({ event: "start" });
    await nameless.sync();
    assert.equal([...server.sessions.keys()], ["a"]);
  });
});

test("a hook may take its time, say yes, no, and why; without a word it is a plain no", async () => {
  const answers: Record<string, Awaited<ReturnType<AuthHook>>> = {
    yes: true,
    granted: { id: "x" },
    no: false,
    why: { refused: "Only on Sundays." },
  };
  const seen: AuthRequest[] = [];
  const { server, route } = await guarded(async (request) => {
    seen.push(request);
    await Promise.resolve();
    return answers[request.token ?? ""] ?? (undefined as never);
  });
  await withServer(server, async () => {
    for (const token of ["yes", "granted"])
      await (await RawClient.open(`${server.url}?token=${token}`)).leave();
    assert.match((await refusal(`${route}?token=no`)).text, /^Not authorised\. Send a token/);
    assert.is((await refusal(`${route}?token=why`)).text, "Only on Sundays.\n");
    assert.is((await refusal(`${route}?token=other&room=blue`)).status, 401);
    const last = seen.at(-1);
    assert.is(last?.path, "/websocket/offer");
    assert.is(last?.remoteAddress, "127.0.0.1");
    assert.equal({ ...last?.params }, { room: "blue" }, "the token is no parameter");
    assert.ok(last?.signal.aborted);
  });
});

test("a hook that throws, or rejects, refuses its client and nobody else", async () => {
  const { server, route, lines } = await guarded(({ token }) => {
    if (token === "throw") throw new Error("the database is away");
    if (token === "reject") return Promise.reject(new Error("the database is away"));
    return true;
  });
  await withServer(server, async () => {
    for (const token of ["throw", "reject"]) {
      const { status, text } = await refusal(`${route}?token=${token}`);
      assert.is(status, 500);
      assert.not(text.includes("database"), "what is inside stays inside");
    }
    assert.is(lines.filter((line) => line.includes("database")).length, 2);
    await (await RawClient.open(server.url)).leave();
  });
});

test("a hook that never answers is waited for so long and no longer", async () => {
  const clock = new VirtualClock();
  const signals: AbortSignal[] = [];
  let asked = (): void => {};
  const { server, route } = await guarded(
    ({ signal }) => {
      signals.push(signal);
      asked();
      return new Promise(() => {});
    },
    { clock, authTimeoutMs: 3000 },
  );
  await withServer(server, async () => {
    const called = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const refused = refusal(route);
    await called;
    assert.not(signals[0]?.aborted);
    await clock.advanceBy(3000);
    assert.is((await refused).status, 503);
    assert.ok(signals[0]?.aborted);
  });
});

test("a client that leaves while its authorisation is under way leaves nothing behind", async () => {
  let onCalled = (): void => {};
  let onAborted = (): void => {};
  const called = new Promise<void>((resolve) => {
    onCalled = resolve;
  });
  const aborted = new Promise<void>((resolve) => {
    onAborted = resolve;
  });
  let answer = (_: boolean): void => {};
  const { server } = await guarded(({ token, signal }) => {
    if (token !== "slow") return true;
    signal.addEventListener("abort", onAborted);
    onCalled();
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  await withServer(server, async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      "GET /websocket/offer?token=slow HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await called;
    socket.resetAndDestroy();
    await aborted;
    answer(true);
    await (await RawClient.open(server.url)).leave();
    assert.is(server.metrics.connectionsOpened, 1);
  });
});

test("a server that closes waits for no hook", async () => {
  let asked = (): void => {};
  const called = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { server, route } = await guarded(() => {
    asked();
    return new Promise(() => {});
  });
  const refused = refusal(route);
  await called;
  await server.close();
  assert.is((await refused).status, 503);
});

test.run();
