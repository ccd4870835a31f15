/** A handler's module that takes its time: whoever waits is told for what. */
import { show } from "../../core/check.ts";
import type { Terminal } from "../terminal.ts";

const SLOW_MS = 3000;

/**
 * Waits for `work`, and says after a while that it is the handler's module that keeps it. The timer also keeps the process,
 * which Node would else end without a word where nothing is left that could bring what the module awaits.
 */
export async function whileLoading<T>(work: Promise<T>, path: string, terminal: Terminal): Promise<T> {
  let isSaid = false;
  const timer = setInterval(() => {
    if (!isSaid)
      terminal.note(
        `note: ${show(path)} is still loading: what it awaits outside its functions has not come yet. Ctrl-C ends it.`,
      );
    isSaid = true;
  }, SLOW_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
