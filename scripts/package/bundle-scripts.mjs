// The scripts that a browser loads by themselves, in threads of their own: each one text without imports. Pages download
// them, so they are made as small as they can be.
import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { build, transform } from "esbuild";
import { parseSync } from "oxc-parser";
import { minify_sync } from "terser";
import { dropMethods } from "./drop-methods.mjs";

/** What the scripts share, as they name it. */
const SHARED = "voxwire";
/** How a script takes something of it while it is put together. */
const BORROWED = new RegExp(String.raw`/\* @__PURE__ \*/ ${SHARED}\("(\w+)"\)`, "g");

/**
 * Bundles scripts: esbuild puts each together, methods that nobody calls are taken out (7 %), and terser takes 3 % off.
 * @param scripts by name: each one's file, and what comes `first` in it: text that is embedded would, between functions,
 *   push those before it out of the 32 KiB that gzip looks back on
 * @param shared files of which one text is made that the scripts are put behind, in place of a copy in each
 * @param standIns files that stand in the place of others, by the others' paths
 * @returns the texts by name, that of what they share as `shared`
 */
export async function bundleScripts({ scripts, shared, standIns }) {
  const texts = {};
  for (const [name, { entry, first = [] }] of Object.entries(scripts)) {
    const plugins = [replacing(standIns), borrowing(shared)];
    texts[name] = await bundle({ entryPoints: [entry], inject: first, plugins });
  }
  const all = shared.map((path) => `export * from "./${path}";`).join("\n");
  texts.shared = await bundle({ stdin: { contents: all, resolveDir: "." }, plugins: [replacing(standIns)] });
  for (let dropped; dropped === undefined || dropped.length > 0; ) {
    // what nobody uses any more goes with what used it
    texts.shared = withExports(texts.shared, `export { ${borrowedIn(texts).join(", ")} };`);
    for (const name of Object.keys(texts)) texts[name] = await bundle({ stdin: { contents: texts[name] } });
    dropped = dropMethods(texts);
  }
  const borrowed = borrowedIn(texts);
  const nameOf = (name) => `_${borrowed.indexOf(name).toString(36)}`;
  const members = borrowed.map((name) => `${nameOf(name)}: ${name}`).join(", ");
  const result = {
    shared: `const ${SHARED} = (() => { ${withExports(texts.shared, `return { ${members} };`)} })();`,
  };
  for (const name of Object.keys(scripts)) {
    result[name] = `(() => { ${texts[name].replace(BORROWED, (_, of) => `${SHARED}.${nameOf(of)}`)} })();`;
  }
  for (const name of Object.keys(result)) result[name] = await minify(result[name]);
  return result;
}

/** One text of what `options` name. */
async function bundle(options) {
  const settings = { bundle: true, format: "esm", target: "es2022", legalComments: "none", write: false };
  const { outputFiles } = await build({ ...settings, ...options });
  return outputFiles[0].text;
}

/** Puts files in the place of others. */
function replacing(standIns) {
  return onFiles(Object.keys(standIns), (path) => ({
    contents: readFileSync(standIns[path], "utf8"),
    resolveDir: dirname(standIns[path]),
    loader: "ts",
  }));
}

/** Has what these files export taken from the shared text. */
function borrowing(paths) {
  return onFiles(paths, (path) => ({
    contents: exportsOf(path)
      .map((name) => `export const ${name} = /* @__PURE__ */ ${SHARED}("${name}");`)
      .join("\n"),
  }));
}

function onFiles(paths, load) {
  return {
    name: "files",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, (file) => {
        const path = relative(process.cwd(), file.path);
        return paths.includes(path) ? load(path) : undefined;
      });
    },
  };
}

/** What a file exports beside types. */
function exportsOf(path) {
  const { module, errors } = parseSync(path, readFileSync(path, "utf8"));
  if (errors.length > 0) throw new Error(`bundle-scripts: ${path}: ${errors[0].message}`);
  const entries = module.staticExports.flatMap((statement) => statement.entries);
  return entries.filter(({ isType }) => !isType).map(({ exportName }) => exportName.name);
}

function borrowedIn(texts) {
  const found = Object.values(texts).flatMap((text) =>
    Array.from(text.matchAll(BORROWED), ([, name]) => name),
  );
  return [...new Set(found)].sort();
}

/** The shared text with `statement` in the place of the one that says what it exports. */
function withExports(text, statement) {
  const rest = text.replace(/export \{[^}]*\};\s*$/, "");
  if (rest === text) throw new Error("bundle-scripts: what is shared has no exports.");
  return rest + statement;
}

async function minify(text) {
  const { code } = await transform(text, { minify: true, target: "es2022" });
  const { code: smaller } = minify_sync(code, {
    ecma: 2020,
    compress: { passes: 3, pure_getters: true },
    // the texts are strings in double quotes
    format: { ascii_only: true, quote_style: 1 },
  });
  return smaller;
}
