import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emitter } from "../../src/client/emitter.ts";

test("listeners are called in order, until they are taken off, once ones once", () => {
  const emitter = new Emitter<{ n: number }>();
  const heard: string[] = [];
  const off = emitter.on("n", (n) => heard.push(`a${n}`));
  emitter.once("n", (n) => heard.push(`b${n}`));
  const offOnce = emitter.once("n", (n) => heard.push(`c${n}`));
  offOnce();
  emitter.emit("n", 1);
  emitter.emit("n", 2);
  off();
  off();
  emitter.emit("n", 3);
  assert.equal(heard, ["a1", "b1", "a2"]);
  assert.is(emitter.count("n"), 0);
});

test("a listener that is added or taken off during an event does not change that event", () => {
  const emitter = new Emitter<{ n: number }>();
  const heard: string[] = [];
  const late = () => heard.push("late");
  const offSecond = { call: () => {} };
  emitter.on("n", () => {
    heard.push("first");
    emitter.on("n", late);
    offSecond.call();
  });
  offSecond.call = emitter.on("n", () => heard.push("second"));
  emitter.emit("n", 1);
  assert.equal(heard, ["first", "second"]);
});

test("a listener that throws stops neither the others nor the emitter, and is heard of", async () => {
  const emitter = new Emitter<{ n: number }>();
  let isCalled = false;
  emitter.on("n", () => {
    throw new Error("a listener's own");
  });
  emitter.on("n", () => {
    isCalled = true;
  });
  const uncaught = once(process, "uncaughtException");
  emitter.emit("n", 1);
  assert.ok(isCalled);
  const [error] = await uncaught;
  assert.is(error.message, "a listener's own");
});

test.run();
