// The apps whose sizes are held, and how they are measured.
import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What a page may come to, in bytes with gzip; more than this needs a reason. 1 KB is 1,000 bytes. */
export const APPS = [
  {
    name: "voxwire/g711: loadG711",
    code: 'import { loadG711 } from "voxwire/g711"; globalThis.app = loadG711();',
    limitBytes: 8_000,
  },
  {
    name: "voxwire/voice: loadDsp",
    code: 'import { loadDsp } from "voxwire/voice"; globalThis.app = loadDsp();',
    limitBytes: 20_000,
  },
  {
    name: "voxwire: loadDsp",
    code: 'import { loadDsp } from "voxwire"; globalThis.app = loadDsp();',
    limitBytes: 51_000,
  },
  {
    name: "voxwire/client: connect",
    code: 'import { connect } from "voxwire/client"; globalThis.app = connect;',
    limitBytes: 43_500,
  },
  {
    name: "voxwire/browser: connect, microphone, speaker, with worker and worklet",
    code:
      'import { connect, microphone, speaker } from "voxwire/browser";' +
      "globalThis.app = { connect, microphone, speaker };",
    limitBytes: 45_000,
  },
];

/**
 * Bundles an app against the package in `root`; its size in bytes, with gzip and without, and what it is made of. What it
 * imports only when it comes to that is counted by itself.
 */
export async function measure({ name, code, limitBytes }, root) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    splitting: true,
    outdir: "build/sizes",
    write: false,
    metafile: true,
  });
  const contents = new Map(outputFiles.map((file) => [relative(root, file.path), file.contents]));
  const paths = [...contents.keys()];
  const entry = paths.find((path) => metafile.outputs[path].entryPoint === "<stdin>");
  const first = paths.filter((path) => reach(entry, metafile.outputs).has(path));
  const gzipBytes = (some) =>
    some.reduce((sum, path) => sum + gzipSync(contents.get(path), { level: 9 }).length, 0);
  return {
    name,
    bytes: first.reduce((sum, path) => sum + contents.get(path).length, 0),
    gzipBytes: gzipBytes(first),
    laterGzipBytes: gzipBytes(paths) - gzipBytes(first),
    limitBytes,
    inputs: first
      .flatMap((path) => Object.entries(metafile.outputs[path].inputs))
      .map(([path, { bytesInOutput }]) => [path, bytesInOutput])
      .filter(([, bytes]) => bytes > 0)
      .sort((a, b) => b[1] - a[1]),
  };
}

/** The files that are loaded with `path`. */
function reach(path, outputs, seen = new Set()) {
  seen.add(path);
  for (const { path: next, kind } of outputs[path].imports) {
    if (kind === "import-statement" && !seen.has(next)) reach(next, outputs, seen);
  }
  return seen;
}
