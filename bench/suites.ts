/** How a suite and its peers are found, here and in a fresh process. */
import type { Suite } from "./suite.ts";

/** Suites by name; each module is loaded only where it is needed. */
export const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  g711: async () => (await import("./suites/g711.ts")).createG711Suite(),
  message: async () => (await import("./suites/message.ts")).createMessageSuite(),
  echo: async () => (await import("./suites/echo.ts")).createEchoSuite(),
};
