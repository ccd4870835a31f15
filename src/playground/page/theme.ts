/** Light or dark: the system's choice until somebody makes another. */
import { byId } from "./dom.ts";

const KEY = "voxwire-theme";

/** Sets the theme's button up; `onChange` is called after each change of colours. */
export function setUpTheme(onChange: () => void): void {
  const button = byId("theme", HTMLButtonElement);
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const stored = localStorage.getItem(KEY);
  if (stored === "light" || stored === "dark") root.dataset.theme = stored;
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const follow = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    onChange();
  };
  system.addEventListener("change", follow);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem(KEY, root.dataset.theme);
    follow();
  });
  follow();
}
