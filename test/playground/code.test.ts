import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeWav } from "../../src/codec/wav/whole.ts";
import { loadDspSync } from "../../src/index.ts";
import { type CodeKind, codeFor } from "../../src/playground/page/code.ts";
import {
  ENCODINGS,
  NETWORKS,
  PROTOCOLS,
  type Settings,
  settingsFrom,
} from "../../src/playground/page/settings.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import type { Snippet } from "../docs/snippet-blocks.ts";
import { runSnippet, typeCheck } from "../docs/snippet-run.ts";

const folder = fileURLToPath(new URL("../../build/playground-code/", import.meta.url));
const options = { folder, companions: folder, deadlineMs: 60_000 };
const info = { handlers: [], encodings: ENCODINGS, sampleRate: 16000, frameMs: 20, hasAuth: true };
const first = settingsFrom(info, "");
const URL_SHOWN = "ws://127.0.0.1:8765/echo";

const code = suite("the playground's programs");
code.before(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
});

function snippet(kind: CodeKind, settings: Settings, url: string, line: number): Snippet {
  const rule = kind === "server" ? { kind: "run until", text: "ws://" } : { kind: "run" };
  return { page: kind, line, language: "ts", code: codeFor(kind, settings, url), rule } as Snippet;
}

/** Each choice once, and a token. */
const chosen: readonly Settings[] = [
  first,
  { ...first, token: "secret" },
  ...PROTOCOLS.map((protocol) => ({ ...first, protocol })),
  ...ENCODINGS.map((encoding) => ({ ...first, encoding })),
  ...NETWORKS.map((network) => ({ ...first, network })),
  { ...first, encoding: "opus", network: "custom", custom: { ...first.custom, stallMs: 300 } },
];

code("are correct TypeScript, whatever is chosen, and never show the token", () => {
  const kinds: readonly CodeKind[] = ["browser", "node", "server"];
  const all = chosen.flatMap((settings, i) => kinds.map((kind) => snippet(kind, settings, URL_SHOWN, i + 1)));
  assert.equal(typeCheck(all, options), []);
  for (const settings of chosen)
    for (const kind of [...kinds, "python"] as const)
      assert.not.match(codeFor(kind, settings, URL_SHOWN), /secret/);
});

code("the one for Node streams a file and prints what comes back", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  const wav = encodeWav(loadDspSync(), new Int16Array(8000).fill(1000), { sampleRate: 16000 });
  writeFileSync(join(folder, "speech.wav"), wav);
  for (const [i, settings] of [
    first,
    { ...first, protocol: "fastrtc", network: "wifi" } as const,
  ].entries()) {
    const output = await runSnippet(snippet("node", settings, server.url, 100 + i), options);
    assert.match(output, /^0 320$/m);
  }
  await server.close({ drainMs: 0 });
});

code("the one for a server serves, at the rate and with the frames that are chosen", async () => {
  const shown = snippet("server", { ...first, sampleRate: 8000, frameMs: 40 }, URL_SHOWN, 200);
  assert.match(shown.code, /inputRate: 8000,\n {2}outputRate: 8000,\n {2}frameMs: 40,/);
  const onAnyPort = { ...shown, code: shown.code.replace("port: 8765", "port: 0") };
  assert.match(await runSnippet(onAnyPort, options), /^ws:\/\//m);
});

code("the one in Python asks for what is chosen, and Python can read it", () => {
  for (const settings of chosen) {
    const program = codeFor("python", settings, URL_SHOWN);
    const [, format = ""] = /^FORMAT = (.*)$/m.exec(program) ?? [];
    const { encoding, sample_rate, frame_ms } = JSON.parse(format);
    assert.equal([sample_rate, frame_ms], [settings.sampleRate, settings.frameMs]);
    // a codec that keeps state is not spoken in FastRTC's JSON
    const isSpoken = ["mulaw", "alaw", "pcm16"].includes(settings.encoding);
    assert.is(encoding, isSpoken ? settings.encoding : "mulaw");
    const read = spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
      input: program,
      encoding: "utf8",
    });
    // where there is no Python there is none to read it
    if (read.error === undefined) assert.is(read.status, 0, read.stderr);
  }
});

/** A Python that has what the program says to install; a machine without one has the program read alone, as above. */
const python = process.env.VOXWIRE_PYTHON ?? "python3";
const canRun = spawnSync(python, ["-c", "import audioop, websockets"]).status === 0;

if (canRun) {
  code("the one in Python streams a file and prints what comes back", async () => {
    const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
    for (const encoding of ["mulaw", "alaw", "pcm16"] as const) {
      const pcm = new Int16Array(16000).fill(1000);
      writeFileSync(join(folder, "speech.wav"), encodeWav(loadDspSync(), pcm, { sampleRate: 16000 }));
      writeFileSync(join(folder, "client.py"), codeFor("python", { ...first, encoding }, server.url));
      const output = await new Promise<string>((resolve, reject) => {
        execFile(python, ["client.py"], { cwd: folder, timeout: 60_000 }, (error, text, problem) => {
          if (error === null) resolve(text);
          else reject(new Error(`${error.message}\n${problem}`));
        });
      });
      const bytes = output.trim().split("\n");
      assert.is(bytes[0], encoding === "pcm16" ? "640 bytes" : "320 bytes");
      assert.is(bytes.length, 50, "all of the second that was said");
    }
    await server.close({ drainMs: 0 });
  });
} else console.log(`${python} has no websockets or audioop: the program in Python is read, not run`);

code.run();
