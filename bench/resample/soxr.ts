/** Native libsoxr: a small program in C, compiled when it is first needed, timed inside its own process. */
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { fromBytes, runFilter, toBytes } from "./bytes.ts";
import { type Contender, chunkOf, type MissingPeer, type Rates, type Timed } from "./contender.ts";

const SOURCE = fileURLToPath(new URL("../peers/soxr/soxr-peer.c", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../build/bench/soxr-peer", import.meta.url));
const MISSING: MissingPeer = { name: "libsoxr", install: "sudo apt install gcc libsoxr-dev" };

/** The program's process and its two qualities as contenders. */
export interface Soxr {
  readonly contenders: readonly Contender[];
  close(): void;
}

/** Compiles and starts it, or says what is missing. Throws where the compiler fails on anything else. */
export function startSoxr(): Soxr | MissingPeer {
  if (!compile()) return MISSING;
  const server = new Server();
  return {
    contenders: ["HQ", "VHQ"].map((quality) => createSoxr(server, quality)),
    close: () => server.close(),
  };
}

function compile(): boolean {
  const built = statSync(PROGRAM, { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > statSync(SOURCE).mtimeMs) return true;
  const probe = spawnSync("cc", ["-E", "-include", "soxr.h", "-x", "c", "/dev/null"], { encoding: "utf8" });
  if (probe.error !== undefined || probe.status !== 0) return false;
  mkdirSync(dirname(PROGRAM), { recursive: true });
  execFileSync("cc", ["-O2", "-o", PROGRAM, SOURCE, "-lsoxr", "-lm"], { stdio: "pipe" });
  return true;
}

function createSoxr(server: Server, quality: string): Contender {
  const args = ({ inputRate, outputRate }: Rates) => [String(inputRate), String(outputRate), quality];
  const timeWhole = (rates: Rates, samples: number, memory: "new" | "kept"): Timed => ({
    sample: () => server.ask(`whole ${args(rates).join(" ")} ${samples} ${memory}`),
    dispose: () => {},
  });
  return {
    name: `libsoxr ${quality}`,
    kind: "native",
    keepsTime: true,
    convert: async (samples, rates, chunkSamples) => {
      const words = ["convert", ...args(rates), String(chunkSamples)];
      const { stdout, stderr } = await runFilter(PROGRAM, words, toBytes(samples));
      const log = stderr
        .trim()
        .split("\n")
        .map((line) => line.split(" ").map(Number) as [number, number]);
      return { samples: fromBytes(stdout), log };
    },
    timeStream: async (rates) => ({
      sample: (seconds) =>
        server.ask(`stream ${args(rates).join(" ")} ${chunkOf(rates.inputRate)} ${seconds}`),
      dispose: () => {},
    }),
    timeWhole: async (rates, samples) => timeWhole(rates, samples, "new"),
    timeWholeInto: async (rates, samples) => timeWhole(rates, samples, "kept"),
  };
}

/** One request at a time, so that it works only while nothing else is timed. */
class Server {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#process = spawn(PROGRAM, ["serve"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask(request: string): Promise<number[]> {
    this.#process.stdin.write(`${request}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`soxr-peer ended on "${request}".`);
    return value.split(" ").map(Number);
  }

  close(): void {
    this.#process.stdin.end();
  }
}
