// Looks through the tracked files for what must not be there: paths of one machine, hosts of package registries,
// work left for later, common misspellings; and holds the lock file to recording no download addresses.
import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HELP = `Usage: node scripts/words.mjs [--root DIR]

Looks through every file that git tracks or would track, and prints file:line for
  - a path of one machine (a home, root's, a temporary or a work folder)
  - the host of a package registry
  - a note of work left for later
  - a common misspelling
  - a line that ends in a carriage return
  - a download address recorded in package-lock.json

Exit code: 0 nothing found, 1 something found, 2 wrong arguments.
`;

// written with a bar inside each word, so that this file does not find itself
const FOLDERS = "wo|rk ro|ot tm|p ho|me/\\w+ Us|ers/\\w+ va|r/folders";
const HOSTS =
  "regis|try\\.npmjs regis|try\\.yarnpkg ://[\\w.-]*regis|try npm\\.pkg\\.git|hub \\w+\\.jf|rog\\.io " +
  "files\\.python|hosted pypi\\.o|rg";
const LATER = "TO|DO FIX|ME XX|X HA|CK";
const MISSPELT =
  "adre|ss arg|uement beg|ining defin|ately depend|ancy envi|roment exis|tant lang|auge len|ght neces|ary " +
  "necc|essary occ|ured para|mater reci|eve sepe|rate succes|ful te|h thi|er trans|fered wi|ch";

const RULES = [
  {
    what: "a path of one machine",
    pattern: new RegExp(`(?<![\\w.)\\]}*-])/(?:${alternatives(FOLDERS)})/`),
    todo: "name a path inside the repository, or ask os.tmpdir() and os.homedir()",
  },
  {
    what: "the host of a package registry",
    pattern: new RegExp(`\\b(?:${alternatives(HOSTS)})\\b`, "i"),
    todo: "leave it out: npm's own settings know the host",
  },
  {
    what: "work left for later",
    pattern: new RegExp(`\\b(?:${alternatives(LATER)})\\b`),
    todo: "do it now, or keep it as an issue",
  },
  { what: "a misspelling", pattern: new RegExp(`\\b(?:${alternatives(MISSPELT)})\\b`, "i"), todo: "mend it" },
  { what: "a carriage return", pattern: /\r$/, todo: "end lines with a line feed alone" },
];

const options = read();
if (options.help) console.log(HELP);
else {
  const { files, finds } = look(resolve(options.root));
  for (const find of finds) console.log(find);
  console.log(`words: ${files} files, ${finds.length} found`);
  process.exitCode = finds.length > 0 || files === 0 ? 1 : 0;
}

function look(root) {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const finds = [];
  let files = 0;
  for (const path of listed.split("\0").filter((name) => name !== "")) {
    // a tracked file may be deleted in the working tree; a link's target is looked at where it lies
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) continue;
    const bytes = readFileSync(join(root, path));
    if (bytes.subarray(0, 8000).includes(0) || /\.(bin|wav|wasm)$/.test(path)) continue;
    files++;
    for (const [index, line] of bytes.toString("utf8").split("\n").entries()) {
      for (const { what, pattern, todo } of RULES) {
        const match = pattern.exec(line);
        if (match !== null) finds.push(`${path}:${index + 1}: ${what}: ${JSON.stringify(match[0])}; ${todo}`);
      }
      if (path === "package-lock.json" && line.includes('"resolved":')) {
        finds.push(
          `${path}:${index + 1}: a download address; npm writes none with omit-lockfile-registry-resolved, as .npmrc says`,
        );
      }
    }
  }
  return { files, finds };
}

function alternatives(words) {
  return words.replaceAll("|", "").split(" ").join("|");
}

function read() {
  const spec = {
    root: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "..") },
    help: { type: "boolean" },
  };
  try {
    return parseArgs({ options: spec }).values;
  } catch (error) {
    console.error(`words: ${error.message}. Expected --root DIR or --help.`);
    process.exit(2);
  }
}
