import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkInteger, checkNumber, checkOneOf, show } from "../../src/core/check.ts";
import type { ConfigError } from "../../src/core/errors.ts";
import { ProtocolError, VoxwireError } from "../../src/core/errors.ts";
import { checkSampleRate } from "../../src/core/rates.ts";

test("numbers in range pass through, their ends included", () => {
  for (const value of [1, 5, 10]) assert.is(checkInteger("n", value, 1, 10), value);
  for (const value of [-0.5, 0, 0.25]) assert.is(checkNumber("x", value, -0.5, 0.25), value);
  assert.is(checkOneOf("name", "b", ["a", "b"]), "b");
  for (const rate of [4000, 8000, 11025, 44100, 192000]) assert.is(checkSampleRate("rate", rate), rate);
});

test("anything else is refused with the option's name, what was seen and what is expected", () => {
  const values = [
    0,
    11,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "5",
    null,
    undefined,
    {},
    [5],
    5n,
    Symbol("5"),
  ];
  for (const value of values) {
    assert.throws(
      () => checkInteger("frameMs", value, 1, 10),
      (error: ConfigError) =>
        error.code === "ERR_CONFIG" &&
        error.message.startsWith(`frameMs is ${show(value)}; expected`) &&
        error.hint.includes("1 to 10"),
      show(value),
    );
    if (value !== 1.5) assert.throws(() => checkNumber("x", value, 1, 10), /x is/, show(value));
    assert.throws(() => checkOneOf("kind", value, ["a", "b"]), /kind is .*expected "a", "b"/, show(value));
  }
});

test("a sample rate given in kHz is told what to write", () => {
  const hintOf = (rate: unknown) => {
    try {
      checkSampleRate("inputRate", rate);
    } catch (error) {
      assert.is((error as ConfigError).code, "ERR_RATE");
      return (error as ConfigError).hint;
    }
    return assert.unreachable("nothing was thrown") as never;
  };
  assert.match(hintOf(44.1), /44100/);
  assert.match(hintOf(8), /8000/);
  for (const rate of [0, -8000, 3999, 192001, 8000.5, "8000", Number.NaN])
    assert.match(hintOf(rate), /Common rates/);
});

test("values are shown short and safely", () => {
  assert.is(show('a"b'), '"a\\"b"');
  assert.is(show("x".repeat(100)).length, 82);
  assert.is(show(Object.create(null)), "a value of type object");
  assert.is(show(new Uint8Array(3)), "a value of type Uint8Array");
  assert.is(show(null), "null");
  assert.is(show(10n), "10");
});

test("errors carry their class's name, code, hint, cause and close code", () => {
  const cause = new Error("below");
  const error = new ProtocolError("ERR_JSON", 1007, "Not JSON.", { hint: "Send JSON.", cause });
  assert.instance(error, VoxwireError);
  assert.is(error.name, "ProtocolError");
  assert.is(error.closeCode, 1007);
  assert.is(error.cause, cause);
  assert.is(error.describe(), "Not JSON. Send JSON.");
  const bare = new VoxwireError("ERR_FILE", "No file.");
  assert.is(bare.describe(), "No file.");
  assert.is("cause" in bare, false);
});

test.run();
