// Holds the imports in src/ against the layer rules: who may import whom, where Node and the DOM may be used.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkLayers } from "./layers/check.mjs";
import { ZONES } from "./layers/rules.mjs";

const HELP = `Usage: node scripts/layers.mjs [--root DIR] [--json]

Holds every import in src/ (import, import type, export from, dynamic import, import("…").T, require,
new URL(…, import.meta.url)) against the layer rules in scripts/layers/rules.mjs, and finds import cycles,
default exports, stray index files, Node and DOM names where they do not belong.

  --root DIR   the folder that holds src/ (default: this repository)
  --json       print the result as JSON
  --help       print this

Exit code: 0 all rules hold, 1 at least one is broken, 2 wrong arguments.

Layers, and what each may import besides itself:
${Object.entries(ZONES)
  .map(([zone, rule]) => `  ${zone.padEnd(18)} ${rule.imports.join(", ") || "nothing"}`)
  .join("\n")}
`;

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const options = read();
if (options.help) console.log(HELP);
else {
  const { files, imports, breaches } = checkLayers(resolve(options.root ?? here));
  if (options.json) console.log(JSON.stringify({ files, imports, breaches }, null, 2));
  else {
    for (const { file, line, seen, rule, todo } of breaches) {
      console.log(`${file}:${line}: ${seen}\n    rule: ${rule}\n    do:   ${todo}`);
    }
    console.log(`layers: ${files} files, ${imports} imports, ${breaches.length} against the rules`);
  }
  if (files === 0) console.log("layers: no source file found; is --root right?");
  process.exitCode = breaches.length > 0 || files === 0 ? 1 : 0;
}

function read() {
  try {
    const spec = { root: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" } };
    return parseArgs({ options: spec }).values;
  } catch (error) {
    console.error(`layers: ${error.message}. Expected --root DIR, --json or --help.`);
    process.exit(2);
  }
}
