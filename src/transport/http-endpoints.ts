/** What the server answers over plain HTTP on each handler's path, beside its pages. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HandlerMount } from "./connection-context.ts";
import {
  answerInput,
  answerOutputs,
  INPUT_ROUTE,
  OUTPUTS_ROUTE,
  type SessionEndpointParts,
} from "./session-endpoints.ts";
import { answerIncomingCall, type IncomingCallParts } from "./twilio-incoming.ts";

/** One path. */
export interface HttpEndpoint {
  /** For people: the method and what it does. */
  readonly title: string;
  answer(request: IncomingMessage, response: ServerResponse): void;
}

/** The endpoints by whole path. */
export function endpointsOf(
  mounts: readonly HandlerMount[],
  parts: SessionEndpointParts & Omit<IncomingCallParts, "path">,
): ReadonlyMap<string, HttpEndpoint> {
  return new Map(
    mounts.flatMap(({ path }): [string, HttpEndpoint][] => [
      [
        path + INPUT_ROUTE,
        {
          title: "POST, additional inputs by id",
          answer: (request, response) => void answerInput(request, response, parts),
        },
      ],
      [
        path + OUTPUTS_ROUTE,
        {
          title: "GET, additional outputs by id as server-sent events",
          answer: (request, response) => answerOutputs(request, response, parts),
        },
      ],
      [
        path + parts.twilio.incomingPath,
        {
          title: "POST, TwiML for incoming calls",
          answer: (request, response) => void answerIncomingCall(request, response, { ...parts, path }),
        },
      ],
    ]),
  );
}
