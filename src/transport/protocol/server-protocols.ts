/** The protocols that the server speaks, each on its own route below a server's path. */
import { binaryProtocol } from "./binary-dialect.ts";
import { fastrtcProtocol } from "./fastrtc-dialect.ts";
import type { ServerProtocol } from "./server-dialect.ts";
import { twilioProtocol } from "./twilio-dialect.ts";
import { vonageProtocol } from "./vonage-dialect.ts";

export const SERVER_PROTOCOLS: readonly ServerProtocol[] = [
  fastrtcProtocol,
  binaryProtocol,
  twilioProtocol,
  vonageProtocol,
];
