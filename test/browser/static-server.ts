/** A small web server for tests: the built package, and pages and scripts of the test's own. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".html": "text/html; charset=utf-8",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
  ".map": "application/json",
};

/** The policy that the package promises to live under. */
export const STRICT_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws:";

/** What is served, and how. */
export interface StaticSetup {
  /** Sends the headers that make a page cross-origin isolated, so that it has SharedArrayBuffer. Default false. */
  isolated?: boolean;
  /** A Content-Security-Policy for everything. */
  policy?: string;
  /** Files by path, beside `/dist/...` and `/assets/...` of the package. `/` is an empty page unless it is among them. */
  files?: Readonly<Record<string, string>>;
}

/** A server that runs. */
export interface StaticServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves on a free port of this machine. */
export async function serveStatic(setup: StaticSetup = {}): Promise<StaticServer> {
  // not copied: a test may add to them what it knows only when this runs
  const files = setup.files ?? {};
  const headers: Record<string, string> = { "cache-control": "no-store" };
  if (setup.isolated === true) {
    headers["cross-origin-opener-policy"] = "same-origin";
    headers["cross-origin-embedder-policy"] = "require-corp";
  }
  if (setup.policy !== undefined) headers["content-security-policy"] = setup.policy;
  const server = createServer(async (request, response) => {
    const path = normalize((request.url ?? "/").split("?", 1)[0] ?? "/");
    const body = await contentOf(path, files);
    const type = TYPES[path === "/" ? ".html" : extname(path)] ?? "text/plain";
    response.writeHead(body === undefined ? 404 : 200, { ...headers, "content-type": type });
    response.end(body ?? `nothing at ${path}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => closeServer(server),
  };
}

async function contentOf(
  path: string,
  files: Readonly<Record<string, string>>,
): Promise<string | Buffer | undefined> {
  if (Object.hasOwn(files, path)) return files[path];
  if (path === "/") return "<!doctype html><title>test</title>";
  if (path === "/favicon.ico") return "";
  if (!/^\/(dist|assets)\//.test(path)) return undefined;
  return await readFile(join(ROOT, path)).catch(() => undefined);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
