/** What one check of `voxwire doctor` says. */

/** `fail`: voxwire cannot work like this. `warn`: something is missing that not everybody needs. */
export type CheckStatus = "ok" | "warn" | "fail";

/** The outcome of a check. */
export interface CheckResult {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was seen. */
  readonly message: string;
  /** What to do; empty where nothing is to be done. */
  readonly fix: string;
}

/** Looks at one thing. */
export type Check = () => Promise<CheckResult>;

/** A result without trouble. */
export function ok(name: string, message: string): CheckResult {
  return { name, status: "ok", message, fix: "" };
}

/** A result that not everybody needs to care about. */
export function warn(name: string, message: string, fix: string): CheckResult {
  return { name, status: "warn", message, fix };
}

/** A result that has to be mended. */
export function fail(name: string, message: string, fix: string): CheckResult {
  return { name, status: "fail", message, fix };
}
