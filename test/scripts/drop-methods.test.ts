import { test } from "uvu";
import * as assert from "uvu/assert";

const script = new URL("../../scripts/package/drop-methods.mjs", import.meta.url).href;
const { dropMethods } = (await import(script)) as {
  dropMethods(texts: Record<string, string>): string[];
};

const dropped = (text: string) => dropMethods({ text });

test("methods and accessors go that nothing names, and those that only such methods name", () => {
  const text = `
    class A {
      #hidden() { return this.#deep(); }
      #deep() { return 1; }
      get unused() { return this.#hidden(); }
      static never() {}
      used() { return this.#own(); }
      #own() { return 2; }
    }
    globalThis.result = new A().used();`;
  assert.equal(dropped(text), ["#hidden", "#deep", "unused", "never"]);
  const scope: { result?: number } = {};
  const texts = { text };
  dropMethods(texts);
  new Function("globalThis", texts.text)(scope);
  assert.is(scope.result, 2);
});

test("methods stay that are named anywhere, in any way of naming", () => {
  const uses = [
    "a.method()",
    "a?.method?.()",
    "const { method } = a",
    "const { method: other = 1 } = a",
    'a["method"]()',
    "a[`method`]()",
    'const name = "method"; a[name]()',
    "class B extends A { other() { super.method(); } } new B().other()",
    "({ method: a.x } = a)",
  ];
  for (const use of uses)
    assert.equal(dropped(`class A { method() {} } const a = new A(); ${use};`), [], use);
});

test("what the language calls by itself stays: constructors, thenables, iterators", () => {
  assert.equal(
    dropped("class A { constructor() {} then() {} next() {} toJSON() {} [Symbol.iterator]() {} }"),
    [],
  );
  assert.equal(
    dropped("class A { async *[Symbol.asyncIterator]() {} } for await (const x of new A()) x;"),
    [],
  );
  assert.equal(dropped("class A { async *[Symbol.asyncIterator]() {} } new A();"), ["asyncIterator"]);
});

test("what a worklet calls stays", () => {
  assert.equal(dropped("class A extends AudioWorkletProcessor { process() { this.b(); } b() {} }"), []);
});

test("methods that call themselves or each other, and nobody else them, go", () => {
  assert.equal(dropped("class A { a() { this.b(); } b() { this.a(); } c() { this.c(); } }"), ["a", "b", "c"]);
});

test("a class inside a method that goes is gone with it, and what others name in it does not save it", () => {
  const text = "class A { gone() { return class { kept() {} }; } } const x = { kept: 1 }; x.kept;";
  const texts = { text };
  dropMethods(texts);
  assert.is(texts.text, "class A {  } const x = { kept: 1 }; x.kept;");
});

test("what one script calls stays in the others", () => {
  const texts = { one: "class A { a() {} b() {} }", two: "class B { a() {} c() {} } x.b(); " };
  assert.equal(dropMethods(texts), ["a", "a", "c"]);
  assert.is(texts.one, "class A {  b() {} }");
});

test("a script that does not parse is refused", () => {
  assert.throws(() => dropMethods({ text: "class {" }), /drop-methods/);
});

test.run();
