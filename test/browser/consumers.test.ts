import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, serve } from "../../src/server.ts";
import { BUILDS, createProject, type Files, typeErrors } from "./consumers/projects.ts";
import { openBrowser, openPage } from "./open-browser.ts";
import { serveStatic } from "./static-server.ts";

/** Files of the page's own alone, the library's worker and worklet among them; the nonce is for the import map. */
const OWN_FILES =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-map'; connect-src 'self' ws:";
/** For the worker and the worklet that the package brings along as text. */
const EMBEDDED =
  "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval' 'nonce-map'; worker-src blob:; connect-src 'self' ws:";

/** What the app's script leaves for the page. */
interface App {
  encode(): Promise<{ backend: string; bytes: number }>;
  call(url: string, files?: object): Promise<number>;
  files: object;
}

const DOCS = fileURLToPath(new URL("../../docs/browser.md", import.meta.url));
const consumers = suite("apps of the packed package");
const project = createProject();
// all before the server runs: a bundler holds up the process that it works in
const built = new Map<string, Files | Error>();
for (const [name, build] of Object.entries(BUILDS)) {
  built.set(name, await build(project.folder).catch((error: Error) => error));
}
const voice = await serve({ port: 0, handler: EchoHandler, allowOrigin: "*" });
const microphoneFile = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));
const browser = await openBrowser({ microphoneFile });
consumers.after(async () => {
  await browser.close();
  await voice.close({ drainMs: 0 });
  project.remove();
});

/** Opens the app and has it encode, and call the echo server from microphone to speaker. */
async function run(files: Files, policy: string, how: "own files" | "embedded") {
  const web = await serveStatic({ files, policy });
  const { page, complaints } = await openPage(browser, web.url);
  try {
    const result = await page.evaluate(
      async ([url, isOwn]) => {
        const { app } = globalThis as unknown as { app: App };
        const encoded = await app.encode();
        return { ...encoded, peak: await app.call(url, isOwn ? app.files : {}) };
      },
      [voice.url, how === "own files"] as const,
    );
    return { ...result, complaints };
  } finally {
    await page.context().close();
    await web.close();
  }
}

for (const [name, files] of built) {
  for (const [policy, how] of [
    [OWN_FILES, "own files"],
    [EMBEDDED, "embedded"],
  ] as const) {
    consumers(`one with ${name} calls from microphone to speaker, worker and worklet: ${how}`, async () => {
      if (files instanceof Error) throw files;
      const { peak, ...result } = await run(files, policy, how);
      assert.equal(result, { backend: "wasm", bytes: 8000, complaints: [] });
      assert.ok(peak >= 0.02, `nothing was heard: ${peak}`);
    });
  }
}

for (const [name, files] of built) {
  for (const [policy, how] of [
    [OWN_FILES, "own files"],
    [EMBEDDED, "embedded"],
  ] as const) {
    consumers(
      `one with ${name} whose policy forbids WebAssembly calls in plain TypeScript: ${how}`,
      async () => {
        if (files instanceof Error) throw files;
        const { peak, ...result } = await run(files, policy.replace(" 'wasm-unsafe-eval'", ""), how);
        assert.is(result.backend, "js");
        assert.is(result.bytes, 8000);
        assert.ok(peak >= 0.02, `nothing was heard: ${peak}`);
      },
    );
  }
}

consumers("the docs' first program, built as they say, calls when it is clicked and hangs up", async () => {
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(DOCS, "utf8")) ?? [];
  const address = "ws://127.0.0.1:8765";
  assert.ok(program.includes(address), program);
  const files: Record<string, string> = {
    "/": '<!doctype html><title>app</title><button>Talk</button><script type="module" src="/main.js"></script>',
  };
  const web = await serveStatic({ files });
  // as `--allow-origin` does
  const server = await serve({ port: 0, handler: EchoHandler, allowOrigin: new URL(web.url).origin });
  writeFileSync(join(project.folder, "main.ts"), program.replace(address, server.url));
  const { outputFiles } = await esbuild({
    absWorkingDir: project.folder,
    entryPoints: ["main.ts"],
    bundle: true,
    format: "esm",
    write: false,
  });
  files["/main.js"] = outputFiles[0]!.text;
  const { page, complaints } = await openPage(browser, web.url);
  await page.getByText(/^Talk$/).click();
  await page.getByText(/^Stop$/).click();
  await page.getByText(/^Talk$/).waitFor();
  while (server.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(complaints, []);
  await page.context().close();
  await web.close();
  await server.close({ drainMs: 0 });
});

for (const resolution of ["bundler", "node16", "nodenext"] as const) {
  consumers(`one's types hold where modules resolve as with ${resolution}`, async () => {
    assert.is(await typeErrors(project.folder, resolution), "");
  });
}

consumers.run();
