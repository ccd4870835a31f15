import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const SCRIPT = fileURLToPath(new URL("../../scripts/testing/find-browser.mjs", import.meta.url));

interface Machine {
  platform: string;
  isRoot: boolean;
  family: string | undefined;
  places: readonly string[];
}
const { findBrowser } = (await import(SCRIPT)) as {
  findBrowser(environment: Record<string, string>, machine: Machine): string;
};
const DEBIAN: Machine = { platform: "linux", isRoot: true, family: "debian", places: [] };

const find = (environment: Record<string, string>) =>
  spawnSync(process.execPath, [SCRIPT], { encoding: "utf8", env: { ...process.env, ...environment } });

/** Hands a folder with these programs to `use`, and removes it again. */
function withPrograms(programs: Record<string, string>, use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-browser-"));
  try {
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function errorOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was thrown";
}

test("takes the browser that VOXWIRE_BROWSER names, or says that it is none", () => {
  assert.is(find({ VOXWIRE_BROWSER: process.execPath }).stdout.trim(), process.execPath);
  for (const name of [join(tmpdir(), "no-such-browser"), tmpdir()]) {
    const wrong = find({ VOXWIRE_BROWSER: name });
    assert.is(wrong.status, 1);
    assert.match(wrong.stderr, "VOXWIRE_BROWSER");
  }
});

test("finds Chromium, Chrome and Edge on the path, and passes over folders of those names", () => {
  for (const name of ["chromium", "google-chrome", "microsoft-edge-stable"]) {
    withPrograms({ [name]: "" }, (folder) => {
      mkdirSync(join(folder, "chrome"));
      assert.is(find({ VOXWIRE_BROWSER: "", PATH: folder }).stdout.trim(), join(folder, name));
    });
  }
});

test("finds one in the places where installers put it", () => {
  withPrograms({ "Google Chrome": "" }, (folder) => {
    const machine = { platform: "darwin", isRoot: false, family: undefined };
    const program = join(folder, "Google Chrome");
    assert.is(findBrowser({ PATH: "" }, { ...machine, places: [join(folder, "none"), program] }), program);
  });
});

/** An apt-get that installs a program beside itself. */
const APT = `#!${process.execPath}
const { writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const said = process.argv.slice(2).join(" ");
if (said.endsWith("install --yes --no-install-recommends chromium"))
  writeFileSync(join(dirname(process.argv[1]), "chromium"), "", { mode: 0o755 });
else if (!said.endsWith("update")) process.exit(1);
`;

test("as root on a Debian without one, installs Debian's", () => {
  withPrograms({ "apt-get": APT }, (folder) => {
    assert.is(findBrowser({ PATH: folder }, DEBIAN), join(folder, "chromium"));
  });
});

test("says what to run where it may not install, and what went wrong where it could not", () => {
  withPrograms({ "apt-get": APT }, (folder) => {
    const machines: [change: Partial<Machine>, advice: RegExp][] = [
      [{ isRoot: false }, /^Run: sudo apt-get install chromium$/m],
      [{ family: "fedora" }, /^Run: sudo dnf install chromium$/m],
      [{ platform: "darwin", family: undefined, isRoot: false }, /^Run: brew install --cask chromium$/m],
      [{ platform: "win32", family: undefined, isRoot: false }, /^Run: winget install Google\.Chrome$/m],
    ];
    for (const [change, advice] of machines) {
      const message = errorOf(() => findBrowser({ PATH: folder }, { ...DEBIAN, ...change }));
      assert.match(message, advice);
      assert.match(message, /npm test -- --no-browser/);
    }
  });
  withPrograms(
    { "apt-get": `#!${process.execPath}\nconsole.error("no network"); process.exit(100);` },
    (folder) => {
      const message = errorOf(() => findBrowser({ PATH: folder }, DEBIAN));
      assert.match(message, /apt-get update failed: no network/);
      assert.match(message, /^Run: sudo apt-get install chromium$/m);
    },
  );
});

test.run();
