/** The protocols that a client speaks. */
import type { ClientDialect } from "./client-dialect.ts";
import { encodeMark, encodeStart, PING_MESSAGE, STOP_MESSAGE } from "./fastrtc-client.ts";
import { createMediaWriter } from "./fastrtc-client-media.ts";
import { FASTRTC_ROUTE } from "./fastrtc-shapes.ts";
import { createTwilioDialect, TWILIO_ROUTE } from "./twilio-client.ts";

/** The protocols by name. */
export type ClientProtocol = "fastrtc" | "twilio";

export const CLIENT_PROTOCOLS: readonly ClientProtocol[] = ["fastrtc", "twilio"];

/** Each protocol's route below a server's path. */
export const CLIENT_ROUTES: Readonly<Record<ClientProtocol, string>> = {
  fastrtc: FASTRTC_ROUTE,
  twilio: TWILIO_ROUTE,
};

/** The messages of one connection. */
export function createClientDialect(protocol: ClientProtocol): ClientDialect {
  return protocol === "twilio" ? createTwilioDialect() : FASTRTC_DIALECT;
}

const FASTRTC_DIALECT: ClientDialect = {
  ping: PING_MESSAGE,
  open: (id, format, params) => [encodeStart(id, format, params)],
  mark: encodeMark,
  stop: () => STOP_MESSAGE,
  createMediaWriter,
};
