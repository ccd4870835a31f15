/** What the server answers over plain HTTP on each handler's path, beside its pages. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MaybePromise } from "../stream/handler.ts";
import type { HandlerMount } from "./connection-context.ts";
import { refuseRequest } from "./http-refusal.ts";
import { answerInput, INPUT_ROUTE } from "./input-endpoint.ts";
import { RareLine } from "./rare-line.ts";
import { answerOutputs, OUTPUTS_ROUTE, type SessionEndpointParts } from "./session-endpoints.ts";
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
  parts: SessionEndpointParts & Omit<IncomingCallParts, "path" | "badSignatures">,
): ReadonlyMap<string, HttpEndpoint> {
  const badSignatures = new RareLine(parts.clock, (requests) =>
    parts.logger.warn("A request for an incoming call bears no valid signature of Twilio's.", { requests }),
  );
  return new Map(
    mounts.flatMap(({ path }): [string, HttpEndpoint][] => [
      [
        path + INPUT_ROUTE,
        {
          title: "POST, additional inputs by id",
          answer: contained(parts, (request, response) => answerInput(request, response, parts)),
        },
      ],
      [
        path + OUTPUTS_ROUTE,
        {
          title: "GET, additional outputs by id as server-sent events",
          answer: contained(parts, (request, response) => answerOutputs(request, response, parts)),
        },
      ],
      [
        path + parts.twilio.incomingPath,
        {
          title: "POST, TwiML for incoming calls",
          answer: contained(parts, (request, response) =>
            answerIncomingCall(request, response, { ...parts, path, badSignatures }),
          ),
        },
      ],
    ]),
  );
}

/** Nothing a client sends makes an answer fail; where one does all the same, it is this request's loss alone. */
function contained(
  { logger }: Pick<IncomingCallParts, "logger">,
  answer: (request: IncomingMessage, response: ServerResponse) => MaybePromise<void>,
): HttpEndpoint["answer"] {
  return async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      logger.error("The server failed at a request.", { error });
      refuseRequest(response, {
        kind: "handler",
        status: 500,
        code: "ERR_HANDLER",
        message: "The server failed at this request.",
        hint: "See its log.",
      });
    }
  };
}
