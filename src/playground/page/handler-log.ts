/** What the handler says: its lines, the latest last. */
import { byId, make } from "./dom.ts";

const MOST_LINES = 200;

/** Shows another line; the panel is there from the first on. */
export function showLogLine(line: string): void {
  const root = byId("log-lines", HTMLElement);
  byId("log", HTMLElement).hidden = false;
  const isAtEnd = root.scrollTop + root.clientHeight >= root.scrollHeight - 4;
  const time = make("time", "", new Date().toTimeString().slice(0, 8));
  root.append(make("li", "", time, make("span", "", line)));
  while (root.childElementCount > MOST_LINES) root.firstElementChild?.remove();
  if (isAtEnd) root.scrollTop = root.scrollHeight;
}
