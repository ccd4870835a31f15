/** From an upgrade request to a client that may connect, or a refusal in plain HTTP that says why. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { type AuthHook, authRequest } from "./auth.ts";
import { type AddressReader, addressKey } from "./client-address.ts";
import type { ClientInfo } from "./connection-context.ts";
import type { Counters } from "./counters.ts";
import { pathOf } from "./http-answers.ts";
import { type HttpRefusal, refuseUpgrade } from "./http-refusal.ts";
import { badRequest, CLOSING, wrongPath } from "./http-refusals.ts";
import type { PageGate } from "./page-gate.ts";
import { PendingAuth } from "./pending-auth.ts";
import { readParameters } from "./protocol/parameters.ts";
import type { ServerRoute } from "./server-routes.ts";
import { refuseSubprotocol } from "./subprotocol.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** What the gate of a server is made of. */
export interface AdmissionOptions {
  clock: Clock;
  logger: Required<Logger>;
  counters: Counters;
  room: WaitingRoom;
  readAddress: AddressReader;
  pages: PageGate;
  /** The paths there are, for who asks for another. */
  routes: readonly string[];
  auth: AuthHook | undefined;
  /** Calls that prove by themselves where they come from, or do not; undefined: not its business. */
  callGate: (request: IncomingMessage, route: ServerRoute) => HttpRefusal | "signed" | undefined;
  authTimeoutMs: number;
}

/** The gate of one server. */
export class Admission {
  readonly #options: AdmissionOptions;
  #isClosed = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Calls `onAdmitted`, in this turn where nothing has to be waited for; or refuses, and ends the socket.
   * @param route undefined where there is nothing at the request's path
   */
  admit(
    request: IncomingMessage,
    socket: Duplex,
    route: ServerRoute | undefined,
    onAdmitted: (client: ClientInfo, route: ServerRoute) => void,
  ): void {
    const refuse = (refused: HttpRefusal) => this.#refuse(request, socket, refused);
    const client = this.#look(request);
    if ("status" in client) {
      refuse(client);
      return;
    }
    if (route === undefined) {
      refuse(wrongPath(pathOf(request), this.#options.routes));
      return;
    }
    const wrongSubprotocol = refuseSubprotocol(request, route.protocol);
    if (wrongSubprotocol !== undefined) {
      refuse(wrongSubprotocol);
      return;
    }
    const call = this.#options.callGate(request, route);
    if (typeof call === "object") {
      refuse(call);
      return;
    }
    const { auth, authTimeoutMs, clock, logger, room } = this.#options;
    if (auth === undefined || call === "signed") {
      onAdmitted(client, route);
      return;
    }
    const { params, remoteAddress, addressKey } = client;
    const pending = new PendingAuth({ clock, logger, room, socket, addressKey, timeoutMs: authTimeoutMs });
    const asked = authRequest(request, params, remoteAddress, pending.signal);
    pending.ask(() => auth(asked), {
      onGranted: (grant) => {
        if (this.#isClosed) refuse(CLOSING);
        else onAdmitted({ ...client, params: asked.params, grant }, route);
      },
      onRefused: refuse,
    });
  }

  /** What needs no waiting for. */
  #look(request: IncomingMessage): ClientInfo | HttpRefusal {
    if (this.#isClosed) return CLOSING;
    const { pages, readAddress } = this.#options;
    const refused = pages.refuse(request);
    if (refused !== undefined) return refused;
    const query = readParameters(new URLSearchParams((request.url ?? "").split("?", 2)[1] ?? ""));
    if ("kind" in query) {
      return badRequest("ERR_MESSAGE", query.message, query.hint);
    }
    const remoteAddress = readAddress(request);
    return { params: query.parameters, remoteAddress, addressKey: addressKey(remoteAddress), grant: {} };
  }

  #refuse({ headers }: IncomingMessage, socket: Duplex, refused: HttpRefusal): void {
    const { kind, status, code } = refused;
    this.#options.counters.countRefusal(kind);
    this.#options.logger.debug("An upgrade was refused.", { refusal: kind, status, code });
    refuseUpgrade(socket, headers, refused);
  }
}
