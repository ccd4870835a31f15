/** Projects of users: the packed package in node_modules, and the small app built by one bundler or by none. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SOURCES = fileURLToPath(new URL(".", import.meta.url));

/** Files of a page by their path. */
export type Files = Record<string, string>;

/** Makes a project that has the package as npm would put it there. It lies in build/, where the bundlers find themselves. */
export function createProject(): { readonly folder: string; remove(): void } {
  const parent = join(ROOT, "build", "consumers");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "project-"));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const pack = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const [{ filename }] = JSON.parse(execFileSync(npm, pack, { cwd: ROOT, encoding: "utf8" }));
  execFileSync("tar", ["-xzf", filename], { cwd: folder });
  mkdirSync(join(folder, "node_modules"));
  cpSync(join(folder, "package"), join(folder, "node_modules", "voxwire"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  for (const name of readdirSync(SOURCES)) {
    if (name.endsWith(".js")) cpSync(join(SOURCES, name), join(folder, name));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What the compiler says against the app where modules resolve as `resolution` has it; "" where all is well. */
export async function typeErrors(
  folder: string,
  resolution: "bundler" | "node16" | "nodenext",
): Promise<string> {
  const module = resolution === "bundler" ? "esnext" : resolution;
  const compilerOptions = {
    ...{ module, moduleResolution: resolution, target: "es2022", lib: ["es2023", "dom", "dom.iterable"] },
    ...{ allowJs: true, checkJs: true, strict: true, noEmit: true, types: [], skipLibCheck: false },
  };
  const config = join(folder, `tsconfig.${resolution}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ["app.js"] }));
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  return await new Promise((resolve) => {
    execFile(process.execPath, [compiler, "-p", config], (error, stdout, stderr) => {
      resolve(error === null ? "" : `${error.message}\n${stdout}${stderr}`);
    });
  });
}

const page = (script: string, head = "") =>
  `<!doctype html><title>app</title>${head}<script type="module" src="${script}"></script>`;

async function buildWithVite(folder: string): Promise<Files> {
  writeFileSync(join(folder, "index.html"), page("/main-vite.js"));
  const outDir = join(folder, "vite");
  await vite({ root: folder, configFile: false, logLevel: "error", build: { outDir, assetsInlineLimit: 0 } });
  const files = filesBelow(outDir);
  return { ...files, "/": files["/index.html"]! };
}

async function buildWithWebpack(folder: string): Promise<Files> {
  const path = join(folder, "webpack");
  await new Promise<void>((resolve, reject) => {
    const options = { mode: "production", context: folder, entry: "./main-webpack.js", output: { path } };
    webpack(options as webpack.Configuration, (error, stats) => {
      if (error !== null) reject(error);
      else if (stats?.hasErrors() === true) reject(new Error(stats.toString("errors-only")));
      else resolve();
    });
  });
  return { ...filesBelow(path), "/": page("/main.js") };
}

async function buildWithEsbuild(folder: string): Promise<Files> {
  const outdir = join(folder, "esbuild");
  await esbuild({
    absWorkingDir: folder,
    entryPoints: { main: "./main-esbuild.js", worker: "voxwire/worker.js", worklet: "voxwire/worklet.js" },
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
  });
  return { ...filesBelow(outdir), "/": page("/main.js") };
}

/** No build at all: the files as they are, and an import map. */
async function withoutBundler(folder: string): Promise<Files> {
  const dist = "/node_modules/voxwire/dist";
  const names = ["browser", "g711", "voice"];
  const imports = Object.fromEntries(names.map((name) => [`voxwire/${name}`, `${dist}/${name}.js`]));
  const map = `<script type="importmap" nonce="map">${JSON.stringify({ imports })}</script>`;
  const own = ["app.js", "main-plain.js"].map((name) => [
    `/${name}`,
    readFileSync(join(folder, name), "utf8"),
  ]);
  const library = filesBelow(join(folder, "node_modules", "voxwire", "dist"));
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(Object.entries(library).map(([path, text]) => [dist + path, text])),
    "/": page("/main-plain.js", map),
  };
}

/** How each kind of user builds the app. */
export const BUILDS: Readonly<Record<string, (folder: string) => Promise<Files>>> = {
  Vite: buildWithVite,
  webpack: buildWithWebpack,
  esbuild: buildWithEsbuild,
  "an import map": withoutBundler,
};

function filesBelow(folder: string): Files {
  const files: Files = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && /\.(js|html)$/.test(entry.name)) {
      files[`/${relative(folder, path).split(sep).join("/")}`] = readFileSync(path, "utf8");
    }
  }
  return files;
}
