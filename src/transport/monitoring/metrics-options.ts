/** The option `metrics`, and its checks. */
import { checkInteger, show } from "../../core/check.ts";
import { checkOptionNames } from "../../core/check-options.ts";
import { ConfigError } from "../../core/errors.ts";
import type { NamesOf } from "../../core/option-names.ts";
import { checkPath } from "../check-path.ts";
import type { PromRegister } from "./prom-client.ts";

/** Prometheus metrics at an address. */
export interface MetricsOptions {
  /** Where they are read. Default `"/metrics"`. */
  path?: string;
  /**
   * A port of their own (`serve` alone), so that a proxy or firewall keeps them from the public; 0 takes a free one, which
   * `server.metricsUrl` names. Default: the server's own port.
   */
  port?: number;
  /** The address of that port. Default `"127.0.0.1"`. */
  host?: string;
  /**
   * Shows the live sessions as JSON at `/stats` beside them. Default: on a port of their own, not on the server's own port,
   * where clients come too; there ids are shown hashed, without addresses.
   */
  stats?: boolean;
  /** A register of prom-client's that has your own metrics too. Default: one of this server's own. */
  register?: PromRegister;
}

/** The same, complete. */
export interface CheckedMetrics {
  readonly path: string;
  readonly port: number | undefined;
  readonly host: string;
  readonly showsSessions: boolean;
  readonly register: PromRegister | undefined;
}

const METRICS_OPTIONS: NamesOf<MetricsOptions> = { path: 1, port: 1, host: 1, stats: 1, register: 1 };

/** Undefined where there are to be no metrics. @throws ConfigError */
export function checkMetrics(options: boolean | MetricsOptions | undefined): CheckedMetrics | undefined {
  if (options === undefined || options === false) return undefined;
  const given: unknown = options;
  if (given !== true) {
    if (typeof given === "object" && given !== null) checkOptionNames("metrics", given, METRICS_OPTIONS);
    else throw notMetrics(given);
  }
  const { path = "/metrics", port, host = "127.0.0.1", stats, register } = options === true ? {} : options;
  return {
    path: checkPath("metrics.path", path),
    port: port === undefined ? undefined : checkInteger("metrics.port", port, 0, 65535),
    host,
    showsSessions: checkStats(stats) ?? port !== undefined,
    register,
  };
}

function checkStats(given: unknown): boolean | undefined {
  if (given === undefined || typeof given === "boolean") return given;
  throw new ConfigError("ERR_CONFIG", `metrics.stats is ${show(given)}; expected true or false.`, {
    hint: "Write metrics: { stats: true } to show the live sessions at /stats.",
  });
}

function notMetrics(given: unknown): ConfigError {
  return new ConfigError("ERR_CONFIG", `metrics is ${show(given)}; expected true or an object.`, {
    hint: "Write metrics: true, or metrics: { port: 9464 } for a port of their own.",
  });
}
