/** From a server's error message to an error object. */
import { type ErrorCode, VoxwireError } from "../core/errors.ts";
import type { ServerMessage } from "../transport/protocol/fastrtc-client.ts";

/** The code comes from the wire: a newer server may know more codes than this version's types. */
export function serverError({ code, message, hint }: ServerMessage & { kind: "error" }): VoxwireError {
  return new VoxwireError(code as ErrorCode, message || "The server reported an error without a message.", {
    hint,
  });
}
