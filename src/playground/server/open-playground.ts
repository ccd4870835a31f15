/**
 * The playground on a server: the page at its root, the files below `playground/`.
 *
 * Everything comes from here and nothing from elsewhere: the policy forbids it, and so the page works without a network.
 * The headers make it cross-origin isolated, so that samples pass between its threads in shared memory.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { loadPageFiles, type PageFile, type PageFiles } from "./page-files.ts";
import type { PlaygroundInfo } from "./playground-info.ts";

/** What the page is told, for the address it was opened at. */
export type DescribeServer = (below: string) => PlaygroundInfo;

/** A playground that is open. */
export interface Playground {
  /** Answers a request to the page or its files; false for any other, which is left alone. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "microphone=(self), camera=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const FOR_EVER = "public, max-age=31536000, immutable";

/**
 * Opens it.
 * @param path the server's own; the page is there as well as at `/`
 * @throws ConfigError `ERR_CONFIG` where the package's files are not there
 */
export async function openPlayground(path: string, describe: DescribeServer): Promise<Playground> {
  const files = await loadPageFiles();
  const roots = path === "" ? [""] : [path, ""];
  return {
    answer(request, response) {
      if (request.method !== "GET" && request.method !== "HEAD") return false;
      const asked = (request.url ?? "/").split("?", 1)[0]!;
      const root = roots.find((root) => asked === root || asked.startsWith(`${root}/`));
      if (root === undefined) return false;
      return answerBelow(request, response, { root, name: asked.slice(root.length), files, describe });
    },
  };
}

interface Asked {
  root: string;
  /** `/`, `/playground/...`, or nothing. */
  name: string;
  files: PageFiles;
  describe: DescribeServer;
}

function answerBelow(
  request: IncomingMessage,
  response: ServerResponse,
  { root, name, files, describe }: Asked,
): boolean {
  if (name === "" || name === "/") {
    // who asks by hand, or watches over the server, gets the plain page
    if (request.headers.accept?.includes("text/html") !== true) return false;
    if (name === "/") send(request, response, files.page, "no-cache");
    else redirect(response, `${root.slice(root.lastIndexOf("/") + 1)}/`);
    return true;
  }
  if (name === "/playground/info.json") {
    const body = Buffer.from(JSON.stringify(describe(root)));
    send(request, response, { type: "application/json", body, etag: "", isText: false }, "no-store");
    return true;
  }
  const [, digest, fileName = ""] = /^\/playground\/([0-9a-f]{16})\/([\w.-]+)$/.exec(name) ?? [];
  const file = files.files.get(fileName);
  if (file === undefined) return false;
  // a page that was open while the server was renewed still finds its files
  send(request, response, file, digest === files.digest ? FOR_EVER : "no-cache");
  return true;
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { ...HEADERS, location, "content-length": 0, "cache-control": "no-cache" });
  response.end();
}

const zipped = new WeakMap<PageFile, Buffer>();

function send(request: IncomingMessage, response: ServerResponse, file: PageFile, cache: string): void {
  request.resume();
  const headers: Record<string, string | number> = {
    ...HEADERS,
    "content-type": file.type,
    "cache-control": cache,
    vary: "accept, accept-encoding",
  };
  if (file.etag !== "") headers.etag = file.etag;
  if (file.etag !== "" && request.headers["if-none-match"] === file.etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  let { body } = file;
  if (file.isText && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))) {
    body = zipped.get(file) ?? gzipSync(file.body);
    zipped.set(file, body);
    headers["content-encoding"] = "gzip";
  }
  response.writeHead(200, { ...headers, "content-length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}
