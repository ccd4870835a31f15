import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runScript, withTree } from "./run-script.ts";

interface Size {
  name: string;
  gzipBytes: number;
  limitBytes: number;
  inputs: [path: string, bytes: number][];
}

test("what pages download of the package stays within its limits, without what they do not use", async () => {
  const { code, output } = await runScript("sizes.mjs", "--json");
  assert.is(code, 0, output);
  const sizes = JSON.parse(output) as Size[];
  for (const { name, gzipBytes, limitBytes } of sizes) console.log(`${name}: ${gzipBytes} of ${limitBytes}`);
  const inputsOf = (entry: string) =>
    sizes.find(({ name }) => name.startsWith(`${entry}:`))!.inputs.map(([path]) => path);
  const without = (entry: string, what: RegExp) =>
    assert.equal(
      inputsOf(entry).filter((path) => what.test(path)),
      [],
      entry,
    );
  without("voxwire/g711", /resampler|base64|message|packet|node_modules/);
  without("voxwire/voice", /spectral|block|base64|message|packet|node_modules/);
  without("voxwire/client", /spectral|block-|node_modules/);
  without("voxwire/browser", /node_modules/);
  for (const entry of ["voxwire/g711", "voxwire/voice", "voxwire", "voxwire/client"])
    without(entry, /twins\//);
});

test("a program for Node keeps relaxed SIMD when it is bundled, and a page has none of it", async () => {
  const bundle = async (platform: "node" | "browser") => {
    const stdin = { contents: 'import { loadDsp } from "voxwire"; loadDsp();', resolveDir: process.cwd() };
    const { outputFiles } = await build({ stdin, bundle: true, format: "esm", platform, write: false });
    return outputFiles[0]!.text;
  };
  assert.match(await bundle("node"), "resampler-relaxed-wasm");
  assert.not.match(await bundle("browser"), "relaxed-wasm");
});

test("the limits are those that the page for users states, in this order", async () => {
  const sizes = JSON.parse((await runScript("sizes.mjs", "--json")).output) as Size[];
  const text = readFileSync(new URL("../../docs/browser.md", import.meta.url), "utf8");
  const stated = [...text.matchAll(/^\| .*`(voxwire[\w/]*)` \| ([\d,]+) \|$/gm)];
  assert.equal(
    stated.map(([, entry, limit]) => [entry, Number(limit!.replaceAll(",", ""))]),
    sizes.map(({ name, limitBytes }) => [name.split(":")[0], limitBytes]),
  );
});

test("an app beyond its limit fails, and is named", async () => {
  const noise = Array.from({ length: 60_000 }, (_, i) => Math.imul(i, 2654435761) >>> 0).join(",");
  const entry = `
    const noise = [${noise}];
    export { noise as loadG711, noise as loadDsp, noise as connect, noise as microphone, noise as speaker };`;
  const files = Object.fromEntries(
    ["g711", "voice", "index", "client", "browser"].map((name) => [`${name}.js`, entry]),
  );
  const exported = { ".": "./index.js", "./*": "./*.js" };
  const manifest = JSON.stringify({ name: "voxwire", type: "module", exports: exported });
  await withTree({ ...files, "package.json": manifest }, async (root) => {
    const { code, output } = await runScript("sizes.mjs", "--root", root);
    assert.is(code, 1, output);
    assert.match(output, /^FAIL .*: voxwire\/g711/m);
  });
});

test.run();
