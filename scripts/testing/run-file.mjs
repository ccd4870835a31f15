// Runs one test file in a process group of its own and judges what it did.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** How much of a file's output is kept: the end, where a failing file says why. */
const OUTPUT_CHARACTERS = 200_000;
/** How long processes that a file started (a bundler's, a browser's) may outlive it. */
const GROUP_GRACE_MS = 2_000;

const groups = new Set();

/** Ends every group that still runs: for a runner that is told to stop. */
export function endAll() {
  for (const pid of groups) end(pid);
}

/**
 * Runs `file` in `root`. It has `deadlineMs` in all, and once it has printed its totals `exitMs` to let go of its
 * timers, sockets and servers.
 *
 * @returns {Promise<{ total: number, passed: number, reasons: string[], output: string, seconds: number }>} `reasons`
 *   says why the file counts as failed beyond the tests that did
 */
export async function runFile(file, { root, deadlineMs, exitMs }) {
  const startedMs = performance.now();
  const { output, code, signal, late } = await run(file, { root, deadlineMs, exitMs });
  const reasons = [];
  if (late !== "") reasons.push(late);
  const totals = totalsIn(output);
  const { total, passed, skipped } = totals ?? { total: 0, passed: 0, skipped: 0 };
  if (totals === undefined) reasons.push("it printed no totals");
  else if (total === 0) reasons.push("it ran no test: is test.run() missing?");
  if (skipped > 0)
    reasons.push(`${skipped} skipped (test.skip or test.only); nothing may be skipped silently`);
  if (late === "" && code !== 0 && total === passed)
    reasons.push(`it ended with ${signal ?? `exit code ${code}`}`);
  reasons.push(...suitesNeverRun(readFileSync(`${root}/${file}`, "utf8")));
  return { total, passed, reasons, output, seconds: (performance.now() - startedMs) / 1000 };
}

function run(file, { root, deadlineMs, exitMs }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", file], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    let late = "";
    let hasEnded = false;
    let exitTimer;
    const stop = (reason) => {
      if (late !== "") return;
      late = reason;
      end(child.pid);
    };
    const deadline = setTimeout(() => stop(`not done after ${deadlineMs / 1000} s`), deadlineMs);
    const take = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_CHARACTERS);
      if (exitTimer !== undefined || hasEnded || totalsIn(output.slice(-2_000)) === undefined) return;
      const reason = `its tests were done, but it did not exit within ${exitMs / 1000} s: something is left open (a timer, a socket, a server)`;
      exitTimer = setTimeout(() => stop(reason), exitMs);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => {
      clearTimeout(deadline);
      resolve({
        output: `${output}\n${error.message}`,
        code: null,
        signal: null,
        late: "it could not be started",
      });
    });
    if (child.pid === undefined) return;
    groups.add(child.pid);
    child.on("exit", () => {
      hasEnded = true;
      clearTimeout(deadline);
      clearTimeout(exitTimer);
      // what the file started and did not end still holds its output open
      exitTimer = setTimeout(() => {
        stop("it left processes behind");
        child.stdout.destroy();
        child.stderr.destroy();
      }, GROUP_GRACE_MS);
    });
    child.on("close", (code, signal) => {
      clearTimeout(exitTimer);
      end(child.pid);
      groups.delete(child.pid);
      resolve({ output, code, signal, late });
    });
  });
}

/** The sums uvu prints at the end of a file, or undefined while it has not. */
function totalsIn(output) {
  const totals = /^ +Total: +(\d+)\n +Passed: +(\d+)\n +Skipped: +(\d+)\n/gm;
  const match = [...stripVTControlCharacters(output).matchAll(totals)].at(-1);
  if (match === undefined) return undefined;
  const [total, passed, skipped] = match.slice(1).map(Number);
  return { total, passed, skipped };
}

/** A suite without `.run()` is passed over in silence: each `const name = suite(…)` needs its `name.run()`. */
function suitesNeverRun(text) {
  return [...text.matchAll(/^const (\w+) = suite[(<]/gm)]
    .filter(([, name]) => !new RegExp(`^\\s*${name}\\.run\\(\\)`, "m").test(text))
    .map(([, name]) => `the suite \`${name}\` never runs: ${name}.run() is missing`);
}

function end(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
