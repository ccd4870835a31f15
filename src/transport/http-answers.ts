/** What the server says over plain HTTP: pages for people who look. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** The path of a request, without its query and without a slash at the end. */
export function pathOf(request: IncomingMessage): string {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** What the pages tell. */
export interface PageFacts {
  readonly path: string;
  readonly routes: ReadonlyMap<string, { readonly protocol: { readonly title: string } }>;
  readonly endpoints: ReadonlyMap<string, { readonly title: string }>;
  readonly sessions: number;
  readonly isClosing: boolean;
  readonly readiness: { readonly isReady: boolean; readonly reasons: readonly string[] };
}

/** Answers a plain HTTP request to a server of `serve`. */
export function answerRequest(request: IncomingMessage, response: ServerResponse, facts: PageFacts): void {
  if (!onlyGet(request, response)) return;
  const path = pathOf(request);
  if (path === "/" || path === facts.path) {
    answer(response, 200, "text/plain", `Voxwire: voice over WebSocket.\n\n${listRoutes(facts)}`);
  } else if (path === "/health" || path === `${facts.path}/health`) {
    const status = facts.isClosing ? "closing" : "ok";
    answer(
      response,
      facts.isClosing ? 503 : 200,
      "application/json",
      `${JSON.stringify({ status, sessions: facts.sessions })}\n`,
    );
  } else if (path === "/healthz") {
    answerText(response, 200, "ok");
  } else if (path === "/readyz") {
    const { isReady, reasons } = facts.readiness;
    answerText(response, isReady ? 200 : 503, isReady ? "ready" : reasons.join("\n"));
  } else if (facts.routes.has(path)) {
    response.setHeader("upgrade", "websocket");
    response.setHeader("connection", "upgrade");
    answer(response, 426, "text/plain", `${path} speaks WebSocket; connect to it with ws://.\n`);
  } else {
    answer(response, 404, "text/plain", `There is nothing at ${shownPath(path)}.\n\n${listRoutes(facts)}`);
  }
}

/** The path as far as it can be shown. */
export function shownPath(path: string): string {
  return path.slice(0, 200).replaceAll(/[^\x21-\x7e]/g, "?");
}

function listRoutes({ path, routes, endpoints }: PageFacts): string {
  const lines = Array.from(routes, ([route, { protocol }]) => `  ${route}  WebSocket, ${protocol.title}\n`);
  const others = Array.from(endpoints, ([endpoint, { title }]) => `  ${endpoint}  ${title}\n`);
  return `Routes:\n${lines.join("")}${others.join("")}  ${path}/health  GET, state as JSON\n`;
}

/** Answers with a line of text; nothing where the client has gone. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  answer(response, status, "text/plain", `${text}\n`);
}

/** Answers with a value as JSON. */
export function answerJson(response: ServerResponse, status: number, value: object): void {
  answer(response, status, "application/json", `${JSON.stringify(value)}\n`);
}

/** Answers with metrics in the format that `type` names. */
export function answerMetrics(response: ServerResponse, type: string, text: string): void {
  answer(response, 200, type.replace(/; *charset=utf-8$/, ""), text);
}

/** Whether a request only asks; any other is refused. */
export function onlyGet(request: IncomingMessage, response: ServerResponse): boolean {
  request.resume();
  if (request.method === "GET" || request.method === "HEAD") return true;
  response.setHeader("allow", "GET, HEAD");
  answer(response, 405, "text/plain", "Only GET and HEAD.\n");
  return false;
}

/** Answers with a document of XML, its declaration included. */
export function answerXml(response: ServerResponse, status: number, document: string): void {
  answer(response, status, "application/xml", document);
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
