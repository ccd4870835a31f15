// The apps whose sizes are held, and how they are measured.
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
    limitBytes: 21_300,
  },
  {
    name: "voxwire: loadDsp",
    code: 'import { loadDsp } from "voxwire"; globalThis.app = loadDsp();',
    limitBytes: 45_000,
  },
  {
    name: "voxwire/client: connect",
    code: 'import { connect } from "voxwire/client"; globalThis.app = connect;',
    limitBytes: 44_000,
  },
  {
    name: "voxwire/browser: connect, microphone, speaker, with worker and worklet",
    code:
      'import { connect, microphone, speaker } from "voxwire/browser";' +
      "globalThis.app = { connect, microphone, speaker };",
    limitBytes: 53_500,
  },
];

/** Bundles an app against the package in `root`; its size in bytes, with gzip and without, and what it is made of. */
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
    write: false,
    metafile: true,
  });
  const [{ contents }] = outputFiles;
  const [{ inputs }] = Object.values(metafile.outputs);
  return {
    name,
    bytes: contents.length,
    gzipBytes: gzipSync(contents, { level: 9 }).length,
    limitBytes,
    inputs: Object.entries(inputs)
      .map(([path, { bytesInOutput }]) => [path, bytesInOutput])
      .filter(([, bytes]) => bytes > 0)
      .sort((a, b) => b[1] - a[1]),
  };
}
