import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/core/errors.ts";
import { createToken, verifyToken } from "../../src/transport/token.ts";

const secret = "a secret of more than sixteen bytes";

test("a token says what it was made for, until it expires", () => {
  const token = createToken({ secret, id: "call-1", params: { user: "ada" }, ttlMs: 1000, nowMs: 5000 });
  assert.equal(verifyToken(token, { secret, nowMs: 5999 }), {
    isValid: true,
    id: "call-1",
    params: { user: "ada" },
    expiresMs: 6000,
  });
  assert.equal(verifyToken(token, { secret, nowMs: 6000 }), { isValid: false, reason: "expired" });
  const open = verifyToken(createToken({ secret }), { secret });
  assert.ok(open.isValid && open.id === undefined);
});

test("a token with any character changed is none", () => {
  const token = createToken({ secret, id: "call-1" });
  for (let i = 0; i < token.length; i++) {
    for (const other of ["A", "B", ".", "-", "%", "é"]) {
      if (other === token[i]) continue;
      const changed = token.slice(0, i) + other + token.slice(i + 1);
      assert.is(verifyToken(changed, { secret }).isValid, false, `${i} ${other}`);
    }
  }
});

test("rubbish is no token, and never throws", () => {
  for (const rubbish of [
    "a",
    ".",
    "..",
    "a.b",
    "a.b.c",
    "x".repeat(10_000),
    `.${"A".repeat(43)}`,
    `${"A".repeat(10)}.${"A".repeat(43)}`,
    "\u0000",
  ]) {
    assert.is(verifyToken(rubbish, { secret }).isValid, false, rubbish.slice(0, 20));
  }
  for (const nothing of [undefined, ""]) {
    assert.equal(verifyToken(nothing, { secret }), { isValid: false, reason: "missing" });
  }
});

test("a secret can be replaced: both hold for a while", () => {
  const next = "another secret of more than sixteen";
  const token = createToken({ secret });
  assert.is(verifyToken(token, { secret: next }).isValid, false);
  assert.is(verifyToken(token, { secret: [next, secret] }).isValid, true);
  assert.is(verifyToken(token, { secret: Buffer.from(secret) }).isValid, true);
});

test("secrets that can be guessed are refused, and so are tokens that do not fit a header", () => {
  for (const weak of ["", "short", new Uint8Array(15), [], ["short"], 5]) {
    assert.throws(
      () => verifyToken("x", { secret: weak as string }),
      (error: unknown) => error instanceof ConfigError && !error.message.includes("short"),
    );
  }
  assert.throws(() => createToken({ secret: "short" }), /16/);
  assert.throws(() => createToken({ secret, ttlMs: 0 }), /ttlMs/);
  assert.throws(() => createToken({ secret, params: { long: "x".repeat(5000) } }), /4096/);
});

test.run();
