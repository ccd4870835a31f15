// Runs the tests: every test/**/*.test.ts in a process of its own, two at a time, each with a deadline.
// The last line is always `N passed, M failed`. A file that runs no test, skips one, or does not end fails.
// A file that fails is run once more when nothing runs beside it: what then passes is named as unsteady.
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findBrowser } from "./testing/find-browser.mjs";
import { endAll, runFile } from "./testing/run-file.mjs";

/** More failures than this are not noise. */
const UNSTEADY_AT_MOST = 2;

const HELP = `Usage: node scripts/test.mjs [options] [part of a path ...]

Runs every test/**/*.test.ts, or those whose path contains one of the given parts.

  --list             print the files that would run, and run none
  --no-browser       leave out test/browser/, which needs a browser; says which files it left out
  --deadline-s N     what one file may take, in seconds (default 240)
  --exit-s N         what a file may take to exit once its tests are done (default 10)
  --root DIR         the folder that holds test/ (default: this repository)
  --help             print this

A file fails when a test in it fails, when it runs no test, skips one, prints no totals, is not done by the
deadline, does not exit after its tests, or leaves processes behind. Up to ${UNSTEADY_AT_MOST} files that fail are run once more at the
end, alone: a machine that was too busy for a test is no fault of the code. What passes then counts, and is named as
unsteady with what it printed. Exit code: 0 all passed, 1 not, 2 wrong arguments.
`;

const options = read();
if (options.help) console.log(HELP);
else if (options.list) for (const file of select(options).files) console.log(file);
else await main();

async function main() {
  const { files, leftOut } = select(options);
  if (files.some(needsBrowser)) haveBrowser();
  const queue = [...files];
  const failures = [];
  const unsteady = [];
  let passed = 0;
  let failed = 0;
  let done = 0;
  const startedMs = performance.now();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      endAll();
      console.log(`\nstopped by ${signal} after ${done} of ${files.length} files`);
      console.log(`${passed} passed, ${failed + 1} failed`);
      process.exit(1);
    });
  }

  await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const result = await runFile(file, options);
        const isGood = faultsOf(result) === 0;
        passed += result.passed;
        failed += faultsOf(result);
        done++;
        if (!isGood) failures.push({ file, ...result });
        const place = `[${String(done).padStart(String(files.length).length)}/${files.length}]`;
        const sums = `(${result.passed} of ${result.total}, ${result.seconds.toFixed(1)} s)`;
        console.log(
          `${place} ${isGood ? "ok  " : "FAIL"} ${file} ${sums} ${result.reasons.join("; ")}`.trimEnd(),
        );
      }
    }),
  );

  for (const first of failures.length <= UNSTEADY_AT_MOST ? [...failures] : []) {
    const second = await runFile(first.file, options);
    console.log(`[again, alone] ${faultsOf(second) === 0 ? "ok  " : "FAIL"} ${first.file}`);
    if (faultsOf(second) > 0) continue;
    failures.splice(failures.indexOf(first), 1);
    unsteady.push(first);
    passed += second.passed - first.passed;
    failed -= faultsOf(first);
  }
  for (const { file, reasons, output } of unsteady) {
    console.log(`\n--- unsteady: ${file} failed beside another file and passed alone`);
    console.log(`${reasons.join("\n")}\n${output.trim()}`.trim());
  }
  for (const { file, reasons, output } of failures) {
    console.log(`\n--- ${file}${reasons.map((reason) => `\n    ${reason}`).join("")}\n${output.trim()}`);
  }
  if (leftOut.length > 0) console.log(`\nleft out by --no-browser: ${leftOut.join(", ")}`);
  if (files.length === 0) {
    console.log(
      `no test file below ${options.root}/test ${options.parts.length > 0 ? `matches ${options.parts.join(", ")}` : "at all"}`,
    );
    failed++;
  }
  if (unsteady.length > 0) console.log(`\nunsteady: ${unsteady.map(({ file }) => file).join(", ")}`);
  console.log(`\n${files.length} files in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** How many tests of a file count as failed: one at least where anything is wrong. */
function faultsOf({ total, passed, reasons }) {
  const bad = total - passed;
  return bad === 0 && reasons.length === 0 ? 0 : Math.max(1, bad);
}

function needsBrowser(file) {
  return file.startsWith("test/browser/");
}

/** Finds the browser once, for all files: two that install one at a time would get in each other's way. */
function haveBrowser() {
  try {
    process.env.VOXWIRE_BROWSER = findBrowser();
  } catch (error) {
    console.error(error.message);
    console.log("0 passed, 1 failed");
    process.exit(1);
  }
}

function select({ root, parts, browser }) {
  const all = readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join("/"),
    )
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort();
  return {
    files: all.filter((file) => browser || !needsBrowser(file)),
    leftOut: all.filter((file) => !browser && needsBrowser(file)),
  };
}

function read() {
  const spec = {
    list: { type: "boolean" },
    "no-browser": { type: "boolean" },
    "deadline-s": { type: "string", default: "240" },
    "exit-s": { type: "string", default: "10" },
    root: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "..") },
    help: { type: "boolean" },
  };
  try {
    const { values, positionals } = parseArgs({ options: spec, allowPositionals: true });
    return {
      help: values.help,
      list: values.list,
      browser: !values["no-browser"],
      deadlineMs: milliseconds(values, "deadline-s"),
      exitMs: milliseconds(values, "exit-s"),
      root: resolve(values.root),
      parts: positionals,
    };
  } catch (error) {
    console.error(`test: ${error.message}\nSee node scripts/test.mjs --help.`);
    process.exit(2);
  }
}

function milliseconds(values, name) {
  const seconds = Number(values[name]);
  if (!(seconds > 0)) throw new Error(`--${name} is "${values[name]}"; expected a number of seconds above 0`);
  return seconds * 1000;
}
