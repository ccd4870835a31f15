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

/** Presses Tab until `wanted` has the focus; each stop on the way shows that it has it. */
async function tabTo(page: Page, wanted: string, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const stops: string[] = [];
  do {
    await page.keyboard.press(key);
    stops.push(await focused(page));
    assert.ok(stops.length < 40, `${wanted} is reached by ${key}: ${stops.join()}`);
    assert.ok(await isFocusSeen(page), `${stops.at(-1)} shows that it has the focus`);
  } while (stops.at(-1) !== wanted);
}

/** Whether what has the focus has an outline, itself or, where it is hidden under its label's words, those. */
const isFocusSeen = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return true;
    const hasOutline = (element: Element | null) =>
      element !== null && Number.parseFloat(getComputedStyle(element).outlineWidth) >= 2;
    const isDrawn = (element: Element | null) =>
      hasOutline(element) && getComputedStyle(element!).outlineStyle === "solid";
    return isDrawn(at) || isDrawn(at.nextElementSibling);
  });

access("the page is walked through by keyboard alone: call, mute, choose, slide, copy, hang up", async () => {
  const { page, server, complaints } = await openPlaygroundPage(browser);
  const order: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at === order[0] || at === "undefined=undefined") break;
    order.push(at);
  }
  const inOrder = ["theme", "talk", "sample", "open", "record", "protocol=binary", "encoding=mulaw", "frame"];
  for (const [i, id] of inOrder.entries()) {
    assert.ok(order.includes(id), `${id} is among ${order.join()}`);
    if (i > 0) assert.ok(order.indexOf(inOrder[i - 1]!) < order.indexOf(id), `${id} after ${inOrder[i - 1]}`);
  }

  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await tabTo(page, "talk");
  await page.keyboard.press("Enter");
  await says(page, "#status-text", /^Live$/);
  await hears(page);
  await tabTo(page, "mute");
  await page.keyboard.press("Space");
  await page.locator('#mute[aria-pressed="true"]').waitFor();
  await page.keyboard.press("Space");
  await page.locator('#mute[aria-pressed="false"]').waitFor();

  await tabTo(page, "encoding=mulaw");
  await page.keyboard.press("ArrowRight");
  assert.is(await focused(page), "encoding=alaw");
  await says(page, "#status-text", /^Live$/);
  await tabTo(page, "frame");
  await page.keyboard.press("ArrowRight");
  await says(page, "#frame-text", /^30 ms$/);
  await says(page, "#cost-text", /^Fills in 30 ms/);
  await page.keyboard.press("Home");
  await says(page, "#frame-text", /^5 ms$/);
  await page.keyboard.press("End");
  await says(page, "#frame-text", /^120 ms$/);
  assert.match(page.url(), /encoding=alaw.*frame=120/);
  await says(page, "#heard-source", /120 ms frames/);

  await tabTo(page, "network=none");
  await page.keyboard.press("ArrowLeft");
  assert.is(await focused(page), "network=custom");
  await page.keyboard.press("Tab");
  assert.ok(await isFocusSeen(page));
  const shown = page.locator("#network-custom output").first();
  const before = await shown.textContent();
  await page.keyboard.press("ArrowRight");
  assert.is.not(await shown.textContent(), before);

  await tabTo(page, "tab-browser");
  await page.keyboard.press("ArrowRight");
  assert.is(await focused(page), "tab-node");
  await says(page, "#code-text", /voxwire\/client/);
  await tabTo(page, "code-copy");
  await page.keyboard.press("Enter");
  await says(page, "#code-copy", /^(Copied|Press Ctrl\+C)$/);

  await tabTo(page, "talk", "Shift+Tab");
  await page.keyboard.press("Space");
  await says(page, "#status-text", /^Ready$/);
  while (server.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(complaints, []);
});

access("Escape takes a notice away, and the focus is where it was", async () => {
  const { page } = await openPlaygroundPage(browser);
  await page.focus("#open");
  const file = { name: "x.wav", mimeType: "audio/wav", buffer: Buffer.from("no sound") };
  await page.setInputFiles("#file", file);
  await page.locator(".notice").waitFor();
  await page.keyboard.press("Escape");
  assert.is(await page.locator(".notice").count(), 0);
  assert.is(await focused(page), "open");
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
