/** Marks on both ways: those asked for here, and the server's own that are given back. */
import { checkInteger } from "../core/check.ts";
import { VoxwireError } from "../core/errors.ts";

const MAX_NAME_LENGTH = 256;

/** The marks of one session. */
export class Marks {
  readonly #send: (name: string) => void;
  /** Asked for, by name; those of one name come back in their order. */
  readonly #asked = new Map<string, ((cameBack: boolean) => void)[]>();
  /** Those whose connection was lost. */
  #overdue: ((cameBack: boolean) => void)[] = [];
  #isEnded = false;

  constructor(send: (name: string) => void) {
    this.#send = send;
  }

  /** Sends a mark; resolves with true when it comes back, with false when the session ends first. */
  ask(name: string, isLegacy: boolean): Promise<boolean> {
    checkInteger("name.length", typeof name === "string" ? name.length : Number.NaN, 1, MAX_NAME_LENGTH);
    if (isLegacy) {
      throw new VoxwireError("ERR_FORMAT_UNSUPPORTED", "An original FastRTC server has no marks.", {
        hint: "Marks need a server that answers start with started, as voxwire's does.",
      });
    }
    if (this.#isEnded) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting = this.#asked.get(name);
      if (waiting === undefined) this.#asked.set(name, [resolve]);
      else waiting.push(resolve);
      this.#send(name);
    });
  }

  /** Whether a mark that came is one of ours on its way back. */
  cameBack(name: string): boolean {
    const waiting = this.#asked.get(name);
    if (waiting === undefined) return false;
    const resolve = waiting.shift();
    if (waiting.length === 0) this.#asked.delete(name);
    resolve?.(true);
    return true;
  }

  /** Gives one of the server's back. */
  giveBack(name: string): void {
    this.#send(name);
  }

  /** The connection is lost: what was asked on it comes back no more. */
  lost(): void {
    this.#overdue.push(...[...this.#asked.values()].flat());
    this.#asked.clear();
  }

  /** The session goes on: audio of before the loss has been taken in by now, or never will be. */
  resumed(): void {
    for (const resolve of this.#overdue.splice(0)) resolve(true);
  }

  /** Nothing comes back any more. */
  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#overdue.splice(0)) resolve(false);
    for (const waiting of this.#asked.values()) for (const resolve of waiting) resolve(false);
    this.#asked.clear();
  }
}
