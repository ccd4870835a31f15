/** What machines that watch a server read over HTTP: metrics, and the live sessions. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../../core/logger.ts";
import { answerJson, answerMetrics, answerText, onlyGet } from "../http-answers.ts";
import type { HttpEndpoint } from "../http-endpoints.ts";
import type { PageGate } from "../page-gate.ts";
import type { LiveSession } from "../session-registry.ts";
import type { PromRegister } from "./prom-client.ts";

/** What the endpoints show. */
export interface MonitoringParts {
  readonly path: string;
  readonly register: PromRegister;
  readonly sessions: ReadonlyMap<string, LiveSession>;
  readonly logger: Logger;
  readonly pages: PageGate;
}

/** The endpoints by whole path. */
export function monitoringEndpoints(parts: MonitoringParts): [string, HttpEndpoint][] {
  return [
    [
      parts.path,
      {
        title: "GET, Prometheus metrics",
        answer: (request, response) => {
          if (mayRead(request, response, parts)) void scrape(response, parts);
        },
      },
    ],
    [
      `${parts.path.slice(0, parts.path.lastIndexOf("/"))}/stats`,
      {
        title: "GET, the live sessions as JSON",
        answer: (request: IncomingMessage, response: ServerResponse) => {
          if (mayRead(request, response, parts)) answerJson(response, 200, statsOf(parts.sessions));
        },
      },
    ],
  ];
}

/** Whether a request only asks, and no page of elsewhere does. */
function mayRead(request: IncomingMessage, response: ServerResponse, { pages }: MonitoringParts): boolean {
  if (!onlyGet(request, response)) return false;
  const refused = pages.refuseReader(request);
  if (refused !== undefined) answerText(response, refused.status, refused.text);
  return refused === undefined;
}

async function scrape(response: ServerResponse, { register, logger }: MonitoringParts): Promise<void> {
  try {
    answerMetrics(response, register.contentType, await register.metrics());
  } catch (error) {
    logger.error("The metrics could not be read.", { error });
    answerText(response, 500, "The metrics could not be read; see the server's log.");
  }
}

/** What a session counts, without its parameters: those may be secret. */
function statsOf(sessions: ReadonlyMap<string, LiveSession>): object {
  return {
    sessions: Array.from(sessions.values(), ({ id, format, remoteAddress, isConnected, stats }) => ({
      id,
      remoteAddress,
      isConnected,
      format,
      stats: { ...stats },
    })),
  };
}
