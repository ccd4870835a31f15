/** The protocols that a client speaks. */
import { BINARY_DIALECT } from "./binary-client.ts";
import { BINARY_ROUTE } from "./binary-packet.ts";
import type { ClientDialect } from "./client-dialect.ts";
import { FASTRTC_DIALECT } from "./fastrtc-client-dialect.ts";
import { FASTRTC_ROUTE } from "./fastrtc-shapes.ts";
import { createTwilioDialect, TWILIO_ROUTE } from "./twilio-client.ts";

/** The protocols by name. */
export type ClientProtocol = "binary" | "fastrtc" | "twilio";

export const CLIENT_PROTOCOLS: readonly ClientProtocol[] = ["binary", "fastrtc", "twilio"];

/** Each protocol's route below a server's path. */
export const CLIENT_ROUTES: Readonly<Record<ClientProtocol, string>> = {
  binary: BINARY_ROUTE,
  fastrtc: FASTRTC_ROUTE,
  twilio: TWILIO_ROUTE,
};

/** The messages of one connection. */
export function createClientDialect(protocol: ClientProtocol): ClientDialect {
  return createOwnDialect(protocol) ?? createTwilioDialect();
}

/** The same for a client that is no telephone: undefined for Twilio's protocol. */
export function createOwnDialect(protocol: ClientProtocol): ClientDialect | undefined {
  switch (protocol) {
    case "binary":
      return BINARY_DIALECT;
    case "fastrtc":
      return FASTRTC_DIALECT;
    case "twilio":
      return undefined;
  }
}
