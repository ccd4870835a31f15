/** From what a person writes to the URL that a socket opens. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { CLIENT_ROUTES, type ClientProtocol } from "../transport/protocol/client-protocols.ts";

const SCHEMES: Readonly<Record<string, string>> = {
  "ws:": "ws:",
  "wss:": "wss:",
  "http:": "ws:",
  "https:": "wss:",
};

/** The protocol whose route a URL's path ends in, or undefined. */
export function protocolOfUrl(url: string | URL): ClientProtocol | undefined {
  const path = String(url)
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "");
  const known = Object.entries(CLIENT_ROUTES).find(([, route]) => path.endsWith(route));
  return known?.[0] as ClientProtocol | undefined;
}

/**
 * The WebSocket URL of a server: http becomes ws, https wss, a missing scheme ws, and the protocol's route is added where
 * it is missing. A query stays.
 * @param url `ws://host:port`, `https://host/base`, `host:port`, or with the full route
 * @throws ConfigError `ERR_CONFIG`
 */
export function resolveServerUrl(url: string | URL, protocol: ClientProtocol): string {
  // what is neither is no URL either
  const text = typeof url === "string" || url instanceof URL ? String(url) : "";
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `ws://${text}`;
  let resolved: URL;
  try {
    resolved = new URL(withScheme);
  } catch (cause) {
    throw new ConfigError("ERR_CONFIG", `url is ${show(text || url)}, which is not a URL.`, {
      hint: "Write ws://host:port, for instance ws://localhost:8765.",
      cause,
    });
  }
  const scheme = SCHEMES[resolved.protocol];
  if (scheme === undefined) {
    throw new ConfigError(
      "ERR_CONFIG",
      `url begins with ${resolved.protocol}//; expected ws, wss, http or https.`,
      {
        hint: "Write ws://host:port, for instance ws://localhost:8765.",
      },
    );
  }
  const path = resolved.pathname.replace(/\/+$/, "");
  const route = CLIENT_ROUTES[protocol];
  const stated = protocolOfUrl(path);
  if (stated !== undefined && stated !== protocol) {
    throw new ConfigError("ERR_CONFIG", `url leads to the route of ${stated}, ${path}.`, {
      hint: `For protocol "${protocol}" leave the route out: ${route} is added.`,
    });
  }
  // Setting `protocol` between http and ws is refused by the URL standard, so the text is put together anew.
  const pathname = stated === undefined ? path + route : path;
  const user = resolved.username === "" ? "" : `${resolved.username}:${resolved.password}@`;
  return `${scheme}//${user}${resolved.host}${pathname}${resolved.search}`;
}
