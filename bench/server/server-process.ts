/** The servers that are measured, each a process of its own on a core of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LoadProtocol } from "./load-plan.ts";
import { pinned, SERVER_CORE } from "./pinned.ts";

const HOST = "127.0.0.1";
const START_MS = 30_000;
/** With many more FastRTC answers so late that there is nothing to compare. */
const FASTRTC_STREAMS = 20;

/** How a server is started. */
export interface ServerKind {
  readonly name: string;
  /** @param port where it has to listen */
  readonly command: (port: number) => readonly [string, ...string[]];
  /** The request's path for a protocol. */
  readonly path: (protocol: LoadProtocol) => string;
  /** What its cost is measured with. */
  readonly protocols: readonly LoadProtocol[];
  /** Whether it gives back exactly what it was sent. */
  readonly isExact: boolean;
  /** More streams than these it does not keep up with. */
  readonly mostStreams?: number;
}

export interface StartedServer {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const ownPath = (protocol: LoadProtocol) => (protocol === "binary" ? "/stream" : "/websocket/offer");

/** `voxwire serve` with its echo, or with a handler's file. @param nodeOptions for Node itself */
export function voxwire(name: string, handler?: string, nodeOptions: readonly string[] = []): ServerKind {
  const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const rates =
    handler === undefined
      ? ["--rate", "8000"]
      : ["--handler", fileURLToPath(new URL(handler, import.meta.url))];
  return {
    name,
    command: (port) => [
      process.execPath,
      ...nodeOptions,
      program,
      ...["serve", "--host", HOST, "--port", String(port), "--frame-ms", "20", "--quiet", "--json", ...rates],
    ],
    path: ownPath,
    protocols: ["json", "binary"],
    isExact: handler === undefined,
  };
}

/** A bare `ws` echo. */
export const BARE_WS: ServerKind = {
  name: "bare ws",
  command: (port) => [
    process.execPath,
    fileURLToPath(new URL("./ws-echo.mjs", import.meta.url)),
    String(port),
  ],
  path: ownPath,
  protocols: ["json", "binary"],
  isExact: true,
};

/** FastRTC's echo. @param python an interpreter with `fastrtc` and `uvicorn` */
export function fastrtc(python: string): ServerKind {
  const program = fileURLToPath(new URL("./fastrtc-echo.py", import.meta.url));
  return {
    name: "FastRTC",
    command: (port) => [python, program, String(port)],
    path: () => "/websocket/offer",
    protocols: ["json"],
    // it resamples
    isExact: false,
    mostStreams: FASTRTC_STREAMS,
  };
}

/** Starts a server; resolves when it takes connections. */
export async function startServer(kind: ServerKind): Promise<StartedServer> {
  const port = await freePort();
  const [program, ...args] = kind.command(port);
  const [command, all] = pinned(SERVER_CORE, program, args);
  const child = spawn(command, all, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr!.on("data", (data: Buffer) => {
    said = (said + data.toString()).slice(-2000);
  });
  const ended = once(child, "exit");
  for (const untilMs = performance.now() + START_MS; !(await takesConnections(port)); await pause(50)) {
    if (child.exitCode !== null || performance.now() > untilMs) {
      child.kill("SIGKILL");
      throw new Error(`The server "${kind.name}" did not start: ${said}`);
    }
  }
  return {
    host: HOST,
    port,
    pid: child.pid!,
    async stop() {
      await stopChild(child, ended);
    },
  };
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  // nothing of what is queued matters any more
  child.kill("SIGKILL");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
