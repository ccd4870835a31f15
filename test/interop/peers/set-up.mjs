// Programs in other languages, built where their tools are at hand: for the interoperability of clients, and for the
// benchmark of the server. What has been built in a folder is used again while its source and its packages are the same.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Where installers put tools without naming the place in PATH. */
const USUAL_PLACES = { go: ["/usr/local/go/bin"], cargo: [join(homedir(), ".cargo", "bin")] };
/** A first build fetches packages and compiles them. */
const BUILD_MS = 600_000;
const STAMP = "built-from";

/** A Go program of one file. @param modules such as `example.org/module@v1.2.3` */
export function goProgram(place, source, modules) {
  const program = join(place, "peer");
  build(place, program, { source, packages: modules.join(" ") }, () => {
    const go = toolOf("go");
    copyFileSync(source, join(place, "main.go"));
    run(go, ["mod", "init", "peer"], place, existsSync(join(place, "go.mod")));
    run(go, ["get", ...modules], place);
    run(go, ["build", "-o", program, "."], place);
  });
  return program;
}

/** A Rust program of one file. @param dependencies as in Cargo.toml */
export function rustProgram(place, source, dependencies) {
  const program = join(place, "target", "release", "peer");
  build(place, program, { source, packages: dependencies }, () => {
    const cargo = toolOf("cargo");
    mkdirSync(join(place, "src"), { recursive: true });
    copyFileSync(source, join(place, "src", "main.rs"));
    const head =
      '[package]\nname = "peer"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n\n[dependencies]\n';
    writeFileSync(join(place, "Cargo.toml"), head + dependencies);
    run(cargo, ["build", "--release", "--quiet"], place);
  });
  return program;
}

/** Bun itself, from npm. */
export function bunProgram(place) {
  const program = join(place, "node_modules", ".bin", "bun");
  build(place, program, { packages: "bun" }, () => {
    run("npm", ["install", "--silent", "--no-save", "--prefix", place, "bun"], place);
    run(program, ["--version"], place);
  });
  return program;
}

/** Runs a tool. @throws Error of one line that says what it said */
export function run(command, args, cwd, mayFail = false) {
  const { error, status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: BUILD_MS });
  if (error !== undefined) throw error;
  if (status === 0 || mayFail) return;
  const said = stderr.trim().replaceAll(/\s+/g, " ").slice(-400);
  throw new Error(`${command} ${args[0]} ended with ${status}: ${said}`);
}

/** Builds into a folder, unless what is there was built from the same. */
function build(place, program, { source, packages }, make) {
  const hash = createHash("sha256").update(packages);
  if (source !== undefined) hash.update(readFileSync(source));
  const wanted = hash.digest("hex");
  const stamp = join(place, STAMP);
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  mkdirSync(place, { recursive: true });
  make();
  writeFileSync(stamp, wanted);
}

function toolOf(name) {
  const places = [...(process.env.PATH ?? "").split(delimiter), ...(USUAL_PLACES[name] ?? [])];
  const found = places
    .filter((place) => place !== "")
    .map((place) => join(place, name))
    .find(existsSync);
  if (found === undefined) throw new Error(`there is no ${name} here`);
  return found;
}
