import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/core/errors.ts";
import type { AudioFrame } from "../../src/core/types.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import { GeneratorHandler } from "../../src/stream/generator-handler.ts";
import { StreamHandler } from "../../src/stream/handler.ts";
import { type HandlerSource, resolveHandler } from "../../src/stream/resolve-handler.ts";

class Plain extends StreamHandler {
  copies = 0;
  copy(): StreamHandler {
    this.copies++;
    return new Plain();
  }
  receive(_frame: AudioFrame): void {}
  emit(): null {
    return null;
  }
}

class Stated extends Plain {
  override inputRate = 16000;
  override outputRate = 48000;
  override frameMs = 10;
  override copy(): StreamHandler {
    return new Stated();
  }
}

function configError(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.instance(error, ConfigError);
    const { message, hint, code } = error as ConfigError;
    assert.match(`${code} ${message} ${hint}`, pattern);
    assert.is.not(hint, "");
    return true;
  };
}

test("an instance is copied for each client, and never handed out itself", () => {
  const source = new Plain();
  const make = resolveHandler(source);
  const handlers = [make(), make(), make()];
  assert.is(source.copies, 3);
  assert.is(new Set([source, ...handlers]).size, 4);
});

test("a class is made anew, a factory called, an async generator function wrapped, for each client", () => {
  const sources: Record<string, HandlerSource> = {
    class: Plain,
    "arrow factory": () => new Plain(),
    "function factory": function make() {
      return new Plain();
    },
  };
  for (const [name, source] of Object.entries(sources)) {
    const make = resolveHandler(source);
    const [first, second] = [make(), make()];
    assert.instance(first, Plain, name);
    assert.is.not(first, second);
  }
  const make = resolveHandler(async function* () {});
  assert.instance(make(), GeneratorHandler);
  assert.is.not(make(), make());
});

test("a handler by its shape alone is taken, whatever copy of this package it came from", () => {
  const shape = (): object => ({ receive() {}, emit: () => null, copy: shape });
  const handler = resolveHandler(shape() as HandlerSource, { sampleFormat: "float32" })();
  assert.is(handler.sampleFormat, "float32");
});

test("copy that returns the handler itself, or one twice, is refused; so is a factory that shares one", () => {
  class Self extends Plain {
    override copy(): StreamHandler {
      return this;
    }
  }
  assert.throws(resolveHandler(new Self()), configError(/copy\(\).*hear each other/));
  const one = new Plain();
  class Same extends Plain {
    override copy(): StreamHandler {
      return one;
    }
  }
  const copies = resolveHandler(new Same());
  copies();
  assert.throws(copies, configError(/copy\(\).*hear each other.*Return a new handler/));
  const shared = resolveHandler(() => one);
  shared();
  assert.throws(shared, configError(/factory.*hear each other/));
});

const rubbish: Record<string, [unknown, RegExp]> = {
  undefined: [undefined, /handler is undefined.*Pass an instance/],
  null: [null, /handler is null/],
  "a string": ["echo", /handler is "echo"/],
  "a number": [7, /handler is 7/],
  "an object": [{ receive() {} }, /handler is a value of type Object/],
  "an array": [[], /handler is a value of type Array/],
  "a promise": [Promise.resolve(new Plain()), /type Promise/],
  "a class of something else": [class Foo {}, /handler Foo is a class that does not extend StreamHandler/],
  "StreamHandler itself": [StreamHandler, /StreamHandler is a class that does not extend/],
  "an async function": [async function talk() {}, /handler talk is an async function.*async function\*/],
  "a generator that is not async": [function* talk() {}, /generator that is not async/],
  "an instance without emit": [
    Object.assign(Object.create(StreamHandler.prototype), { receive() {}, copy() {} }),
    /has no emit/,
  ],
  "an instance with a rate in kHz": [
    Object.assign(new Plain(), { inputRate: 16 }),
    /inputRate is 16.*write 16000/,
  ],
  "an instance with a bad frame": [Object.assign(new Plain(), { frameMs: 1 }), /frameMs is 1/],
};
for (const [name, [source, pattern]] of Object.entries(rubbish)) {
  test(`${name} is refused at once, with what to do`, () => {
    assert.throws(() => resolveHandler(source as HandlerSource), configError(pattern));
  });
}

const madeRubbish: Record<string, [unknown, RegExp]> = {
  "a factory of nothing": [() => undefined, /factory returned undefined/],
  "a factory of a promise": [() => Promise.resolve(new Plain()), /factory returned a value of type Promise/],
  "a factory of a class": [() => Plain, /factory returned class Plain|factory returned/],
  "a class without emit": [
    class Half extends (StreamHandler as unknown as new () => object) {
      receive(): void {}
      copy(): void {}
    },
    /type Half has no emit/,
  ],
  "a class with a rate of nothing": [
    class Bad extends Plain {
      override inputRate = Number.NaN;
    },
    /inputRate is NaN/,
  ],
};
for (const [name, [source, pattern]] of Object.entries(madeRubbish)) {
  test(`${name} is refused when it is first made`, () => {
    assert.throws(resolveHandler(source as HandlerSource), configError(pattern));
  });
}

test("wrong defaults are refused at once", () => {
  for (const defaults of [
    { inputRate: 8 },
    { outputRate: 0 },
    { frameMs: 1000 },
    { sampleFormat: "float64" as "float32" },
  ])
    assert.throws(
      () => resolveHandler(Plain, defaults),
      (error: unknown) => error instanceof ConfigError,
    );
});

test("defaults fill in what a handler leaves open, and override nothing that it states", () => {
  const defaults = { inputRate: 24000, outputRate: 8000, frameMs: 40 };
  const open = resolveHandler(Plain, defaults)();
  assert.equal([open.inputRate, open.outputRate, open.frameMs], [24000, 8000, 40]);
  for (const source of [Stated, new Stated(), () => new Stated()]) {
    const stated = resolveHandler(source, defaults)();
    assert.equal([stated.inputRate, stated.outputRate, stated.frameMs], [16000, 48000, 10]);
  }
  const generator = resolveHandler(async function* () {}, { ...defaults, sampleFormat: "float32" })();
  assert.equal(
    [generator.inputRate, generator.outputRate, generator.frameMs, generator.sampleFormat],
    [24000, 8000, 40, "float32"],
  );
});

test("the echo follows the wire whatever the defaults say", () => {
  for (const source of [EchoHandler, new EchoHandler(), () => new EchoHandler()]) {
    const echo = resolveHandler(source, { inputRate: 24000, outputRate: 24000, frameMs: 10 })();
    assert.equal([echo.inputRate, echo.outputRate, echo.frameMs], [undefined, undefined, 10]);
  }
});

test("what a factory or copy throws comes through as it is", () => {
  const own = new Error("own");
  assert.throws(
    resolveHandler(() => {
      throw own;
    }),
    (error: unknown) => error === own,
  );
});

test.run();
