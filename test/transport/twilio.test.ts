/** Telephone calls, end to end: the simulator calls a server. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { loadDspSync } from "../../src/index.ts";
import {
  ConfigError,
  createToken,
  EchoHandler,
  type GeneratorSession,
  type ServeOptions,
  serve,
  silentLogger,
  tokenAuth,
} from "../../src/server.ts";
import { callTwilio, TwilioLine } from "../../src/testing.ts";
import { twilioSignature } from "../../src/transport/twilio-signature.ts";
import { sameSamples, sine } from "../samples.ts";
import { Journal, ProbeHandler } from "./probe-handler.ts";
import { withServer } from "./raw-client.ts";

const dsp = loadDspSync();
const TOKEN = "0123456789abcdef0123456789abcdef";
const SPEECH = { samples: sine(2400, 440, 8000), sampleRate: 8000 };

function serveCalls(options: Partial<ServeOptions & { handlers?: undefined }> = {}) {
  return serve({ port: 0, handler: EchoHandler, logger: silentLogger, ...options });
}

const http = (url: string) => url.replace("ws:", "http:");

test("a call: asked for, connected, echoed sample for sample, hung up", async () => {
  const ends: string[] = [];
  const server = await serveCalls({
    path: "/v1",
    twilio: { parameters: (call) => ({ caller: call.From ?? "", odd: `<&"'>\n${call.To}` }) },
    onSession: ({ params, format }) => {
      ends.push(
        `${params.caller} ${params.odd} ${params.callSid?.slice(0, 2)} ${params.streamSid?.slice(0, 2)}`,
      );
      assert.is(format.input.sample_rate, 8000);
    },
    onEnd: (_, reason) => ends.push(reason.kind),
  });
  await withServer(server, async () => {
    const call = await callTwilio({
      url: `${http(server.url)}/telephone/incoming`,
      audio: SPEECH,
      from: "+15551",
      to: "+15552",
      tailMs: 400,
    });
    assert.equal(call.faults, []);
    const said = dsp.mulaw.decode(dsp.mulaw.encode(dsp.pcm.floatToInt16(SPEECH.samples)));
    sameSamples(call.played.subarray(0, 2400), said);
    assert.is(call.endedBy, "caller");
    assert.is(call.closeCode, 1000);
  });
  assert.equal(ends, ["+15551 <&\"'>\n+15552 CA MZ", "client-left"]);
});

test("with a token: a signed call is let in, by either of two tokens; another is not, and is counted", async () => {
  const lines: string[] = [];
  const logger = { ...silentLogger, warn: (line: string) => lines.push(line) };
  const server = await serveCalls({ twilio: { authToken: ["new", TOKEN] }, logger });
  await withServer(server, async () => {
    const url = `${http(server.url)}/telephone/incoming`;
    const call = await callTwilio({ url, authToken: TOKEN, tailMs: 40 });
    assert.is(call.closeCode, 1000);
    for (const authToken of [undefined, "wrong"]) {
      try {
        await callTwilio({ url, ...(authToken !== undefined && { authToken }) });
        assert.unreachable("refused");
      } catch (error) {
        assert.match((error as Error).message, /403.*X-Twilio-Signature/);
      }
      try {
        const stream = server.url + "/telephone/handler";
        await callTwilio({ url: stream, ...(authToken !== undefined && { authToken }) });
        assert.unreachable("refused");
      } catch (error) {
        assert.match((error as Error).message, "403");
      }
    }
    assert.is(server.metrics.refused.signature, 4);
    assert.is(lines.filter((line) => line.includes("signature")).length, 1, "strangers do not fill the log");
    assert.is(server.metrics.sessionsOpened, 1);
  });
});

test("a signature stands in for the authorisation that others need", async () => {
  const auth = tokenAuth("a secret of at least thirty-two bytes, for tests");
  await withServer(await serveCalls({ auth, twilio: { authToken: TOKEN } }), async (server) => {
    const call = await callTwilio({
      url: `${http(server.url)}/telephone/incoming`,
      authToken: TOKEN,
      tailMs: 40,
    });
    assert.is(call.closeCode, 1000);
  });
  await withServer(await serveCalls({ auth }), async (server) => {
    try {
      await callTwilio({ url: `${server.url}/telephone/handler` });
      assert.unreachable("refused");
    } catch (error) {
      assert.match((error as Error).message, "401");
    }
    // no TwiML either for a stream that would be refused; who may connect may ask
    const asked = (headers = {}) =>
      fetch(`${http(server.url)}/telephone/incoming`, { method: "POST", body: "CallSid=CA1", headers });
    const refused = await asked();
    assert.equal([refused.status, refused.headers.get("voxwire-error")], [401, "ERR_AUTH"]);
    assert.match(await refused.text(), "twilio.authToken");
    const token = createToken({ secret: "a secret of at least thirty-two bytes, for tests" });
    assert.is((await asked({ authorization: `Bearer ${token}` })).status, 200);
  });
});

test("behind a proxy the signature is over the URL that Twilio called: forwarded, or configured", async () => {
  const outer = "voice.example.org";
  const body = new URLSearchParams({ CallSid: "CA1", From: "+1" });
  const ask = async (server: { url: string }, url: string, headers: Record<string, string>) => {
    const signature = twilioSignature(TOKEN, url, body);
    const response = await fetch(`${http(server.url)}/telephone/incoming`, {
      method: "POST",
      body,
      headers: { "x-twilio-signature": signature, ...headers },
    });
    return { status: response.status, text: await response.text() };
  };
  const forwarded = { "x-forwarded-host": outer, "x-forwarded-proto": "https" };
  const url = `https://${outer}/telephone/incoming`;
  await withServer(
    await serveCalls({ trustProxy: "loopback", twilio: { authToken: TOKEN } }),
    async (server) => {
      const { status, text } = await ask(server, url, forwarded);
      assert.is(status, 200);
      assert.match(text, `<Stream url="wss://${outer}/telephone/handler">`);
      assert.is((await ask(server, `https://${outer}:443/telephone/incoming`, forwarded)).status, 200);
      assert.is((await ask(server, `https://${outer}/telephone/incoming2`, forwarded)).status, 403);
    },
  );
  await withServer(await serveCalls({ twilio: { authToken: TOKEN } }), async (server) => {
    assert.is((await ask(server, url, forwarded)).status, 403, "a proxy that is not trusted");
  });
  const publicUrl = `https://${outer}/pre/`;
  await withServer(await serveCalls({ twilio: { authToken: TOKEN, publicUrl } }), async (server) => {
    const { status, text } = await ask(server, `https://${outer}/pre/telephone/incoming`, {});
    assert.is(status, 200);
    assert.match(text, `<Stream url="wss://${outer}/pre/telephone/handler">`);
    assert.is((await ask(server, url, {})).status, 403);
  });
});

test("TwiML: the port is kept, GET will do, the type is XML; other methods and huge forms are refused", async () => {
  const server = await serveCalls({ twilio: { incomingPath: "/in" } });
  await withServer(server, async () => {
    const url = `${http(server.url)}/in`;
    const answer = await fetch(`${url}?CallSid=CA1`);
    assert.is(answer.headers.get("content-type"), "application/xml; charset=utf-8");
    const { host } = new URL(url);
    assert.match(
      await answer.text(),
      `<Response><Connect><Stream url="wss://${host}/telephone/handler"></Stream></Connect></Response>`,
    );
    assert.is((await fetch(url, { method: "PUT" })).status, 405);
    assert.is((await fetch(url, { method: "POST", body: "x".repeat(70_000) })).status, 413);
    assert.is((await fetch(`${http(server.url)}/telephone/incoming`)).status, 404);
  });
  const failing = await serveCalls({ twilio: { parameters: () => Promise.reject(new Error("no")) } });
  await withServer(failing, async () => {
    assert.is((await fetch(`${http(failing.url)}/telephone/incoming`)).status, 500);
  });
});

test("keys reach the handler, marks come back once and in order, and a clear drops what was not heard", async () => {
  const journal = new Journal();
  async function* menu(session: GeneratorSession): AsyncGenerator<Int16Array> {
    session.on("dtmf", (digit) => journal.add(`key ${digit}`));
    session.on("mark", (name) => journal.add(`mark ${name}`));
    session.on("cleared", (playedMs) => journal.add(`cleared after ${Math.round(playedMs / 100)}00 ms`));
    // all at once, as a speech synthesiser gives it
    session.send(dsp.pcm.floatToInt16(sine(80_000, 300, 8000)), 8000);
    session.mark("greeting");
    for await (const _ of session) {
      if (journal.count("key 5") === 0) continue;
      session.clear();
      session.mark("interrupted");
      yield dsp.pcm.floatToInt16(sine(800, 600, 8000));
      session.mark("answer");
      await journal.has("mark answer");
      return;
    }
  }
  const server = await serveCalls({ handler: menu, inputRate: 8000, outputRate: 8000 });
  await withServer(server, async () => {
    const call = await callTwilio({
      url: `${server.url}/telephone/handler`,
      keys: [{ digit: "5", atMs: 300 }],
      tailMs: 20_000,
    });
    assert.equal(call.faults, []);
    assert.is(call.endedBy, "server", "the handler came to its end");
    assert.equal(
      call.marks.map(({ name }) => name),
      ["greeting", "interrupted", "answer"],
    );
    assert.equal(
      journal.entries.filter((entry) => entry.startsWith("mark")),
      ["mark greeting", "mark interrupted", "mark answer"],
    );
    assert.is(call.clears.length, 1);
    assert.ok(journal.entries.some((entry) => entry.startsWith("cleared after")));
    assert.ok(call.played.length < 80_000, "the greeting was cut short");
  });
});

/** A line over a socket, in the hands of the test. */
async function openLine(url: string, parameters: Record<string, string> = {}) {
  const socket = new WebSocket(`${url}/telephone/handler`);
  const line = new TwilioLine({ send: (text) => socket.send(text), parameters });
  const texts: string[] = [];
  socket.on("message", (data) => texts.push(String(data)));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await new Promise((resolve) => socket.once("open", resolve));
  return { socket, line, texts, closed };
}

