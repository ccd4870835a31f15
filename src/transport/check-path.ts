/** Paths in options. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";

/** A path without a slash at its end; `ConfigError` names `name` where it is none. */
export function checkPath(name: string, path: string): string {
  if (typeof path === "string" && (path === "" || path === "/")) return "";
  if (typeof path !== "string" || !/^(\/[\w.~!$&'()*+,;=:@%-]+)+\/?$/.test(path)) {
    throw new ConfigError(
      "ERR_CONFIG",
      `${name} is ${show(path)}; expected "" or a path that starts with a slash.`,
      { hint: 'Write it like "/voice", without query or spaces.' },
    );
  }
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
