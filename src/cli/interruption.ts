/** Ctrl-C, for commands that have something to bring to an end. */
import { EXIT_INTERRUPTED } from "./exit-codes.ts";

/** Signals closer than this are one: npm passes on a Ctrl-C that the terminal has sent to the command already. */
const ECHO_MS = 300;

/** Listens to SIGINT and SIGTERM while a command runs. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #take: () => void;
  #firstMs = 0;

  /** @param onFirst called once, with the first signal */
  constructor(onFirst?: () => void) {
    this.#take = () => {
      // The second Ctrl-C of somebody who does not want to wait any longer.
      if (this.signal.aborted) {
        if (performance.now() - this.#firstMs > ECHO_MS) process.exit(EXIT_INTERRUPTED);
        return;
      }
      this.#firstMs = performance.now();
      this.#controller.abort(new Interrupted());
      onFirst?.();
    };
    process.on("SIGINT", this.#take);
    process.on("SIGTERM", this.#take);
  }

  /** Aborted with the first of the two; the process ends at once with the second. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves with the first signal. */
  async wait(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise((resolve) => this.signal.addEventListener("abort", resolve, { once: true }));
  }

  /**
   * Gives the signals back to the process. After an interruption that waits until the copy of the signal that npm may
   * pass on has had its time, and holds the process as long: the copy would end it by the signal and not by its code.
   */
  dispose(): void {
    const left = this.signal.aborted ? this.#firstMs + ECHO_MS - performance.now() : 0;
    if (left > 0) setTimeout(() => this.#release(), left);
    else this.#release();
  }

  #release(): void {
    process.off("SIGINT", this.#take);
    process.off("SIGTERM", this.#take);
  }
}

/** Why a command stopped that was interrupted. */
export class Interrupted extends Error {
  constructor() {
    super("Interrupted.");
    this.name = "Interrupted";
  }
}
