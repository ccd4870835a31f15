/** The package `prom-client`, where it is installed. */
import { createRequire } from "node:module";
import { ConfigError } from "../../core/errors.ts";

/** As much of the package as is used; its own types are not needed to compile a program without it. */
export interface PromClient {
  Registry: new () => PromRegister;
  Counter: new (options: PromOptions) => PromMetric & { inc(labels: object, value: number): void };
  Gauge: new (options: PromOptions) => PromMetric & { set(labels: object, value: number): void };
  Histogram: new (
    options: PromOptions & { buckets: number[] },
  ) => PromMetric & { observe(value: number): void };
}

/** A register of prom-client's. */
export interface PromRegister {
  readonly contentType: string;
  metrics(): Promise<string>;
  removeSingleMetric(name: string): void;
}

/** What every metric is made of. */
export interface PromOptions {
  name: string;
  help: string;
  labelNames?: string[];
  registers: PromRegister[];
  /** Called when the register is read. */
  collect?(): void;
}

/** What every metric has. */
export interface PromMetric {
  reset(): void;
}

/**
 * Loads it.
 * @param load how packages are loaded; default Node's way
 * @throws ConfigError `ERR_DEPENDENCY_MISSING`
 */
export function loadPromClient(load: (name: string) => unknown = createRequire(import.meta.url)): PromClient {
  try {
    return load("prom-client") as PromClient;
  } catch (cause) {
    throw new ConfigError("ERR_DEPENDENCY_MISSING", "For metrics the package prom-client is needed.", {
      hint: "Install it: npm install prom-client@15. server.metrics has the same counters without it.",
      cause,
    });
  }
}
