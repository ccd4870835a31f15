// How much a page downloads of the package: small apps, bundled and minified from what is in dist/, with gzip -9.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { APPS, measure } from "./package/sizes.mjs";

const HELP = `Usage: node scripts/sizes.mjs [--root DIR] [--inputs] [--json]

Bundles small apps on what is in dist/ (npm run build), minified by esbuild, and prints what each takes with gzip -9,
the app itself included: all that a page downloads, worker and worklet too, which voxwire/browser brings along as text.
Counted by itself is what a page fetches only where WebAssembly is refused: plain TypeScript, in a file of its own.

  --root DIR   the package's folder (default: this repository)
  --inputs     the files that each app is made of too, with their share before gzip
  --json       print the result as JSON
  --help       print this

Exit code: 0 all within their limits, 1 at least one is not, 2 wrong arguments.
`;

const options = read();
if (options.help) console.log(HELP);
else await main();

async function main() {
  const root = resolve(options.root);
  const results = [];
  for (const app of APPS) results.push(await measure(app, root));
  const isGood = results.every(({ gzipBytes, limitBytes }) => gzipBytes <= limitBytes);
  if (options.json) console.log(JSON.stringify(results, undefined, 2));
  else for (const result of results) print(result);
  process.exitCode = isGood ? 0 : 1;
}

function print({ name, bytes, gzipBytes, laterGzipBytes, limitBytes, inputs }) {
  const verdict = gzipBytes <= limitBytes ? "ok  " : "FAIL";
  const figures = [gzipBytes, limitBytes, bytes].map((n) => n.toLocaleString("en").padStart(7));
  console.log(`${verdict} ${figures[0]} of ${figures[1]} bytes with gzip, ${figures[2]} without: ${name}`);
  if (laterGzipBytes > 0)
    console.log(`     ${laterGzipBytes.toLocaleString("en").padStart(7)} more where WebAssembly is refused`);
  if (options.inputs) for (const [path, n] of inputs) console.log(`${String(n).padStart(15)} ${path}`);
}

function read() {
  const spec = {
    root: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "..") },
    inputs: { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  };
  try {
    return parseArgs({ options: spec }).values;
  } catch (error) {
    console.error(`sizes: ${error.message}. Expected --root DIR, --inputs, --json or --help.`);
    process.exit(2);
  }
}
