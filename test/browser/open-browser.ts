/** A real Chrome, Chromium or Edge for tests. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

/** How to start it. */
export interface BrowserSetup {
  /** Stands in for the microphone: a WAV file, played over and over. Without it there is a beep. */
  microphoneFile?: string;
  /** Whether the page may have the microphone without asking. Default true. */
  allowsMicrophone?: boolean;
  /** Whether audio may play before anybody has touched the page. Default true. */
  allowsAutoplay?: boolean;
}

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
];

/** The program: what `npm test` has found, else what is found now. */
export function browserPath(): string {
  const found = process.env.VOXWIRE_BROWSER;
  if (found !== undefined && found !== "") return found;
  const finder = fileURLToPath(new URL("../../scripts/testing/find-browser.mjs", import.meta.url));
  return execFileSync(process.execPath, [finder], { encoding: "utf8" }).trim();
}

/** What it is started with. */
export function browserArguments(setup: BrowserSetup): string[] {
  const { microphoneFile, allowsMicrophone = true, allowsAutoplay = true } = setup;
  return [
    ...ARGUMENTS,
    ...(allowsMicrophone ? ["--use-fake-ui-for-media-stream"] : ["--deny-permission-prompts"]),
    ...(allowsAutoplay ? ["--autoplay-policy=no-user-gesture-required"] : []),
    ...(microphoneFile === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphoneFile}`]),
  ];
}

/** Starts a browser, headless; close it when done. */
export async function openBrowser(setup: BrowserSetup = {}): Promise<Browser> {
  return await chromium.launch({
    executablePath: browserPath(),
    headless: true,
    args: browserArguments(setup),
  });
}

/** A page at `url`, with what it says on its console that it should not. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext();
  // the loader of these tests names functions by a helper that a page does not have
  await context.addInitScript({ content: "globalThis.__name ??= (made) => made;" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}
