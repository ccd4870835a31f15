/**
 * The pictures in docs/playground.md. With VOXWIRE_PICTURES=1 they are taken anew:
 *
 *     VOXWIRE_PICTURES=1 node scripts/test.mjs playground-pictures
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodePng } from "../../bench/plots/png.ts";
import { inFewColours } from "./few-colours.ts";
import { openBrowser } from "./open-browser.ts";
import { closeAll, hears, openPlaygroundPage, says } from "./playground-page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SPEECH = join(ROOT, "assets", "speech.wav");
const isAsked = process.env.VOXWIRE_PICTURES === "1";
/** So long the page has listened in a picture. */
const LISTENED_MS = 14_000;
const MOST_BYTES = 350_000;

const SHOTS = [
  {
    name: "desktop-light",
    viewport: { width: 1280, height: 1016 },
    colorScheme: "light",
    deviceScaleFactor: 1,
  },
  {
    name: "desktop-dark",
    viewport: { width: 1280, height: 1016 },
    colorScheme: "dark",
    deviceScaleFactor: 1,
  },
  { name: "phone-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark", deviceScaleFactor: 2 },
] as const;

const pictures = suite("the playground's pictures");
const browser = await openBrowser({ microphoneFile: SPEECH });
pictures.after.each(closeAll);
pictures.after(() => browser.close());

/** A spectrogram has thousands of colours: in 256 the file is a third as large, and looks the same. */
async function inPalette(page: Page, png: Buffer): Promise<Buffer> {
  const { width, height, text } = await page.evaluate(async (given) => {
    const bytes = Uint8Array.from(atob(given), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const drawing = canvas.getContext("2d")!;
    drawing.drawImage(bitmap, 0, 0);
    const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
    let characters = "";
    for (let at = 0; at < data.length; at += 8192)
      characters += String.fromCharCode(...data.subarray(at, at + 8192));
    return { width: canvas.width, height: canvas.height, text: btoa(characters) };
  }, png.toString("base64"));
  const { pixels, palette } = inFewColours(Buffer.from(text, "base64"));
  return encodePng(width, height, pixels, palette);
}

for (const { name, viewport, colorScheme, deviceScaleFactor } of SHOTS) {
  pictures(`${name} is in the docs, as large as it says, and the page still fits it`, async () => {
    const path = join(ROOT, "docs", "images", `playground-${name}.png`);
    const { page } = await openPlaygroundPage(browser, {}, { viewport, colorScheme, deviceScaleFactor });
    await page.click("#talk");
    await hears(page);
    await says(page, "#loop-total", /^\d+$/);
    for (const panel of name.startsWith("desktop") ? ["#talk", "#loop-bar", "#trip-chart"] : ["#talk"]) {
      const box = await page.locator(panel).boundingBox();
      assert.ok(box !== null && box.y + box.height <= viewport.height, `${panel} is in the picture`);
    }
    if (isAsked) {
      mkdirSync(join(ROOT, "docs", "images"), { recursive: true });
      await page.waitForTimeout(LISTENED_MS);
      writeFileSync(path, await inPalette(page, await page.screenshot()));
    }
    assert.ok(existsSync(path), `${path} is there`);
    const png = readFileSync(path);
    assert.is(png.toString("latin1", 1, 4), "PNG");
    assert.is(png.readUInt32BE(16), viewport.width * deviceScaleFactor);
    assert.is(png.readUInt32BE(20), viewport.height * deviceScaleFactor);
    assert.ok(png.length <= MOST_BYTES, `${png.length} bytes`);
    assert.match(readFileSync(join(ROOT, "docs", "playground.md"), "utf8"), `images/playground-${name}.png`);
  });
}

pictures.run();
