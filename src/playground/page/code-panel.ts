/** The programs, one to a tab, kept in step with what is chosen. */
import { type CodeKind, codeFor } from "./code.ts";
import { inColours } from "./code-colours.ts";
import { byId } from "./dom.ts";
import type { SettingsStore } from "./settings.ts";

const COPIED_MS = 2000;

/** Sets the tabs up. @param urlOf the handler's address as programs take it */
export function setUpCode(store: SettingsStore, urlOf: () => string): void {
  const list = byId("code-tabs", HTMLElement);
  const text = byId("code-text", HTMLElement);
  const panel = byId("code-panel", HTMLElement);
  const tabs = Array.from(list.querySelectorAll<HTMLButtonElement>("[role=tab]"));
  let kind: CodeKind = "browser";
  // what scrolls has to be reached by keyboard
  panel.tabIndex = 0;
  const show = () => {
    text.replaceChildren(...inColours(codeFor(kind, store.now, urlOf())));
    byId("code-note", HTMLElement).textContent = noteFor(kind);
  };
  const choose = (tab: HTMLButtonElement) => {
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", tab.id);
    kind = tab.dataset.kind as CodeKind;
    show();
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const next = key === "ArrowRight" ? i + 1 : key === "ArrowLeft" ? i - 1 : undefined;
      if (next === undefined) return;
      const other = tabs[(next + tabs.length) % tabs.length]!;
      other.focus();
      choose(other);
    });
  }
  setUpCopy(() => text.textContent ?? "");
  store.onChange(show);
  choose(tabs[0]!);
}

function setUpCopy(read: () => string): void {
  const button = byId("code-copy", HTMLButtonElement);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(read())) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => {
      button.textContent = "Copy";
    }, COPIED_MS);
  });
}

/** False where the page may not, as from an unsafe origin: the text is marked then, for a person to copy. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(byId("code-text", HTMLElement));
    return false;
  }
}

function noteFor(kind: CodeKind): string {
  switch (kind) {
    case "browser":
      return "npm install voxwire; as a module of a page, with a bundler or an import map";
    case "node":
      return "npm install voxwire; Node 20 or later";
    case "python":
      return "pip install websockets; FastRTC’s JSON, without a line of Voxwire";
    case "server":
      return "node server.js, and this page is at its address";
  }
}
