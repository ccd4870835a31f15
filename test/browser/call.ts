/** A voice server and a page beside it, for tests of calls. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { type AuthHook, type HandlerSource, type RunningServer, serve } from "../../src/server.ts";
import { openPage } from "./open-browser.ts";
import { serveStatic } from "./static-server.ts";

/** A page with a server to call. */
export interface CallSetup {
  readonly page: Page;
  readonly voice: RunningServer;
  readonly complaints: string[];
  close(): Promise<void>;
}

const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");

/** The scripts that the tests' pages need. */
export function pageFiles(): Record<string, string> {
  return { "/recorder.js": read("recorder.js"), "/page-helpers.js": read("page-helpers.js") };
}

/** Serves `handler` and opens a page that is cross-origin isolated or not. */
export async function setUpCall(
  browser: Browser,
  handler: HandlerSource<Int16Array>,
  setup: { isolated?: boolean; policy?: string; auth?: AuthHook } = {},
): Promise<CallSetup> {
  const { auth } = setup;
  const voice = await serve({ port: 0, handler, allowOrigin: "*", ...(auth !== undefined && { auth }) });
  const web = await serveStatic({ ...setup, files: pageFiles() });
  const { page, complaints } = await openPage(browser, web.url);
  return {
    page,
    voice,
    complaints,
    close: async () => {
      await page.context().close();
      await web.close();
      await voice.close({ drainMs: 0 });
    },
  };
}

/** Float32 samples from the text that `toText` made of them. */
export function fromText(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
