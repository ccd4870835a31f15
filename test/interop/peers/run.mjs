// Independent WebSocket clients against the server, on every protocol: `node test/interop/peers/run.mjs [--seconds 10]
// [--wsload PROGRAM] [--keep DIR]`. Installs what it needs into a folder of its own; what is not there is named and left out.
// Exit code 1 where any peer found a mismatch, a loss or a protocol error, or none could be run.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bunProgram, goProgram, run, rustProgram } from "./set-up.mjs";

const PROTOCOLS = ["json", "binary", "twilio", "vonage"];
const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    wsload: { type: "string" },
    keep: { type: "string" },
  },
});
const folder = values.keep ?? mkdtempSync(join(tmpdir(), "voxwire-peers-"));
mkdirSync(folder, { recursive: true });

/** Each installs itself and gives its command; throws where it cannot. */
const PEERS = {
  "Python websockets": () => {
    const python = join(folder, "venv/bin/python");
    run("python3", ["-m", "venv", join(folder, "venv")], folder);
    run(python, ["-m", "pip", "install", "--quiet", "websockets"], folder);
    return [python, join(here, "peer.py")];
  },
  "Go gorilla": () => [
    goProgram(join(folder, "go"), join(here, "peer.go"), ["github.com/gorilla/websocket@v1.5.3"]),
  ],
  "Rust tungstenite": () => [rustProgram(join(folder, "rust"), join(here, "peer.rs"), CRATES)],
  Bun: () => [bunProgram(join(folder, "bun")), join(here, "peer.mjs")],
  "Node's own": () => {
    const [major = 0] = process.versions.node.split(".").map(Number);
    return [process.execPath, ...(major < 22 ? ["--experimental-websocket"] : []), join(here, "peer.mjs")];
  },
};

const CRATES = 'base64 = "0.22"\nserde_json = "1"\ntungstenite = "0.26"\n';

let url = "";
const server = await startServer();
try {
  const rows = await table();
  console.log(`\n${formatted(rows)}`);
  const isGood = rows.length > 0 && rows.every(({ verdict }) => verdict === "good");
  process.exitCode = isGood ? 0 : 1;
} finally {
  server.kill("SIGTERM");
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

async function table() {
  const rows = [];
  for (const [name, install] of Object.entries(PEERS)) {
    let command;
    try {
      command = install();
    } catch (error) {
      console.log(`left out: ${name}: ${error.message}`);
      continue;
    }
    console.log(`${name} ...`);
    // the four protocols at once: on one connection each
    const results = await Promise.all(PROTOCOLS.map((protocol) => stream(command, protocol)));
    for (const [i, result] of results.entries()) rows.push(judged(name, PROTOCOLS[i], result));
  }
  if (values.wsload !== undefined) rows.push(...(await wsload(values.wsload)));
  return rows;
}

async function stream(command, protocol) {
  const { code, stdout, stderr } = await finished(command, [url, protocol, values.seconds]);
  if (code !== 0) return { failure: `ended with ${code}: ${stderr.trim().split("\n").at(-1)}` };
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/** FastRTC JSON, binary and Twilio, fifty streams each; its own judgement of audio. */
async function wsload(program) {
  const rows = [];
  console.log("wsload ...");
  for (const [protocol, asked, path] of [
    ["json", "json", "/websocket/offer"],
    ["binary", "own", "/stream"],
    ["twilio", "twilio", "/telephone/handler"],
  ]) {
    const out = join(folder, `wsload-${protocol}.json`);
    const args = [
      "--url",
      url + path,
      "--protocol",
      asked,
      "--n",
      "50",
      "--duration",
      values.seconds,
      "--out",
      out,
    ];
    const { code, stderr } = await finished([program], args);
    if (code !== 0) {
      rows.push(judged("wsload, 50 streams", protocol, { failure: stderr.trim() }));
      continue;
    }
    const report = JSON.parse(readFileSync(out, "utf8"));
    rows.push(
      judged("wsload, 50 streams", protocol, {
        sent: report.measured + report.lost,
        received: report.measured,
        mismatched: report.content_mismatch + report.foreign_audio + report.protocol_errors,
        closed: 1000,
      }),
    );
  }
  return rows;
}

function judged(name, protocol, result) {
  if (result.failure !== undefined) return { name, protocol, verdict: result.failure };
  const { sent, received, mismatched, pongs, closed } = result;
  // tungstenite and wsload stay for the answer to their own close
  const isGood = sent > 0 && received === sent && mismatched === 0 && closed === 1000;
  const isAnswered = pongs === undefined || pongs >= Math.floor(sent / 50);
  return { name, protocol, ...result, verdict: isGood && isAnswered ? "good" : "BAD" };
}

function formatted(rows) {
  const cells = rows.map(({ name, protocol, sent, received, mismatched, pongs, closed, verdict }) =>
    [name, protocol, sent, received, mismatched, pongs ?? "-", closed, verdict].map((cell) =>
      String(cell ?? ""),
    ),
  );
  const head = ["peer", "protocol", "sent", "back", "wrong", "pongs", "closed", ""];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

async function startServer() {
  const program = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
  const args = [program, "serve", "--port", "0", "--rate", "8000", "--frame-ms", "20", "--quiet"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  url = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const match = /ws:\/\/[\d.:]+\d/.exec(said);
      if (match !== null) resolve(match[0]);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}; run npm run build first`)));
  });
  return child;
}

function finished([command, ...first], args) {
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", (error) => resolve({ code: -1, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
