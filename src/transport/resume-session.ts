/** From a `start` with a resume token to the session it is for, or a refusal that does not say which of the two was wrong. */
import { failedToOpen, type Refusal, type StartingConnection } from "./open-session.ts";
import type { ResumeRequest, StartMessage } from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import type { SessionKeeper } from "./session-keeper.ts";

/** The session to go on with, taken from whoever has held it. */
export function resumeSession(
  { client, context, dialect, mount }: StartingConnection,
  message: StartMessage,
  request: ResumeRequest,
): SessionKeeper | Refusal {
  const { grant } = client;
  const id = message.id ?? grant.id;
  // one that is authorised for another id gets no further, whatever token it shows
  const isGranted = grant.id === undefined || grant.id === id;
  const keeper = id === undefined || !isGranted ? undefined : context.resume.claim(id, request.token, mount);
  if (keeper === undefined) return gone(context.resume.windowMs);
  try {
    // a client that comes back knows `started`, whatever it says of the format, which stays as it was
    const { format, session } = keeper;
    dialect.begin({ ...message, format: message.format ?? {} }, format, session.takesPayloads);
    return keeper;
  } catch (error) {
    const refusal = failedToOpen(context.logger, keeper.id, error);
    void keeper.end({ kind: "connection-lost", message: refusal.message, error });
    return refusal;
  }
}

function gone(windowMs: number): Refusal {
  const message = "There is no session with this id and token to come back to.";
  const hint = `Start a new one: a session waits ${windowMs} ms for its client, and a token is good for one return.`;
  return {
    refusal: "resume",
    reply: { kind: "error", code: "ERR_RESUME", message, hint },
    closeCode: CLOSE_CODES.gone,
    message,
  };
}
