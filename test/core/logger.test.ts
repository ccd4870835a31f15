import { test } from "uvu";
import * as assert from "uvu/assert";
import { containedLogger } from "../../src/core/logger.ts";

test("a logger as console has it gets the line first, whatever levels it lacks", () => {
  const lines: unknown[][] = [];
  const line = (...args: unknown[]) => void lines.push(args);
  const logger = containedLogger({ info: line, warn: line, error: line });
  logger.debug("nobody takes this");
  logger.warn("seen", { session: "a" });
  assert.equal(lines, [["seen", { session: "a" }]]);
});

test("a logger as pino has it gets the facts first, and an error under pino's name for it", () => {
  const lines: unknown[][] = [];
  class Pinoish {
    readonly #lines = lines;
    bindings(): object {
      return {};
    }
    debug(...args: unknown[]): void {
      this.#lines.push(args);
    }
    info = this.debug;
    warn = this.debug;
    error = this.debug;
  }
  const logger = containedLogger(new Pinoish() as never);
  const error = new Error("x");
  logger.debug("one");
  logger.error("two", { session: "a", error });
  assert.equal(lines[0], [{}, "one"]);
  assert.equal(lines[1], [{ session: "a", err: error }, "two"]);
});

test("a logger that throws is survived, and the line goes to the console", () => {
  const { error } = console;
  const said: unknown[] = [];
  console.error = (line: unknown) => void said.push(line);
  try {
    const fail = () => {
      throw new Error("full");
    };
    containedLogger({ info: fail, warn: fail, error: fail }).warn("the line");
  } finally {
    console.error = error;
  }
  assert.equal(said, ["the line"]);
});

test("an async logger that rejects is survived as well", async () => {
  const { error } = console;
  const said: unknown[] = [];
  const heard = new Promise<void>((resolve) => {
    console.error = (line: unknown) => {
      said.push(line);
      resolve();
    };
  });
  try {
    const fail = () => Promise.reject(new Error("full"));
    containedLogger({ info: fail, warn: fail, error: fail }).warn("the line");
    await heard;
  } finally {
    console.error = error;
  }
  assert.equal(said, ["the line"]);
});

test.run();
