import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openBrowser } from "./open-browser.ts";
import { closeAll, hears, openPlaygroundPage, says } from "./playground-page.ts";

const SPEECH = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));

const playground = suite("the playground");
const browser = await openBrowser({ microphoneFile: SPEECH });
playground.after.each(closeAll);
playground.after(() => browser.close());

playground("talks and hears the echo, isolated, without a complaint or a request elsewhere", async () => {
  const { page, server, complaints, close } = await openPlaygroundPage(browser);
  assert.is(await page.evaluate("crossOriginIsolated"), true);
  await page.click("#talk");
  await says(page, "#status-text", /^Live$/);
  await hears(page);
  assert.is(server.sessions.size, 1);
  await page.click("#talk");
  await says(page, "#status-text", /^Ready$/);
  await page.locator("#mute:disabled").waitFor();
  assert.equal(complaints, []);
  await close();
});

playground("streams a file, without a microphone", async () => {
  const { page, complaints, close } = await openPlaygroundPage(browser);
  await page.setInputFiles("#file", SPEECH);
  await says(page, "#said-source", /^speech\.wav$/);
  await hears(page);
  assert.equal(complaints, []);
  await close();
});

playground("says kindly that a file is none", async () => {
  const { page, close } = await openPlaygroundPage(browser);
  await page.setInputFiles("#file", {
    name: "x.wav",
    mimeType: "audio/wav",
    buffer: Buffer.from("no sound"),
  });
  const notice = page.locator(".notice");
  await notice.waitFor();
  assert.match((await notice.textContent()) ?? "", "ERR_FORMAT");
  await close();
});

playground.run();
