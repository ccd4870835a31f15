// Bundles the playground's page into dist/playground/page. A step of scripts/build.mjs.
import { cpSync, mkdirSync } from "node:fs";
import { build } from "esbuild";

const SOURCE = "src/playground/page";
const TARGET = "dist/playground/page";

const options = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  outdir: TARGET,
};

mkdirSync(TARGET, { recursive: true });
await build({
  ...options,
  entryPoints: { app: `${SOURCE}/main.ts`, page: `${SOURCE}/page.css` },
  plugins: [{ name: "leave-out", setup: leaveOut }],
});
await build({
  ...options,
  // in a worker's file and a worklet's there is nothing to import
  format: "iife",
  entryPoints: {
    "network-worker": "src/playground/threads/network-worker.ts",
    recorder: "src/playground/threads/recorder-worklet.ts",
  },
});
for (const name of ["index.html", "icon.svg"]) cpSync(`${SOURCE}/${name}`, `${TARGET}/${name}`);

/** The page gives the addresses of worker and worklet: the ones that the library embeds for others are dead weight here. */
function leaveOut(bundler) {
  bundler.onLoad({ filter: /generated[\\/](worker|worklet|twins)-source\.ts$/ }, ({ path }) => {
    const [, name] = /(worker|worklet|twins)-source\.ts$/.exec(path);
    return { contents: `export const ${name}Source = "";`, loader: "ts" };
  });
}
