/** Options of telephone calls through Twilio, with their checks. */
import { show } from "../core/check.ts";
import { checkOptionNames } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf } from "../core/option-names.ts";
import { checkPath } from "./check-path.ts";
import { checkPublicUrl } from "./public-url.ts";

/** How calls are let in. */
export interface TwilioOptions {
  /**
   * The account's auth token (two while one is being replaced). With it every request for instructions and every stream
   * has to bear Twilio's signature, which stands for what `auth` asks of others. Without it `auth` is asked for both, and
   * where there is no `auth` either, anybody may call.
   */
  authToken?: string | readonly string[];
  /**
   * What Twilio calls this server, such as `"https://voice.example.org"`: needed where a proxy changes host or path.
   * Default: what the request says (`X-Forwarded-Host` from a trusted proxy, else `Host`).
   */
  publicUrl?: string;
  /** Where Twilio asks what to do with a call, below each handler's path. Default `"/telephone/incoming"`. */
  incomingPath?: string;
  /**
   * Custom parameters for the handler's `session.params`, from what Twilio says of a call (`From`, `To`, `CallSid`, ...).
   * Default: none. May throw or reject: the call is then refused.
   */
  parameters?: (call: Readonly<Record<string, string>>) => CallParameters | Promise<CallParameters>;
}

/** Strings by name. */
export type CallParameters = Readonly<Record<string, string>>;

/** The same, complete. */
export interface CheckedTwilioOptions {
  readonly authTokens: readonly string[];
  readonly publicUrl: string | undefined;
  readonly incomingPath: string;
  readonly parameters: ((call: CallParameters) => CallParameters | Promise<CallParameters>) | undefined;
}

const TWILIO_OPTIONS: NamesOf<TwilioOptions> = { authToken: 1, publicUrl: 1, incomingPath: 1, parameters: 1 };

/** @throws ConfigError */
export function checkTwilioOptions(options: TwilioOptions = {}): CheckedTwilioOptions {
  checkOptionNames("twilio", options, TWILIO_OPTIONS);
  const { authToken = [], publicUrl, incomingPath = "/telephone/incoming", parameters } = options;
  const authTokens: readonly unknown[] = Array.isArray(authToken) ? authToken : [authToken];
  if (!authTokens.every((token) => typeof token === "string" && token !== "")) {
    throw new ConfigError("ERR_CONFIG", "twilio.authToken is empty or not text.", {
      hint: "Pass the auth token that Twilio's console shows, for example from an environment variable.",
    });
  }
  if (parameters !== undefined && typeof parameters !== "function") {
    throw new ConfigError("ERR_CONFIG", `twilio.parameters is ${show(parameters)}; expected a function.`, {
      hint: "Write parameters: (call) => ({ caller: call.From }).",
    });
  }
  return {
    authTokens: authTokens as readonly string[],
    publicUrl: publicUrl === undefined ? undefined : checkPublicUrl("twilio.publicUrl", publicUrl),
    incomingPath: checkPath("twilio.incomingPath", incomingPath),
    parameters,
  };
}
