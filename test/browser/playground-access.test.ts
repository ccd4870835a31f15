import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openBrowser } from "./open-browser.ts";
import { closeAll, hears, openPlaygroundPage, says } from "./playground-page.ts";

const SPEECH = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const access = suite("the playground for everybody");
const browser = await openBrowser({ microphoneFile: SPEECH });
access.after.each(closeAll);
access.after(() => browser.close());

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe finds wrong, as one line each. */
async function faults(page: Page): Promise<string[]> {
  // by the debugger's own way in: the page's policy lets no script of others run
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`),
  );
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, viewport] of [
    ["desktop", { width: 1280, height: 900 }],
    ["phone", { width: 390, height: 844 }],
  ] as const) {
    access(`axe finds nothing in the ${colorScheme} theme on a ${name}, idle and live`, async () => {
      const hash = "#network=custom";
      const { page } = await openPlaygroundPage(browser, {}, { colorScheme, viewport, hash });
      assert.equal(await faults(page), []);
      await page.click("#talk");
      await hears(page);
      assert.equal(await faults(page), []);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.is(overflow, 0, "nothing is wider than the screen");
    });
  }
}

access("axe finds nothing with a notice on the page", async () => {
  const { page } = await openPlaygroundPage(browser);
  await page.setInputFiles("#file", {
    name: "x.wav",
    mimeType: "audio/wav",
    buffer: Buffer.from("no sound"),
  });
  await page.locator(".notice").waitFor();
  assert.equal(await faults(page), []);
});

/** What has the focus, by id or by name and value. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement as HTMLInputElement | null;
    return at?.id || `${at?.name}=${at?.value}`;
  });

access("everything is reached and worked by keyboard, in the order it is read", async () => {
  const { page } = await openPlaygroundPage(browser);
  const order: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at === order[0] || at === "undefined=undefined") break;
    order.push(at);
  }
  for (const id of ["theme", "talk", "sample", "open", "record", "frame", "tab-browser", "code-copy"]) {
    assert.ok(order.includes(id), `${id} is among ${order.join()}`);
  }
  assert.ok(order.indexOf("talk") < order.indexOf("frame"));
  assert.ok(order.indexOf("frame") < order.indexOf("tab-browser"));

  await page.focus("#talk");
  await page.keyboard.press("Enter");
  await says(page, "#status-text", /^Live$/);
  await page.keyboard.press("Tab");
  assert.is(await focused(page), "mute");
  await page.keyboard.press("Space");
  await page.locator('#mute[aria-pressed="true"]').waitFor();

  await page.focus('[name="encoding"][value="mulaw"]');
  await page.keyboard.press("ArrowRight");
  assert.is(await focused(page), "encoding=alaw");
  await page.focus("#frame");
  await page.keyboard.press("ArrowRight");
  await says(page, "#frame-text", /^30 ms$/);
  assert.match(page.url(), /encoding=alaw.*frame=30/);
  await says(page, "#heard-source", /30 ms frames/);

  await page.focus("#tab-browser");
  await page.keyboard.press("ArrowRight");
  assert.is(await focused(page), "tab-node");
  await says(page, "#code-text", /voxwire\/client/);
});

access("what has the focus shows it", async () => {
  const { page } = await openPlaygroundPage(browser);
  for (const selector of ["#talk", "#theme", "#frame", "#tab-browser", "#code-copy"]) {
    await page.focus("body");
    await page.keyboard.press("Tab");
    await page.focus(selector);
    const outline = await page.evaluate(
      (chosen) => getComputedStyle(document.querySelector(chosen)!).outlineStyle,
      selector,
    );
    assert.is(outline, "solid", selector);
  }
});

access("the theme is the system's until another is chosen, and that is kept", async () => {
  const { page } = await openPlaygroundPage(browser, {}, { colorScheme: "dark" });
  const theme = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--theme").trim());
  assert.is(await theme(), "dark");
  await page.click("#theme");
  assert.is(await theme(), "light");
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  assert.is(await theme(), "light");
});

access("with reduced motion nothing moves by itself, and figures are still told", async () => {
  const { page } = await openPlaygroundPage(browser, {}, { reducedMotion: "reduce" });
  await page.click("#talk");
  await hears(page);
  const moving = await page.evaluate(
    () =>
      document.getAnimations().length +
      Number(getComputedStyle(document.querySelector("#talk")!).transitionDuration !== "0s"),
  );
  assert.is(moving, 0);
});

access.run();
