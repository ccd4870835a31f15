/** The program that the playground shows for pages, pasted into a page and clicked. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codeFor } from "../../src/playground/page/code.ts";
import { ENCODINGS, PROTOCOLS, type Settings, settingsFrom } from "../../src/playground/page/settings.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { openBrowser, openPage } from "./open-browser.ts";
import { serveStatic } from "./static-server.ts";

const PAGE = `<!doctype html><title>pasted</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "voxwire/browser": "/dist/browser.js" } }</script>
<body><script type="module" src="/program.js"></script></body>`;

const first = settingsFrom(
  { handlers: [], encodings: ENCODINGS, sampleRate: 24000, frameMs: 20, hasAuth: false },
  "",
);
const chosen: readonly Settings[] = [
  ...ENCODINGS.map((encoding) => ({ ...first, encoding })),
  ...PROTOCOLS.map((protocol) => ({ ...first, protocol, sampleRate: 8000, frameMs: 10 })),
];

const pasted = suite("the program for pages");
const browser = await openBrowser();
const server = await serve({ port: 0, handler: EchoHandler, allowOrigin: "*", logger: silentLogger });
pasted.after(async () => {
  await browser.close();
  await server.close({ drainMs: 0 });
});

for (const settings of chosen) {
  const { protocol, encoding, sampleRate } = settings;
  pasted(`calls and hangs up, twice: ${protocol}, ${encoding}, ${sampleRate} Hz`, async () => {
    const program = codeFor("browser", settings, server.url);
    const web = await serveStatic({ files: { "/": PAGE, "/program.js": program } });
    const { page, complaints } = await openPage(browser, web.url);
    for (let call = 0; call < 2; call++) {
      await page.getByText(/^Talk$/).click();
      // it tells the loop's time as soon as something is heard
      await page.getByText(/^Stop \(\d+ ms there and back\)$/).click();
    }
    await page.getByText(/^Talk$/).waitFor();
    while (server.sessions.size + page.workers().length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(complaints, []);
    await page.context().close();
    await web.close();
  });
}

pasted.run();
