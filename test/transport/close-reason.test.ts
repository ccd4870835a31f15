import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeReason } from "../../src/transport/close-reason.ts";

const bytes = (text: string) => Buffer.byteLength(text);

test("a reason is the longest beginning that fits 123 bytes, and no character is cut in two", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const reason = closeReason(text);
      assert.ok(text.startsWith(reason));
      assert.ok(bytes(reason) <= 123);
      const [next = ""] = text.slice(reason.length);
      assert.ok(next === "" || bytes(reason + next) > 123);
      assert.is(Buffer.from(reason).toString(), reason);
    }),
  );
});

test("a reason of megabytes costs no more than one of a line", () => {
  assert.is(closeReason("x".repeat(10_000_000)), "x".repeat(123));
  assert.is(closeReason("\u{1f600}".repeat(1_000_000)), "\u{1f600}".repeat(30));
});

test.run();
