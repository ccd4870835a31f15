import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkKnownName, checkOptionNames } from "../../src/core/check-options.ts";
import type { ConfigError } from "../../src/core/errors.ts";

const NAMES = { port: 1, host: 1, maxSessions: 1, maxSessionsPerAddress: 1 };

function refusal(given: unknown, elsewhere?: Record<string, string>): ConfigError {
  try {
    checkOptionNames("serve()", given, NAMES, elsewhere);
  } catch (error) {
    return error as ConfigError;
  }
  return assert.unreachable("nothing was thrown") as never;
}

test("an option that is misspelt is refused, with its name and the nearest one", () => {
  const error = refusal({ port: 1, maxSesions: 2 });
  assert.is(error.name, "ConfigError");
  assert.is(error.code, "ERR_CONFIG");
  assert.is(error.message, 'serve() has no option "maxSesions".');
  assert.is(error.hint, "Did you mean maxSessions?");
  assert.is(refusal({ Port: 1 }).hint, "Did you mean port?");
});

test("where none is near, what there is is named; where it belongs elsewhere, where", () => {
  assert.match(refusal({ quux: 1 }).hint, /^It takes port, host, maxSessions, maxSessionsPerAddress\.$/);
  assert.is(
    refusal({ leadMs: 1 }, { leadMs: "Write limits: { leadMs }." }).hint,
    "Write limits: { leadMs }.",
  );
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`o${i}`, 1]));
  assert.throws(
    () => checkOptionNames("x", { something: 1 }, many),
    ({ hint }: ConfigError) => hint.endsWith("o11 and 28 more."),
  );
});

test("names that every object inherits are no options, and what is left undefined is none either", () => {
  for (const name of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
    assert.match(refusal(JSON.parse(`{${JSON.stringify(name)}:1}`)).message, name);
  }
  checkOptionNames("serve()", { maxSesions: undefined, port: undefined }, NAMES);
  checkOptionNames("serve()", Object.create(null), NAMES);
  checkOptionNames("serve()", {}, NAMES);
});

test("what is no object is refused, whatever it is", () => {
  for (const given of [null, undefined, "x", 5, true, 5n, Symbol("x"), [], [1], () => {}]) {
    const error = refusal(given);
    assert.is(error.code, "ERR_CONFIG");
    assert.match(error.message, /^serve\(\) was given .*; expected an object of options\.$/);
    assert.match(error.hint, /port/);
  }
});

test("one of some names passes, another is told the nearest", () => {
  checkKnownName("event", "port", NAMES);
  for (const name of ["ports", "toString", 5, undefined, Symbol("port")]) {
    assert.throws(
      () => checkKnownName("event", name, NAMES),
      (error: ConfigError) => error.code === "ERR_CONFIG" && error.hint.length > 0,
    );
  }
  assert.throws(() => checkKnownName("event", "ports", NAMES), /There is no event "ports"\./);
});

test.run();
