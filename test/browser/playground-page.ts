/** The playground, open in a browser, for tests of it. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { EchoHandler, type RunningServer, type ServeOptions, serve, silentLogger } from "../../src/server.ts";

/** An open page with its server. */
export interface OpenPlayground {
  readonly page: Page;
  readonly server: RunningServer;
  /** Errors on its console, and requests to anything but its server. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Serves the echo, or what `options` say, and opens the page. */
export async function openPlaygroundPage(
  browser: Browser,
  options: Partial<ServeOptions> = {},
  view: BrowserContextOptions & { hash?: string } = {},
): Promise<OpenPlayground> {
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    logger: silentLogger,
    playground: true,
    ...options,
  } as ServeOptions);
  const { hash = "", ...shape } = view;
  const context = await browser.newContext(shape);
  await context.addInitScript({ content: "globalThis.__name ??= (made) => made;" });
  const page = await context.newPage();
  const complaints: string[] = [];
  const base = `http://127.0.0.1:${server.port}/`;
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  context.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith(`blob:${base}`))
      complaints.push(`a request to ${request.url()}`);
  });
  await page.goto(`${base}${hash}`);
  await page.waitForSelector("html[data-ready]");
  const opened: OpenPlayground = {
    page,
    server,
    complaints,
    close: async () => {
      open.delete(opened);
      await context.close();
      await server.close({ drainMs: 0 });
    },
  };
  open.add(opened);
  return opened;
}

/** Waits until `selector` says what `text` matches. */
export async function says(page: Page, selector: string, text: RegExp): Promise<void> {
  await page.locator(selector, { hasText: text }).waitFor({ state: "attached" });
}

/** Waits until sound is heard: -49 dB of full scale or more. */
export async function hears(page: Page): Promise<void> {
  await says(page, "#heard-level", /^−[1-4]?\d dB$/);
}

/** Closes what a failed test has left open. */
export async function closeAll(): Promise<void> {
  await Promise.all(Array.from(open, (one) => one.close()));
}

const open = new Set<OpenPlayground>();