test("what is wrong or unknown is counted, unanswered, and the call goes on", async () => {
  const journal = new Journal();
  const server = await serveCalls({ handler: new ProbeHandler(journal) });
  await withServer(server, async () => {
    const { socket, line, texts, closed } = await openLine(server.url);
    line.connect();
    const { streamSid } = line;
    for (let i = 0; i < 150; i++) socket.send("{");
    socket.send(Buffer.from([1, 2, 3]), { binary: true });
    socket.send(JSON.stringify({ event: "future", streamSid }));
    socket.send(JSON.stringify({ event: "media", streamSid, media: { payload: "!" } }));
    socket.send(JSON.stringify({ event: "dtmf", streamSid, dtmf: { digit: "55" } }));
    socket.send(JSON.stringify({ event: "mark", streamSid, mark: { name: "never asked for" } }));
    socket.send(JSON.stringify({ event: "media", streamSid, media: { track: "outbound", payload: "AAAA" } }));
    await line.say(new Int16Array(160));
    await journal.has(`receive ${streamSid}`);
    assert.is(server.metrics.badMessages, 153);
    assert.is(server.metrics.unknownMessages, 1);
    assert.equal(texts, []);
    line.hangUp();
    assert.is((await closed).code, 1000);
  });
});

test("a call whose format is another is refused with a sentence that says what would do", async () => {
  await withServer(await serveCalls(), async (server) => {
    for (const mediaFormat of [
      { encoding: "audio/l16", sampleRate: 8000, channels: 1 },
      { encoding: "audio/x-mulaw", sampleRate: 16000, channels: 1 },
      { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 2 },
    ]) {
      const { socket, closed } = await openLine(server.url);
      const start = { streamSid: "MZ1", callSid: "CA1", mediaFormat };
      socket.send(JSON.stringify({ event: "start", sequenceNumber: "1", streamSid: "MZ1", start }));
      const { code, reason } = await closed;
      assert.is(code, 1003);
      assert.match(reason, "audio/x-mulaw, 8000 Hz, 1 channel");
    }
    assert.is(server.metrics.refused.format, 3);
  });
});

