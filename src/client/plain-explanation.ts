/** What can be said of a failure of which nothing is known but the platform's words: all that a browser tells. */
import type { Explanation } from "./client-socket.ts";

/** @param message what the platform said */
export function explainPlainly(url: string, message: string): Explanation {
  return {
    message: `No connection to ${shown(url)}: ${message}`,
    hint: `Is the server running, on port ${portOf(url)}, and is it a WebSocket server?`,
  };
}

/** The port, also where the URL leaves it out. */
export function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === "wss:" ? "443" : "80");
}

/** The URL without what may be secret: user, password, query. */
export function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
