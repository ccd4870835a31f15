// Calls over the kernel's own bad network: a namespace of its own whose loopback has a netem queue in front of it
// (tc-netem(8)), so TCP really loses, resends and waits. Linux alone; needs unshare, ip and tc, no root where user
// namespaces are allowed.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HELP = `Usage: node scripts/netem.mjs [--seconds N] [--json]

For each of some networks: the demo's echo must come back sample for sample, and the same call through the jitter buffer is
told of. What the kernel does is not repeatable: the figures are of one run. Build first.

  --seconds N  length of each call (default: 5)
  --json       print the figures as JSON
  --help       print this

Exit code: 0 all echoes were right, 1 not, 2 wrong arguments, 3 this machine has no such networks (and why).
`;

/** What netem is told; loopback passes it in both directions. */
const CASES = [
  { name: "30 ms each way", netem: "delay 30ms" },
  { name: "30 ms, 5 ms of jitter", netem: "delay 30ms 5ms distribution normal" },
  { name: "30 ms, 1 % lost", netem: "delay 30ms loss 1%" },
  { name: "30 ms, 3 % lost", netem: "delay 30ms loss 3%" },
  { name: "30 ms, 1 % lost in bursts", netem: "delay 30ms loss gemodel 0.5% 50%" },
  { name: "20 ms, 5 % out of order", netem: "delay 20ms reorder 95%" },
  { name: "40 ms, 512 kbit/s", netem: "delay 40ms rate 512kbit" },
];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cli = join(root, "dist", "cli", "main.js");
const speech = join(root, "assets", "speech.wav");

const options = read();
if (options.help) console.log(HELP);
else if (!options.isCall) main(options);

function main({ seconds, json }) {
  const reason = whyNot();
  if (reason !== undefined) {
    console.error(`netem: ${reason}`);
    process.exitCode = 3;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "voxwire-netem-"));
  try {
    const rows = CASES.map((one) => ({ ...one, ...measure(one.netem, seconds, folder) }));
    if (json) console.log(JSON.stringify(rows, undefined, 2));
    else print(rows);
    process.exitCode = rows.every(({ identical }) => identical) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why it cannot be done here, or undefined. */
function whyNot() {
  if (process.platform !== "linux") return `network namespaces are Linux's; this is ${process.platform}.`;
  if (!existsSync(cli)) return "dist/ is not there: run npm run build.";
  const missing = ["unshare", "ip", "tc"].filter(
    (name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0,
  );
  if (missing.length > 0) return `${missing.join(", ")} not found: install util-linux and iproute2.`;
  const probe = inNamespace("delay 1ms", "true");
  if (probe.status === 0) return undefined;
  const said = probe.stderr.trim().split("\n").at(-1);
  const why = (said || `exit code ${probe.status}`).replace(/\.*$/, "");
  const hint = /unknown|No such file/i.test(why)
    ? "The kernel needs sch_netem (CONFIG_NET_SCH_NETEM): modprobe sch_netem."
    : "Run it as root, or allow user namespaces (kernel.unprivileged_userns_clone=1).";
  return `this machine allows no namespace with a netem queue: ${why}. ${hint}`;
}

/** Runs a shell line behind a network. */
function inNamespace(netem, line) {
  const script = `ip link set lo up && tc qdisc add dev lo root netem ${netem} limit 10000 && ${line}`;
  const flags = process.getuid?.() === 0 ? ["-n"] : ["-r", "-n"];
  return spawnSync("unshare", [...flags, "sh", "-c", script], { encoding: "utf8", timeout: 300_000 });
}

function measure(netem, seconds, folder) {
  const echo = join(folder, "echo.wav");
  const demo = inNamespace(
    netem,
    `"${process.execPath}" "${cli}" demo --seconds ${seconds} --json --out "${echo}"`,
  );
  const figures = parse(demo, "the demo");
  const call = inNamespace(
    netem,
    `"${process.execPath}" "${fileURLToPath(import.meta.url)}" --call ${seconds} "${echo}"`,
  );
  const { jitter, output } = parse(call, "the call");
  return {
    identical: figures.echo.identical,
    roundTripMs: figures.roundTripMs,
    bufferMs: (1000 * jitter.jitterBufferDelay) / Math.max(1, jitter.jitterBufferEmittedCount),
    madeUpMs: (1000 * jitter.concealedSamples) / output.sampleRate,
    holes: jitter.concealmentEvents,
  };
}

function parse({ stdout, stderr, status, error }, what) {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${what} ended with ${status ?? error}: ${stderr || stdout}`);
  }
}

/** Inside the namespace: a server, and a stream through the jitter buffer. */
async function call(seconds, out) {
  const { serve, EchoHandler } = await import("../dist/server.js");
  const server = await serve({ port: 0, handler: EchoHandler, inputRate: 8000, outputRate: 8000 });
  const { spawn } = await import("node:child_process");
  const args = [
    "stream",
    speech,
    "--url",
    server.url,
    "--out",
    out,
    "--seconds",
    String(seconds),
    "--jitter",
    "--json",
  ];
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "inherit", "inherit"] });
  process.exitCode = await new Promise((resolve) => child.on("close", resolve));
  await server.close({ drainMs: 0 });
}

function print(rows) {
  const ms = (value) => `${value.toFixed(0)} ms`;
  const head = ["network", "echo", "round trip p50", "p99", "most", "buffer", "made up", "holes"];
  const cells = rows.map(({ name, identical, roundTripMs: trip, bufferMs, madeUpMs, holes }) => [
    name,
    identical ? "identical" : "NOT RIGHT",
    ...[trip.p50, trip.p99, trip.max, bufferMs, madeUpMs].map(ms),
    String(holes),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  for (const row of [head, ...cells]) {
    console.log(row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "));
  }
  console.log(`Kernel ${execFileSync("uname", ["-r"], { encoding: "utf8" }).trim()}, one run.`);
}

function read() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: "string", default: "5" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        call: { type: "string" },
      },
    });
    const seconds = Number(values.call ?? values.seconds);
    if (!(seconds >= 0.2 && seconds <= 600)) throw new Error("--seconds takes 0.2 to 600.");
    if (values.call !== undefined) {
      void call(seconds, positionals[0]);
      return { help: false, isCall: true };
    }
    return { ...values, seconds };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}
