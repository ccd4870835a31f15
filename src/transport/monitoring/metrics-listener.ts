/** A port of their own for metrics, session statistics and health. */
import type { Server } from "node:http";
import type { Counters } from "../counters.ts";
import { answerText, pathOf } from "../http-answers.ts";
import type { HttpEndpoint } from "../http-endpoints.ts";
import { createListener } from "../listener.ts";
import type { ServerLimits } from "../server-limits.ts";

/** The server behind that port; it does not listen yet. */
export function createMetricsListener(
  bounds: ServerLimits,
  counters: Counters,
  endpoints: ReadonlyMap<string, HttpEndpoint>,
): Server {
  return createListener(undefined, bounds, counters, (request, response) => {
    const endpoint = endpoints.get(pathOf(request));
    if (endpoint !== undefined) endpoint.answer(request, response);
    else {
      request.resume();
      answerText(response, 404, `There is nothing here. There is ${[...endpoints.keys()].join(", ")}.`);
    }
  });
}
