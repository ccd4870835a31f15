/** What machines that watch a server read over HTTP: metrics, and the live sessions. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "../../core/logger.ts";
import type { Counters } from "../counters.ts";
import { answerJson, answerMetrics, onlyGet } from "../http-answers.ts";
import { authorise, type HttpAuthParts, refuseId } from "../http-auth.ts";
import type { HttpEndpoint } from "../http-endpoints.ts";
import { type HttpRefusal, refuseRequest } from "../http-refusal.ts";
import type { PageGate } from "../page-gate.ts";
import type { LiveSession } from "../session-registry.ts";
import type { PromRegister } from "./prom-client.ts";

/** What the endpoints show. */
export interface MonitoringParts {
  readonly path: string;
  readonly register: PromRegister;
  readonly sessions: ReadonlyMap<string, LiveSession>;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly pages: PageGate;
  /** Whether the live sessions are shown. */
  readonly showsSessions: boolean;
  /** Who is asked where clients come too; undefined on a port of their own, where ids and addresses are shown. */
  readonly clientsGate: HttpAuthParts | undefined;
}

/** The endpoints by whole path. */
export function monitoringEndpoints(parts: MonitoringParts): [string, HttpEndpoint][] {
  const { path, showsSessions } = parts;
  const metrics = endpoint("GET, Prometheus metrics", parts, (response) => scrape(response, parts));
  const stats = endpoint("GET, the live sessions as JSON", parts, (response) =>
    answerJson(response, 200, statsOf(parts)),
  );
  const statsPath = `${path.slice(0, path.lastIndexOf("/"))}/stats`;
  return [[path, metrics], ...(showsSessions ? ([[statsPath, stats]] as [string, HttpEndpoint][]) : [])];
}

function endpoint(
  title: string,
  parts: MonitoringParts,
  answer: (response: ServerResponse) => void | Promise<void>,
): HttpEndpoint {
  return {
    title,
    answer: async (request, response) => {
      if (!onlyGet(request, response)) return;
      const refused = await refusalOf(request, parts);
      if (refused === undefined) await answer(response);
      else {
        parts.counters.countRefusal(refused.kind);
        refuseRequest(response, refused);
      }
    },
  };
}

/** Pages of elsewhere read nothing, nor do, where clients come too, those whom `auth` lets in for one session alone. */
async function refusalOf(
  request: IncomingMessage,
  { pages, clientsGate }: MonitoringParts,
): Promise<HttpRefusal | undefined> {
  const wrongPage = pages.refuseReader(request);
  if (wrongPage !== undefined || clientsGate === undefined) return wrongPage;
  const asked = await authorise(request, clientsGate);
  return "refused" in asked ? asked.refused : refuseId(asked.grant, NO_ID);
}

/** No session's. */
const NO_ID = "";

async function scrape(response: ServerResponse, { register, logger }: MonitoringParts): Promise<void> {
  try {
    answerMetrics(response, register.contentType, await register.metrics());
  } catch (error) {
    logger.error("The metrics could not be read.", { error });
    refuseRequest(response, UNREADABLE);
  }
}

const UNREADABLE: HttpRefusal = {
  kind: "handler",
  status: 500,
  code: "ERR_HANDLER",
  message: "The metrics could not be read.",
  hint: "See the server's log.",
};

/** What a session counts, without its parameters: those may be secret. */
function statsOf({ sessions, clientsGate }: MonitoringParts): object {
  return {
    sessions: Array.from(sessions.values(), ({ id, format, remoteAddress, isConnected, stats }) => ({
      ...(clientsGate === undefined ? { id, remoteAddress } : { session: pseudonym(id) }),
      isConnected,
      format,
      stats: { ...stats },
    })),
  };
}

/** Tells sessions apart without their ids: where there is no `auth`, an id is what lets somebody at a session's inputs. */
function pseudonym(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 16);
}
