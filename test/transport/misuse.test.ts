/** What a server says to the person who writes it: wrong names, wrong kinds, nothing at all. Never a bare TypeError. */
import { createServer } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  attach,
  createToken,
  EchoHandler,
  type RunningServer,
  serve,
  silentLogger,
  VoxwireError,
  verifyToken,
} from "../../src/server.ts";

const base = { port: 0, handler: EchoHandler, logger: silentLogger };
const secret = "sixteen bytes and more";

/** What `call` throws or rejects with; a server that starts all the same is closed. */
async function refusalOf(call: () => unknown): Promise<VoxwireError> {
  let made: unknown;
  try {
    made = await call();
  } catch (error) {
    assert.instance(error, VoxwireError, String(error));
    const refusal = error as VoxwireError;
    assert.ok(refusal.message.length > 0 && refusal.hint.length > 0, "message and hint");
    return refusal;
  }
  await (made as Partial<RunningServer> | undefined)?.close?.();
  return assert.unreachable("nothing was refused") as never;
}

// biome-ignore lint/suspicious/noExplicitAny: what plain JavaScript can write
const anything = (value: unknown) => value as any;

test("an option of serve that is misspelt, at whatever depth, is refused with the right name", async () => {
  const cases: readonly (readonly [options: object, said: RegExp, hint: RegExp])[] = [
    [{ maxSesions: 5 }, /serve\(\) has no option "maxSesions"/, /maxSessions\?/],
    [{ Host: "0.0.0.0" }, /"Host"/, /host\?/],
    [{ limits: { maxInputMS: 100 } }, /limits has no option "maxInputMS"/, /maxInputMs\?/],
    [{ maxInputMs: 100 }, /serve\(\) has no option "maxInputMs"/, /limits: \{ maxInputMs \}/],
    [{ limits: { maxSessions: 1 } }, /limits has no option "maxSessions"/, /beside limits/],
    [{ twilio: { authtoken: "x" } }, /twilio has no option "authtoken"/, /authToken\?/],
    [{ metrics: { prot: 1 } }, /metrics has no option "prot"/, /port\?/],
    [{ recording: { dir: "x", concent: () => true } }, /recording has no option "concent"/, /consent\?/],
    [{ tls: { certificate: "x", key: "y" } }, /tls has no option "certificate"/, /cert/],
    [{ jitter: { maxDelay: 100 } }, /jitter has no option "maxDelay"/, /maxDelayMs\?/],
    [{ workers: { counts: 2 } }, /workers has no option "counts"/, /count\?/],
    [
      { handler: undefined, handlers: { "/a": { handler: EchoHandler, inputrate: 8000 } } },
      /handlers\["\/a"\] has no option "inputrate"/,
      /inputRate\?/,
    ],
    [
      { handler: undefined, handlers: { "/a": { handler: EchoHandler, maxSessions: 8 } } },
      /handlers\["\/a"\] has no option "maxSessions"/,
      /whole server/,
    ],
  ];
  for (const [options, said, hint] of cases) {
    const refusal = await refusalOf(() => serve(anything({ ...base, ...options })));
    assert.is(refusal.code, "ERR_CONFIG");
    assert.match(refusal.message, said);
    assert.match(refusal.hint, hint);
  }
});

test("attach takes no options of serve's port, and nothing but an HTTP server", async () => {
  const http = createServer();
  for (const name of ["port", "host", "tls", "playground"]) {
    const refusal = await refusalOf(() => attach(http, anything({ handler: EchoHandler, [name]: 1 })));
    assert.match(refusal.message, `attach() has no option "${name}"`);
    assert.match(refusal.hint, /HTTP server is yours/);
  }
  for (const given of [null, undefined, 5, "http", {}, () => {}]) {
    const refusal = await refusalOf(() => attach(anything(given), { handler: EchoHandler }));
    assert.match(refusal.message, /attach\(\) was given/);
  }
  assert.is(http.listenerCount("upgrade"), 0);
});

test("options that are no options are refused in words", async () => {
  for (const given of [undefined, null, 5, "x", true, [], () => {}, Symbol("x")]) {
    assert.is((await refusalOf(() => serve(anything(given)))).code, "ERR_CONFIG");
    assert.is((await refusalOf(() => attach(createServer(), anything(given)))).code, "ERR_CONFIG");
    assert.is((await refusalOf(() => createToken(anything(given)))).code, "ERR_CONFIG");
    assert.is((await refusalOf(() => verifyToken("x", anything(given)))).code, "ERR_CONFIG");
  }
});

test("an option of the wrong kind is refused in words, whatever kind it is", async () => {
  const names = [
    ..."port host tls handler handlers workers inputRate outputRate frameMs jitter sampleFormat path".split(
      " ",
    ),
    ..."limits codecs auth trustProxy twilio allowOrigin network recording metrics logger clock dsp".split(
      " ",
    ),
    ..."onSession onEnd maxMessageBytes maxSessions heartbeatMs idleTimeoutMs timeLimitMs".split(" "),
  ];
  for (const name of names) {
    for (const value of [null, Number.NaN, -1, "nonsense", Symbol("x"), 1n, { toString: null }]) {
      if (name === "jitter" && value === null) continue;
      let server: RunningServer | undefined;
      try {
        server = await serve(anything({ ...base, [name]: value }));
      } catch (error) {
        assert.instance(error, VoxwireError, `${name}: ${typeof value}: ${(error as Error).stack}`);
      }
      await server?.close();
    }
  }
});

test("close takes drainMs, and whatever a signal's listener is called with", async () => {
  const server = await serve(base);
  assert.match((await refusalOf(() => server.close(anything({ drainms: 5 })))).hint, /drainMs\?/);
  await server.close(anything("SIGTERM"));
});

test("tokens are made of text", async () => {
  assert.match((await refusalOf(() => createToken(anything({ secret, idd: "a" })))).hint, /id\?/);
  assert.match((await refusalOf(() => createToken({ secret, id: anything(5) }))).message, /id is 5/);
  assert.match(
    (await refusalOf(() => createToken({ secret, params: anything({ a: 5 }) }))).message,
    /params\.a/,
  );
  assert.equal(verifyToken(anything(5), { secret }), { isValid: false, reason: "malformed" });
});

test.run();
