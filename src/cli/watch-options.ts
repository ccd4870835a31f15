/** Who calls, what is kept of a call, for how long it may last, and where it is watched, as flags of `voxwire serve`. */
import { type Command, Option } from "commander";
import type { ServerSettings } from "../transport/server-options.ts";
import { readInteger, readNumber } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

/** The options as they were given. */
export interface WatchFlags {
  /** True: the usual variable. */
  readonly twilioTokenEnv?: string | true;
  readonly publicUrl?: string;
  readonly record?: string;
  /** True: the server's own port. */
  readonly metrics?: number | true;
  readonly maxSessionMinutes?: number;
  readonly idleS?: number;
}

/** What Twilio's own libraries read. */
const TOKEN_VARIABLE = "TWILIO_AUTH_TOKEN";
const LONGEST_MINUTES = 35_000;
const LONGEST_S = 2_000_000;

/** Adds them to a command. */
export function addWatchOptions(command: Command): Command {
  return command
    .option(
      "--twilio-token-env [name]",
      `let in only calls with Twilio's signature, by the auth token in this environment variable (default: ${TOKEN_VARIABLE})`,
    )
    .option("--public-url <url>", "what Twilio calls this server, where a proxy changes host or path")
    .option("--record <dir>", "record every call to a WAV file there; tell your callers")
    .addOption(
      new Option(
        "--metrics [port]",
        "Prometheus metrics at /metrics, on a port of their own where one is given (needs prom-client)",
      ).argParser(readInteger("--metrics", 0, 65_535, "a port")),
    )
    .addOption(
      new Option("--max-session-minutes <n>", "how long a session may last (default: no limit)").argParser(
        readNumber("--max-session-minutes", 0.01, LONGEST_MINUTES, "minutes"),
      ),
    )
    .addOption(
      new Option("--idle-s <n>", "end a session that has sent nothing for so long (default: 300)").argParser(
        readNumber("--idle-s", 0.1, LONGEST_S, "s"),
      ),
    );
}

/** @throws UsageError where the variable is not set */
export function watchOf(
  { twilioTokenEnv, publicUrl, record, metrics, maxSessionMinutes, idleS }: WatchFlags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Pick<ServerSettings, "twilio" | "recording" | "metrics" | "timeLimitMs" | "idleTimeoutMs"> {
  const authToken = twilioTokenEnv === undefined ? undefined : tokenOf(twilioTokenEnv, environment);
  return {
    ...((authToken !== undefined || publicUrl !== undefined) && {
      twilio: {
        ...(authToken !== undefined && { authToken }),
        ...(publicUrl !== undefined && { publicUrl }),
      },
    }),
    // who gives the flag says that callers have been asked
    ...(record !== undefined && { recording: { dir: record, consent: () => true } }),
    ...(metrics !== undefined && { metrics: metrics === true ? true : { port: metrics } }),
    ...(maxSessionMinutes !== undefined && { timeLimitMs: maxSessionMinutes * 60_000 }),
    ...(idleS !== undefined && { idleTimeoutMs: idleS * 1000 }),
  };
}

function tokenOf(given: string | true, environment: Readonly<Record<string, string | undefined>>): string {
  const name = given === true ? TOKEN_VARIABLE : given;
  const token = environment[name]?.trim();
  if (token !== undefined && token !== "") return token;
  throw new UsageError(
    `--twilio-token-env: the environment variable ${name} is not set.`,
    `Set it to the account's auth token, which Twilio's console shows: ${name}=... voxwire serve --twilio-token-env.`,
  );
}
