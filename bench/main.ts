/**
 * `npm run bench [-- part ...]`: times the audio core against its peers, side by side in one run, and judges the
 * resampler. Results are checked before anything is timed; tables go to the terminal, everything to a JSON file.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { bringRelaxedKernels, hasRelaxedSimd } from "../src/dsp/relaxed.ts";
import { writeDocs } from "./docs-tables.ts";
import { FreshPeers } from "./fresh-peers.ts";
import { describeMachine } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { REPORTS } from "./reports.ts";
import { runSuite } from "./run.ts";
import { PEER_NAMES } from "./server/peers/peer-servers.ts";
import { SUITES } from "./suites.ts";
import { formatTable } from "./table.ts";

const FULL: Effort = { rounds: 7, seconds: 0.06 };
const QUICK: Effort = { rounds: 1, seconds: 0.01 };
const NAMES = [...Object.keys(SUITES), ...Object.keys(REPORTS)];
/** What runs when no part is named: all but what takes minutes. */
const USUAL = [...Object.keys(SUITES), "resample"];
/** What is built where its compiler is at hand; what has to be installed is asked for by name. */
const USUAL_PEERS = ["go", "rust"];

interface Options {
  rounds?: number;
  quick?: boolean;
  strict?: boolean;
  docs?: boolean;
  json?: string;
  plot?: string | true;
  minutes?: number;
  wsload?: string;
  fastrtc?: string;
  peers?: string[];
  streams?: number[];
  fault?: string;
}

const program = new Command("bench")
  .description("Times the audio core against its peers; the fastest way of each peer counts.")
  .argument("[part...]", `which parts: ${NAMES.join(", ")}; by default ${USUAL.join(", ")}`)
  .option("--rounds <n>", `rounds in which all cases take turns; ${FULL.rounds} by default`, wholeNumber)
  .option("--quick", "correctness, and one short round: for CI, whose figures mean little")
  .option("--strict", "without relaxed SIMD, also where this Node has it (from 22 on)")
  .option("--docs", "resample, quality, convert: writes their figures into docs/resampler.md")
  .option("--plot [folder]", "resample: figures in place of times, as SVG; bench/results/plots by default")
  .option(
    "--minutes <n>",
    "convert: length of the file; 60 by default. soak: how long, 10 at most",
    wholeNumber,
  )
  .option(
    "--streams <n,...>",
    "server: these numbers of paced streams, in place of the most it holds",
    numbers,
  )
  .option("--wsload <program>", "server: load by wsload, in place of our own generator")
  .option("--fault <part of a name>", "faults: those alone, such as storms")
  .option("--fastrtc <python>", "server: FastRTC beside it, from an interpreter that has it")
  .option(
    "--peers <name,...>",
    `server: echo servers in these languages beside it, of ${PEER_NAMES.join(", ")}, or none; by default ${USUAL_PEERS.join(", ")}, with --quick none`,
    peers,
  )
  .option("--json <file>", "where results go; bench/results/<date>.json by default")
  .showHelpAfterError("Run with --help for the options.");

program.action(async (parts: string[], options: Options) => {
  for (const name of parts) {
    if (!NAMES.includes(name)) program.error(`There is no part "${name}"; there are ${NAMES.join(", ")}.`);
  }
  await bench(parts.length === 0 ? USUAL : parts, options);
});

await program.parseAsync();

async function bench(names: readonly string[], options: Options): Promise<void> {
  const base = options.quick ? QUICK : FULL;
  const effort = { ...base, rounds: options.rounds ?? base.rounds };
  const machine = describeMachine();
  const isRelaxed = options.strict !== true && hasRelaxedSimd();
  if (isRelaxed) bringRelaxedKernels();
  const simd = isRelaxed ? "relaxed SIMD" : "SIMD";
  const place = `${machine.cpu}, ${machine.cores} cores; Node ${machine.node}, ${simd}; ${machine.date}`;
  console.log(place);
  const results: Record<string, unknown> = {};
  for (const name of names) {
    const report = REPORTS[name];
    results[name] =
      report === undefined
        ? await benchSuite(name, effort)
        : await report({
            effort,
            ...(options.plot === undefined ? {} : { plotFolder: plotFolder(options.plot) }),
            minutes: options.minutes ?? (options.quick ? 1 : 60),
            server: {
              isQuick: options.quick === true,
              streams: options.streams ?? [],
              peers: options.peers ?? (options.quick ? [] : USUAL_PEERS),
              ...(options.fault === undefined ? {} : { fault: options.fault }),
              ...(options.wsload === undefined ? {} : { wsload: resolve(options.wsload) }),
              ...(options.fastrtc === undefined ? {} : { fastrtc: resolve(options.fastrtc) }),
            },
            onRound: (what, round) => progress(`${name}, ${what}`, round, effort.rounds),
          });
    if (options.docs === true && options.plot === undefined) writeDocs(name, results[name], place);
  }
  const file = options.json === undefined ? defaultFile(machine.date) : resolve(options.json);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ machine: { ...machine, isRelaxed }, effort, results }, undefined, 2)}\n`,
  );
  console.log(`Results: ${file}`);
}

async function benchSuite(name: string, effort: Effort): Promise<unknown> {
  const fresh = await FreshPeers.create();
  try {
    const suite = await SUITES[name]!();
    const groups = await runSuite(suite, fresh, effort, (round) => progress(name, round, effort.rounds));
    suite.dispose();
    console.log(`\n${name}: results agree\n${formatTable(groups)}`);
    console.log("* from a fresh process without our WebAssembly, in which it was faster");
    return groups;
  } finally {
    fresh.close();
  }
}

function progress(name: string, round: number, rounds: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${name}: round ${round + 1} of ${rounds} `);
}

function plotFolder(option: string | true): string {
  return option === true ? fileURLToPath(new URL("./results/plots", import.meta.url)) : resolve(option);
}

function defaultFile(date: string): string {
  return fileURLToPath(new URL(`./results/${date.replaceAll(":", "-")}.json`, import.meta.url));
}

function numbers(text: string): number[] {
  const values = text.split(",").map(Number);
  if (!values.every((value) => Number.isInteger(value) && value >= 1 && value <= 20_000)) {
    throw new InvalidArgumentError("Give whole numbers from 1 to 20000 with commas between them.");
  }
  return values;
}

function peers(text: string): string[] {
  const names = text === "none" ? [] : text.split(",");
  const unknown = names.filter((name) => !PEER_NAMES.includes(name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no ${unknown.join(", ")}; there are ${PEER_NAMES.join(", ")}.`);
  return names;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) {
    throw new InvalidArgumentError("Give a whole number from 1 to 1000.");
  }
  return value;
}
