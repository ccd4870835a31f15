import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const SCRIPT = fileURLToPath(new URL("../../scripts/testing/find-browser.mjs", import.meta.url));

const find = (environment: Record<string, string>) =>
  spawnSync(process.execPath, [SCRIPT], { encoding: "utf8", env: { ...process.env, ...environment } });

test("takes the browser that VOXWIRE_BROWSER names, or says that it is none", () => {
  assert.is(find({ VOXWIRE_BROWSER: process.execPath }).stdout.trim(), process.execPath);
  const wrong = find({ VOXWIRE_BROWSER: join(tmpdir(), "no-such-browser") });
  assert.is(wrong.status, 1);
  assert.match(wrong.stderr, "VOXWIRE_BROWSER");
});

test("finds a browser on the path", () => {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-browser-"));
  const program = join(folder, "google-chrome");
  writeFileSync(program, "");
  chmodSync(program, 0o755);
  assert.is(find({ VOXWIRE_BROWSER: "", PATH: folder }).stdout.trim(), program);
  rmSync(folder, { recursive: true });
});

test.run();