test("custom parameters cannot give a call another's name", async () => {
  let tell = (_: Readonly<Record<string, string>>): void => {};
  const told = new Promise<Readonly<Record<string, string>>>((resolve) => {
    tell = resolve;
  });
  await withServer(await serveCalls({ onSession: ({ params }) => tell(params) }), async (server) => {
    const { line } = await openLine(server.url, { callSid: "CAforged", streamSid: "MZforged", own: "kept" });
    line.connect();
    const { callSid, streamSid, accountSid } = line;
    assert.equal({ ...(await told) }, { own: "kept", callSid, streamSid, accountSid });
    line.hangUp();
  });
});

test("options that are wrong are refused by name", async () => {
  for (const [twilio, name] of [
    [{ authToken: "" }, "twilio.authToken"],
    [{ authToken: [5] }, "twilio.authToken"],
    [{ publicUrl: "voice.example.org" }, "twilio.publicUrl"],
    [{ incomingPath: "in" }, "twilio.incomingPath"],
    [{ parameters: {} }, "twilio.parameters"],
  ] as const) {
    try {
      // @ts-expect-error: wrong by type too
      const server = await serveCalls({ twilio });
      await server.close();
      assert.unreachable(name);
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.match((error as ConfigError).message, name);
    }
  }
});

test.run();
