import { createHash } from "node:crypto";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadOpus } from "../../src/opus.ts";
import { openBrowser, openPage } from "./open-browser.ts";
import { STRICT_POLICY, serveStatic } from "./static-server.ts";

/** Every packet of a second of a tone, and what they decode to, as one list of numbers. */
const RUN = `
  export async function run(opus) {
    const encoder = opus.createEncoder(undefined, 48000);
    const decoder = opus.createDecoder(undefined, 48000);
    const packet = new Uint8Array(encoder.maxBytes(960));
    const out = new Int16Array(decoder.maxSamples(0));
    const all = [];
    for (let frame = 0; frame < 50; frame++) {
      const pcm = Int16Array.from({ length: 960 }, (_, i) => 9000 * Math.sin((2 * Math.PI * 440 * (960 * frame + i)) / 48000));
      const bytes = encoder.encodeInto(pcm, packet);
      all.push(...packet.subarray(0, bytes), ...out.subarray(0, decoder.decodeInto(packet.subarray(0, bytes), out)));
    }
    encoder.dispose();
    decoder.dispose();
    return all;
  }`;
const PAGE = `
  import { loadOpus } from "./dist/opus.js";
  ${RUN}
  export const result = loadOpus().then(run);`;

const opusInPages = suite("Opus in Chromium");
const browser = await openBrowser();
opusInPages.after(() => browser.close());

opusInPages("codes under a strict policy bit for bit as in Node", async () => {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: process.cwd() },
    bundle: true,
    format: "esm",
    write: false,
    platform: "browser",
    // what the package asks for in Node alone, behind a look at where it runs
    external: ["node:module"],
  });
  const files = { "/page.js": outputFiles[0]!.text };
  const server = await serveStatic({ policy: STRICT_POLICY, files });
  const { page, complaints } = await openPage(browser, server.url);
  const inPage = await page.evaluate<number[]>(`import("/page.js").then(({ result }) => result)`);
  const { run } = (await import(`data:text/javascript,${encodeURIComponent(RUN)}`)) as {
    run(opus: unknown): Promise<number[]>;
  };
  const digest = (numbers: readonly number[]) =>
    createHash("sha256").update(JSON.stringify(numbers)).digest("hex");
  const here = await run(await loadOpus());
  assert.is(inPage.length, here.length);
  assert.is(digest(inPage), digest(here));
  assert.equal(complaints, []);
  await page.context().close();
  await server.close();
});

opusInPages.run();
