import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, type RunningServer, type ServeOptions, serve, silentLogger } from "../../src/server.ts";
import { WIRE_ENCODINGS } from "../../src/transport/protocol/fastrtc-shapes.ts";

const html = { accept: "text/html,application/xhtml+xml" };

async function withPlayground(
  options: Partial<ServeOptions>,
  run: (base: string, server: RunningServer) => Promise<void>,
): Promise<void> {
  const quiet = { port: 0, handler: EchoHandler, logger: silentLogger, playground: true };
  const server = await serve({ ...quiet, ...options } as ServeOptions);
  try {
    await run(`http://127.0.0.1:${server.port}`, server);
  } finally {
    await server.close({ drainMs: 0 });
  }
}

/** What the page loads: addresses below it. */
function addressesIn(page: string): string[] {
  return Array.from(page.matchAll(/(?:href|src)="([^"#]+)"/g), ([, address]) => address!);
}

test("browsers get the page, others the plain list of routes", async () => {
  await withPlayground({}, async (base) => {
    const page = await fetch(base, { headers: html });
    assert.match(page.headers.get("content-type") ?? "", "text/html");
    assert.match(await page.text(), "<title>Voxwire playground</title>");
    const plain = await fetch(base);
    assert.match(plain.headers.get("content-type") ?? "", "text/plain");
    assert.match(await plain.text(), "/websocket/offer");
  });
});

test("without playground there is none", async () => {
  await withPlayground({ playground: false }, async (base) => {
    const page = await fetch(base, { headers: html });
    assert.match(page.headers.get("content-type") ?? "", "text/plain");
    assert.is((await fetch(`${base}/playground/info.json`)).status, 404);
  });
});

test("everything the page loads is there, isolated, under a strict policy, kept for ever", async () => {
  await withPlayground({}, async (base) => {
    const answer = await fetch(`${base}/`, { headers: html });
    const page = await answer.text();
    const addresses = addressesIn(page);
    assert.ok(addresses.length >= 3, addresses.join());
    const folder = addresses[0]!.slice(0, addresses[0]!.lastIndexOf("/"));
    for (const name of ["client-worker.js", "worklet.js", "speech.wav"]) addresses.push(`${folder}/${name}`);
    for (const address of addresses) {
      assert.not.match(address, /^[a-z]+:|^\//, "an address below the page");
      const file = await fetch(`${base}/${address}`);
      assert.is(file.status, 200, address);
      assert.match(file.headers.get("cache-control") ?? "", "immutable");
      assert.ok((await file.arrayBuffer()).byteLength > 100);
      for (const { headers } of [answer, file]) {
        assert.is(headers.get("cross-origin-opener-policy"), "same-origin");
        assert.is(headers.get("cross-origin-embedder-policy"), "require-corp");
        assert.is(headers.get("x-content-type-options"), "nosniff");
        const policy = headers.get("content-security-policy") ?? "";
        assert.match(policy, "default-src 'none'");
        assert.match(policy, "script-src 'self' 'wasm-unsafe-eval';");
        assert.not.match(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
      }
    }
  });
});

test("an unchanged page is not sent twice, and a file of an older page is answered with today's", async () => {
  await withPlayground({}, async (base) => {
    const first = await fetch(`${base}/`, { headers: html });
    assert.is(first.headers.get("cache-control"), "no-cache");
    const etag = first.headers.get("etag") ?? "";
    await first.text();
    const again = await fetch(`${base}/`, { headers: { ...html, "if-none-match": etag } });
    assert.is(again.status, 304);
    const old = await fetch(`${base}/playground/0123456789abcdef/app.js`);
    assert.is(old.status, 200);
    assert.is(old.headers.get("cache-control"), "no-cache");
    await old.arrayBuffer();
    for (const name of ["package.json", "..%2fapp.js", "constructor"]) {
      assert.is((await fetch(`${base}/playground/0123456789abcdef/${name}`)).status, 404, name);
    }
  });
});

test("text is compressed for those who take it, and is the same", async () => {
  await withPlayground({}, async (base) => {
    const address = `${base}/playground/0123456789abcdef/app.js`;
    const plain = await fetch(address, { headers: { "accept-encoding": "identity" } });
    const zipped = await fetch(address, { headers: { "accept-encoding": "gzip" } });
    assert.is(plain.headers.get("content-encoding"), null);
    assert.is(zipped.headers.get("content-encoding"), "gzip");
    assert.is(await zipped.text(), await plain.text());
    const head = await fetch(address, { method: "HEAD" });
    assert.is(head.status, 200);
    assert.is(await head.text(), "");
  });
});

test("the page is below the server's path too, and is told of handlers as seen from there", async () => {
  const handlers = { "/echo": EchoHandler, "/other": { handler: new EchoHandler(), inputRate: 16000 } };
  const options = { path: "/voice", handler: undefined, handlers, inputRate: 16000, frameMs: 40 };
  await withPlayground(options as Partial<ServeOptions>, async (base) => {
    const moved = await fetch(`${base}/voice`, { headers: html, redirect: "manual" });
    assert.is(moved.status, 307);
    assert.is(new URL(moved.headers.get("location") ?? "", `${base}/voice`).pathname, "/voice/");
    const page = await fetch(`${base}/voice/`, { headers: html });
    assert.is(page.status, 200);
    for (const address of addressesIn(await page.text())) {
      assert.is((await fetch(`${base}/voice/${address}`)).status, 200);
    }
    const inside = await (await fetch(`${base}/voice/playground/info.json`)).json();
    assert.equal(inside, {
      handlers: [
        { path: "/echo", name: "EchoHandler" },
        { path: "/other", name: "EchoHandler" },
      ],
      encodings: WIRE_ENCODINGS,
      sampleRate: 16000,
      frameMs: 40,
      hasAuth: false,
    });
    const outside = await (await fetch(`${base}/playground/info.json`)).json();
    assert.equal(
      outside.handlers.map(({ path }: { path: string }) => path),
      ["/voice/echo", "/voice/other"],
    );
  });
});

test.run();
