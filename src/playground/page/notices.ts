/** What went wrong, in words that help: what was seen, what to do, and the code to look up. */
import { VoxwireError } from "../../browser.ts";
import { byId, make, makeButton } from "./dom.ts";

/** More would bury the page. */
const MOST = 3;

/** The notices at the top of the page. A screen reader reads them as they come; Escape takes the latest away. */
export class Notices {
  readonly #root = byId("notices", HTMLElement);

  constructor() {
    addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.#root.firstElementChild?.remove();
    });
  }

  /** Shows an error; the same one twice is one. */
  show(error: unknown): void {
    const { code, message, hint } = describe(error);
    const shown = Array.from(this.#root.children).find((notice) => notice.getAttribute("data-code") === code);
    shown?.remove();
    const notice = make("div", "notice", make("p", "what", message));
    notice.dataset.code = code;
    if (hint !== "") notice.append(make("p", "todo", hint));
    notice.append(make("code", "reason", code));
    const close = makeButton("×", "quiet close", () => notice.remove());
    close.setAttribute("aria-label", "Dismiss");
    notice.append(close);
    this.#root.prepend(notice);
    while (this.#root.childElementCount > MOST) this.#root.lastElementChild?.remove();
  }

  /** Takes all away. */
  clear(): void {
    this.#root.replaceChildren();
  }
}

function describe(error: unknown): { code: string; message: string; hint: string } {
  if (error instanceof VoxwireError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof DOMException && error.name === "EncodingError") {
    return {
      code: "ERR_FORMAT",
      message: "This file is none that the browser can decode.",
      hint: "WAV, MP3, M4A and FLAC work in all browsers, Ogg in most.",
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "ERR_PAGE", message, hint: "Reload the page; where that does not help, please report it." };
}
