import { test } from "uvu";
import * as assert from "uvu/assert";
import { idInToken } from "../../src/playground/page/token-id.ts";
import { createToken } from "../../src/server.ts";

const secret = "sixteen bytes or more of it";

test("the id that a token is bound to is read, whatever its letters", () => {
  for (const id of ["caller-1", "Zoë ÿ >>>???", "漢字"])
    assert.is(idInToken(createToken({ secret, id })), id);
});

test("a token without one, or of another kind, names none", () => {
  for (const token of [createToken({ secret }), "", "x", "a.b.c", "!!!", btoa("null"), btoa("7")])
    assert.is(idInToken(token), undefined);
});

test.run();
