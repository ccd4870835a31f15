/** A browser driven by its own protocol: the driver of the other tests keeps every page in front. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { browserArguments, browserPath } from "./open-browser.ts";

/** One tab. */
export interface RawTab {
  /** The value of an expression, awaited; throws what it throws. */
  evaluate(expression: string): Promise<unknown>;
  /** Puts it in front of the others. */
  bringToFront(): Promise<void>;
}

/** A browser that runs. */
export interface RawBrowser {
  openTab(url: string): Promise<RawTab>;
  close(): Promise<void>;
}

/** An answer, or an event. */
interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Starts a browser, headless; close it when done. */
export async function openRawBrowser(): Promise<RawBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-tabs-"));
  const own = ["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"];
  const child = spawn(browserPath(), [...browserArguments({}), ...own], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
      const found = /DevTools listening on (\S+)\s/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error(`The browser did not start: ${said}`)));
  });
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: Answer) => void>();
  const loading = new Map<string, () => void>();
  let lastId = 0;
  socket.on("message", (data) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    else if (answer.method === "Page.loadEventFired") loading.get(answer.sessionId ?? "")?.();
  });
  await once(socket, "open");

  async function send(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++lastId;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await answered;
    waiting.delete(id);
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  return {
    openTab: async (url) => {
      const { targetId } = await send("Target.createTarget", { url: "about:blank" });
      const attached = await send("Target.attachToTarget", { targetId, flatten: true });
      const sessionId = String(attached.sessionId);
      await send("Page.enable", {}, sessionId);
      const loaded = new Promise<void>((resolve) => loading.set(sessionId, resolve));
      await send("Page.navigate", { url }, sessionId);
      await loaded;
      loading.delete(sessionId);
      return {
        evaluate: async (expression) => {
          const parameters = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
          const { result, exceptionDetails } = await send("Runtime.evaluate", parameters, sessionId);
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
          return (result as { value?: unknown }).value;
        },
        bringToFront: async () => {
          await send("Target.activateTarget", { targetId });
        },
      };
    },
    close: async () => {
      await send("Browser.close", {});
      await exited;
      socket.close();
      // its processes may still write their last files
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
