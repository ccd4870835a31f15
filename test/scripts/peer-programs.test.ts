/** Programs in other languages: built once where their tool is at hand, else named in a line. Tools are played by scripts. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { goProgram, rustProgram } from "../interop/peers/set-up.mjs";

/** Writes down what it is called with, and makes what it is to build. */
const GO = `#!/bin/sh
echo "$*" >> calls
if [ "$1" = build ]; then echo program > "$3"; fi
`;
const CARGO = `#!/bin/sh
echo "no crate of this name" >&2
echo "is known" >&2
exit 101
`;

/** A folder with a source in it, and with tools that come before all others. */
function withTools(tools: Record<string, string>, work: (folder: string, source: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-peers-"));
  const path = process.env.PATH;
  mkdirSync(join(folder, "bin"));
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(folder, "bin", name), script);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  const source = join(folder, "source");
  writeFileSync(source, "first");
  process.env.PATH = `${join(folder, "bin")}${delimiter}${path}`;
  try {
    work(folder, source);
  } finally {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
}

test("what was built from the same is used again; another source or package is built anew", () => {
  withTools({ go: GO }, (folder, source) => {
    const place = join(folder, "go");
    const builds = () => readFileSync(join(place, "calls"), "utf8").match(/^build/gm)?.length;
    const program = goProgram(place, source, ["example.org/a@v1.0.0"]);
    assert.ok(existsSync(program));
    assert.match(readFileSync(join(place, "calls"), "utf8"), "get example.org/a@v1.0.0");
    goProgram(place, source, ["example.org/a@v1.0.0"]);
    assert.is(builds(), 1);
    writeFileSync(source, "second");
    goProgram(place, source, ["example.org/a@v1.0.0"]);
    assert.is(builds(), 2);
    goProgram(place, source, ["example.org/a@v1.0.1"]);
    assert.is(builds(), 3);
    rmSync(program);
    goProgram(place, source, ["example.org/a@v1.0.1"]);
    assert.is(builds(), 4);
  });
});

test("a tool that fails is said to have failed, in one line, and is asked again the next time", () => {
  withTools({ cargo: CARGO }, (folder, source) => {
    for (let i = 0; i < 2; i++) {
      assert.throws(
        () => rustProgram(join(folder, "rust"), source, 'nothing = "1"\n'),
        ({ message }: Error) =>
          message.endsWith("cargo build ended with 101: no crate of this name is known"),
      );
    }
  });
});

test.run();
