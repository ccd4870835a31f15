/** The page's start. */
import { VoxwireError } from "../../browser.ts";
import type { PlaygroundInfo } from "../server/playground-info.ts";
import { Notices } from "./notices.ts";
import { Playground } from "./playground.ts";

const base = document.baseURI.replace(/[?#].*$/, "");
const files = new URL(`${document.body.dataset.files}/`, base);

try {
  const answer = await fetch(new URL("playground/info.json", base));
  new Playground(files, (await answer.json()) as PlaygroundInfo);
  document.documentElement.dataset.ready = "true";
} catch (cause) {
  const hint = "Is it running? Start it with: npx voxwire serve. Then reload the page.";
  new Notices().show(new VoxwireError("ERR_CONNECT", "The server does not answer.", { hint, cause }));
}
