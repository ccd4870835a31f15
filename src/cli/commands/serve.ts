/** `voxwire serve`: a voice server with the echo, or a handler from a file. */
import { networkInterfaces } from "node:os";
import { Command, Option } from "commander";
import { ConfigError, VoxwireError } from "../../core/errors.ts";
import { EchoHandler } from "../../stream/echo-handler.ts";
import type { RunningServer } from "../../transport/running-server.ts";
import { type ServeOptions, serve, type WorkerServeOptions } from "../../transport/serve.ts";
import { gather, readInteger, readRate } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { gateOf } from "../gate-options.ts";
import { loadHandler } from "../handlers/load-handler.ts";
import { whileLoading } from "../handlers/slow-load.ts";
import { installedOpus } from "../installed-codecs.ts";
import { Interruption } from "../interruption.ts";
import { addNetworkOptions, type NetworkFlags, networkOf } from "../network-options.ts";
import { SPEECH_FILE, shortPath } from "../package-info.ts";
import { sessionLog } from "../session-log.ts";
import type { Terminal } from "../terminal.ts";
import { terminalLogger } from "../terminal-logger.ts";
import { UsageError } from "../usage-error.ts";
import { addWatchOptions, type WatchFlags, watchOf } from "../watch-options.ts";

/** The command line's options, checked. */
interface ServeFlags extends NetworkFlags, WatchFlags {
  port: number;
  host: string;
  handler?: string;
  rate?: number;
  inputRate?: number;
  outputRate?: number;
  frameMs?: number;
  workers?: number;
  maxSessions?: number;
  maxSessionsPerAddress?: number;
  tlsCert?: string;
  tlsKey?: string;
  tokenSecret?: string;
  trustProxy?: string;
  allowOrigin?: readonly string[];
  allowHost?: readonly string[];
  path?: string;
  jitter?: boolean;
  playground: boolean;
  quiet?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  voxwire serve                                          echo on ws://127.0.0.1:8765
  voxwire serve --handler ./my-handler.ts --rate 16000   your handler, 16 kHz both ways
  voxwire serve --handler ./my-handler.ts --workers 3    your handler in three threads of its own
  voxwire serve --host 0.0.0.0 --max-sessions 50         open to the network
  voxwire serve --host 0.0.0.0 --port 443 --tls-cert cert.pem --tls-key key.pem --token-secret secret.txt
                                                         wss://, for those with a token
  voxwire serve --twilio-token-env --public-url https://voice.example.org --record calls
                                                         Twilio's calls alone, each in a WAV file

Ctrl-C lets queued audio leave, tells the clients, and exits with 0; a second one exits at once, with 130.`;

/** What workers load: the echo, and the handler of a file. */
const ECHO_MODULE = new URL("../../server.js#EchoHandler", import.meta.url);
const FILE_MODULE = new URL("../handlers/handler-in-worker.js", import.meta.url);

/** The command, to be added to the program. */
export function serveCommand(context: CliContext): Command {
  const command = new Command("serve")
    .description("serve a handler; the echo unless told otherwise")
    .addOption(
      new Option("--port <n>", "TCP port; 0 takes a free one")
        .argParser(readInteger("--port", 0, 65535))
        .default(8765),
    )
    .option("--host <address>", "address to listen on; 0.0.0.0 opens it to the network", "127.0.0.1")
    .option("--handler <file>", "a .ts or .js file that exports a handler (default: the echo)")
    .addOption(new Option("--rate <hz>", "what the handler takes and gives").argParser(readRate("--rate")))
    .addOption(
      new Option("--input-rate <hz>", "what the handler takes, where it differs").argParser(
        readRate("--input-rate"),
      ),
    )
    .addOption(
      new Option("--output-rate <hz>", "what the handler gives, where it differs").argParser(
        readRate("--output-rate"),
      ),
    )
    .addOption(
      new Option("--frame-ms <ms>", "duration of a frame (default: 20)").argParser(
        readInteger("--frame-ms", 5, 500, "ms"),
      ),
    )
    .addOption(
      new Option(
        "--workers <n>",
        "run handlers in so many threads (default: in that of the sockets)",
      ).argParser(readInteger("--workers", 1, 64)),
    )
    .addOption(
      new Option("--max-sessions <n>", "sessions at once (default: no limit)").argParser(
        readInteger("--max-sessions", 1, 1_000_000),
      ),
    )
    .addOption(
      new Option("--max-sessions-per-address <n>", "sessions at once from one address").argParser(
        readInteger("--max-sessions-per-address", 1, 1_000_000),
      ),
    )
    .option("--tls-cert <file>", "speak TLS with this certificate (PEM); needs --tls-key")
    .option("--tls-key <file>", "the certificate's key (PEM)")
    .option("--token-secret <file>", "let in only who has a token made with the secret in this file")
    .option(
      "--trust-proxy <who>",
      'believe the X-Forwarded-For of these: "loopback", addresses and networks with commas, or a number of proxies',
    )
    .addOption(
      new Option("--allow-origin <origin>", 'pages that may connect, "*" for all; may be repeated').argParser(
        gather,
      ),
    )
    .addOption(
      new Option(
        "--allow-host <name>",
        'names by which pages may ask for it, beside localhost and addresses; "*" for any; may be repeated',
      ).argParser(gather),
    )
    .option("--path <path>", 'goes before every route, such as "/voice"')
    .option(
      "--jitter",
      "the handler hears by a clock, through a jitter buffer, lost frames made up: for recorders",
    )
    .option("--no-playground", "no page for browsers at /");
  return addNetworkOptions(addWatchOptions(command), "a bad network for trying, in front of this server")
    .option("--quiet", "no line for each session")
    .option("--json", "print where it listens as JSON, on one line")
    .addHelpText("after", EXAMPLES)
    .action((flags: ServeFlags) => runServe(flags, context));
}

async function runServe(flags: ServeFlags, { terminal }: CliContext): Promise<void> {
  const log = flags.quiet === true ? {} : sessionLog(terminal);
  const gate = await gateOf(flags);
  const watch = watchOf(flags);
  const network = await networkOf(flags);
  const starting = start(flags, {
    ...log,
    ...(await handlerOf(flags, terminal)),
    codecs: [installedOpus],
    port: flags.port,
    host: flags.host,
    playground: flags.playground,
    logger: terminalLogger(terminal),
    ...ratesOf(flags),
    ...(flags.frameMs !== undefined && { frameMs: flags.frameMs }),
    ...(flags.maxSessions !== undefined && { maxSessions: flags.maxSessions }),
    ...(flags.maxSessionsPerAddress !== undefined && { maxSessionsPerAddress: flags.maxSessionsPerAddress }),
    ...(flags.jitter === true && { jitter: true }),
    ...gate,
    ...watch,
    ...(network !== undefined && { network }),
    ...(flags.allowOrigin !== undefined && { allowOrigin: flags.allowOrigin }),
    ...(flags.allowHost !== undefined && { hosts: flags.allowHost }),
    ...(flags.path !== undefined && { path: flags.path }),
  });
  const { handler, workers } = flags;
  const isModule = handler !== undefined && workers !== undefined;
  const server = await (isModule ? whileLoading(starting, handler, terminal) : starting);
  const interruption = new Interruption();
  if (flags.json === true) terminal.print(JSON.stringify(whereOf(server)));
  else announce(server, flags, terminal);
  await interruption.wait();
  const live = server.sessions.size;
  if (live > 0)
    terminal.note(`Closing: ${live} session${live === 1 ? "" : "s"} to end; Ctrl-C again exits at once.`);
  await server.close();
  interruption.dispose();
}

function whereOf({ url, port, metricsUrl }: RunningServer): object {
  return { url, port, ...(metricsUrl !== "" && { metricsUrl }) };
}

/** The handler, or with workers the module that each of them is to load. */
async function handlerOf({ handler, workers }: ServeFlags, terminal: Terminal) {
  if (workers === undefined) {
    if (handler === undefined) return { handler: EchoHandler };
    return { handler: await whileLoading(loadHandler(handler), handler, terminal) };
  }
  if (handler === undefined) return { workers, handler: ECHO_MODULE };
  const module = new URL(FILE_MODULE);
  module.searchParams.set("file", handler);
  return { workers, handler: module };
}

async function start(flags: ServeFlags, options: ServeOptions | WorkerServeOptions): Promise<RunningServer> {
  try {
    return await serve(options);
  } catch (cause) {
    if (cause instanceof ConfigError && cause.code === "ERR_PORT" && flags.port > 0 && isInUse(cause)) {
      const other = flags.port === 65535 ? flags.port - 1 : flags.port + 1;
      throw new VoxwireError("ERR_PORT", cause.message, {
        hint: `Write --port ${other}, or --port 0 for a free one.`,
        cause,
      });
    }
    throw cause instanceof ConfigError ? inFlags(cause) : cause;
  }
}

/** Options that only the server checks: as they are called on the command line, and its own hint where the names differ. */
const FLAGS: readonly (readonly [said: string, flag: string, hint?: string])[] = [
  ["path", "--path"],
  ["host", "--host"],
  ["allowOrigin", "--allow-origin"],
  ["hosts", "--allow-host"],
  [
    "trustProxy",
    "--trust-proxy",
    "Write --trust-proxy loopback for a proxy on this machine, or its address, such as 10.0.0.0/8.",
  ],
  ["twilio.publicUrl", "--public-url", 'Write a URL like "https://voice.example.org".'],
  [
    "tls.cert and tls.key",
    "--tls-cert and --tls-key",
    "Both are PEM files, and the key must belong to the certificate.",
  ],
];

function inFlags(error: ConfigError): ConfigError {
  const found = FLAGS.find(([said]) => error.message.startsWith(`${said} `));
  if (found === undefined) return error;
  const [said, flag, hint = error.hint] = found;
  return new UsageError(`${flag}${error.message.slice(said.length)}`, hint, error);
}

function isInUse({ cause }: ConfigError): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}

function ratesOf(flags: ServeFlags): { inputRate?: number; outputRate?: number } {
  const inputRate = flags.inputRate ?? flags.rate;
  const outputRate = flags.outputRate ?? flags.rate;
  return { ...(inputRate !== undefined && { inputRate }), ...(outputRate !== undefined && { outputRate }) };
}

function announce(server: RunningServer, flags: ServeFlags, terminal: Terminal): void {
  const page = server.url.replace(/^ws/, "http");
  terminal.print(`Voxwire serves ${flags.handler ?? "the echo"}.`);
  terminal.print();
  for (const url of addresses(server.url, flags.host)) terminal.print(`  clients   ${url}`);
  if (flags.playground) terminal.print(`  browsers  ${page}/`);
  terminal.print(`  health    ${page}/health`);
  if (server.metricsUrl !== "") terminal.print(`  metrics   ${server.metricsUrl}`);
  terminal.print();
  terminal.print(
    `Try it:     npx voxwire stream ${shortPath(SPEECH_FILE)} --url ${server.url} --out echo.wav`,
  );
  terminal.print("Stop it:    Ctrl-C");
}

/** Listening on all addresses means: on this machine's own as well as on loopback. */
function addresses(url: string, host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [url];
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal);
  return [url, ...own.map(({ address }) => url.replace("127.0.0.1", address))];
}
