import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler } from "../../src/server.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const misuse = suite("what a page may not do");
const browser = await openBrowser();
misuse.after(() => browser.close());

/** Calls with the library, a server's address, an open speaker and a closed one of each; and what they are refused with. */
const CALLS: readonly (readonly [call: string, code: string, message: RegExp])[] = [
  ["microphone({ from: new MediaStream() })", "ERR_CONFIG", /^from is .*MediaStream; expected an AudioNode/],
  ["microphone({ from: {} })", "ERR_CONFIG", /^from is .*Object; expected an AudioNode/],
  ["speaker({ volume: 5 })", "ERR_CONFIG", /^volume is 5; expected a number from 0 to 1/],
  ["sink.volume = Number.NaN", "ERR_CONFIG", /^volume is NaN/],
  ["speaker({ deviceId: 'none such' })", "ERR_BROWSER", /"none such"/],
  ["microphone({ deviceId: 'none such' })", "ERR_MICROPHONE_MISSING", /as asked for/],
  ["sink.use('none such')", "ERR_BROWSER", /"none such"/],
  ["connect(url, { source: {} })", "ERR_CONFIG", /^source is a value of type Object; expected .*microphone/],
  ["connect(url, { source: null })", "ERR_CONFIG", /^source is null/],
  ["connect(url, { sink: 'x' })", "ERR_CONFIG", /^sink is "x"; expected .*speaker/],
  ["connect(url, { source: closed.source })", "ERR_CONFIG", /^source is "closed"/],
  ["connect(url, { sink: closed.sink })", "ERR_CONFIG", /^sink is "closed"/],
  ["connect(url, { isShared: 'yes' })", "ERR_CONFIG", /^isShared is "yes"/],
  ["connect(url, { codecs: {} })", "ERR_CONFIG", /^codecs cannot be given/],
  ["connect(url, { marginMs: -1 })", "ERR_CONFIG", /^marginMs is -1/],
  ["connect(url, { params: { a: () => {} } })", "ERR_CONFIG", /^options/],
  ["connect(url, { format: { input: { encoding: 'xx' } } })", "ERR_CONFIG", /"xx"/],
  ["connect(url, { protocol: 'twilio' })", "ERR_CONFIG", /twilio/],
  ["closed.sink.resume()", "ERR_DISPOSED", /^This speaker is closed/],
  ["closed.sink.use('')", "ERR_DISPOSED", /^This speaker is closed/],
  ["closed.source.use(undefined)", "ERR_DISPOSED", /^This microphone is closed/],
];

misuse("each mistake is an error at once, with a code and what to do", async () => {
  const { page, voice, complaints, close } = await setUpCall(browser, EchoHandler, { isolated: true });
  const told = await page.evaluate(
    async ([url, calls]) => {
      const library = "/dist/browser.js";
      const { connect, microphone, speaker } = await import(library);
      const [sink, closed] = [await speaker(), { source: await microphone(), sink: await speaker() }];
      closed.source.close();
      closed.sink.close();
      const scope = { connect, microphone, speaker, url, sink, closed };
      const results: (readonly [code: unknown, message: string, hint: number])[] = [];
      for (const call of calls) {
        try {
          await new Function(...Object.keys(scope), `return ${call}`)(...Object.values(scope));
          results.push(["none", "", 0]);
        } catch (error) {
          const { code, message, hint } = error as { code: unknown; message: string; hint?: string };
          results.push([code, message, hint?.length ?? 0]);
        }
      }
      sink.close();
      return results;
    },
    [voice.url, CALLS.map(([call]) => call)] as const,
  );
  for (const [i, [call, code, message]] of CALLS.entries()) {
    const [gotCode, gotMessage, hintLength] = told[i]!;
    assert.is(gotCode, code, `${call}: ${gotCode} ${gotMessage}`);
    assert.match(gotMessage, message);
    assert.ok(hintLength >= 20, `${call} has a hint of ${hintLength} characters`);
  }
  while (page.workers().length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.is(voice.sessions.size, 0);
  assert.equal(complaints, []);
  await close();
});

misuse("memory is shared only in a page that is isolated: elsewhere asking for it is an error", async () => {
  const { page, voice, close } = await setUpCall(browser, EchoHandler, { isolated: false });
  const code = await page.evaluate(async (url) => {
    const library = "/dist/browser.js";
    const { connect } = await import(library);
    const error = await connect(url, { isShared: true }).catch((cause: unknown) => cause);
    return error.code;
  }, voice.url);
  assert.is(code, "ERR_CONFIG");
  await close();
});

misuse("a worker or worklet that cannot be loaded is ERR_WORKER, and says which file to serve", async () => {
  const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws:";
  const blobScripts = `${strict}; worker-src 'self'`.replace("'self'", "'self' blob:");
  for (const [policy, options, hint] of [
    [undefined, { workerUrl: "/none.js" }, /voxwire\/worker\.js/],
    [undefined, { workletUrl: "/none.js" }, /voxwire\/worklet\.js/],
    [strict, {}, /worklet\.js yourself/],
    [strict, { workletUrl: "/dist/worklet.js" }, /worker\.js yourself/],
    [blobScripts, {}, /worker\.js yourself/],
  ] as const) {
    const setup = { isolated: true, ...(policy !== undefined && { policy }) };
    const { page, voice, close } = await setUpCall(browser, EchoHandler, setup);
    const told = await page.evaluate(
      async ([url, options]) => {
        const library = "/dist/browser.js";
        const { connect, speaker } = await import(library);
        const sink = await speaker();
        const error = await connect(url, { sink, ...options }).catch((cause: unknown) => cause);
        sink.close();
        return { code: error.code, hint: error.hint };
      },
      [voice.url, options] as const,
    );
    assert.is(told.code, "ERR_WORKER");
    assert.match(told.hint, hint);
    while (page.workers().length > 0) await new Promise((resolve) => setImmediate(resolve));
    await close();
  }
});

misuse("a policy that does not name the server is told at once, with what to add to it", async () => {
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; connect-src 'self'";
  const { page, voice, close } = await setUpCall(browser, EchoHandler, { isolated: true, policy });
  for (const options of [{}, { workerUrl: "/dist/worker.js" }]) {
    const told = await page.evaluate(
      async ([url, options]) => {
        const library = "/dist/browser.js";
        const { connect } = await import(library);
        const error = await connect(url, { ...options, connectTimeoutMs: 60_000 }).catch(
          (cause: unknown) => cause,
        );
        return { code: error.code, message: error.message, hint: error.hint };
      },
      [voice.url, options] as const,
    );
    assert.is(told.code, "ERR_CONNECT");
    assert.match(told.message, /Content-Security-Policy forbids a connection to ws:/);
    assert.match(told.hint, /^Add ws:\/\/.* to its connect-src/);
  }
  while (page.workers().length > 0) await new Promise((resolve) => setImmediate(resolve));
  await close();
});

misuse.run();
