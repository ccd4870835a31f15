/** The states of a client and the ways between them. Pure: the connection asks, and acts on the answer. */

/**
 * `connecting`: no socket yet. `open`: the socket is there, `start` is sent. `started`: audio flows. `draining`: asked to
 * close once everything has been sent. `closing`: `stop` is sent. `closed`: for good.
 */
export type ConnectionState = "connecting" | "open" | "started" | "draining" | "closing" | "closed";

/** The same, and `reconnecting`: the connection is lost, and another is looked for. */
export type ClientState = ConnectionState | "reconnecting";

/** What happens to a client. `lost`: the socket is gone, whoever ended it. */
export type ClientStep = "opened" | "started" | "drain" | "close" | "lost";

const WAYS: Readonly<Record<ConnectionState, Readonly<Partial<Record<ClientStep, ConnectionState>>>>> = {
  connecting: { opened: "open", close: "closing", lost: "closed" },
  open: { started: "started", close: "closing", lost: "closed" },
  started: { drain: "draining", close: "closing", lost: "closed" },
  draining: { close: "closing", lost: "closed" },
  closing: { lost: "closed" },
  closed: {},
};

/** Where `step` leads from `state`; undefined where it has no meaning there and is to be ignored. */
export function nextState(state: ConnectionState, step: ClientStep): ConnectionState | undefined {
  return WAYS[state][step];
}

/** Whether audio may be sent, now or when the connection is back. */
export function canSend(state: ClientState): boolean {
  return state === "started" || state === "draining" || state === "reconnecting";
}
