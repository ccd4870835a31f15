/** Twilio's signatures: the documented example, every way to spoil one, and the URLs that may have been signed. */
import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkPublicUrl, possibleUrls, publicHost } from "../../src/transport/public-url.ts";
import { isTwilioSignature, twilioSignature } from "../../src/transport/twilio-signature.ts";

const URL_SIGNED = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM = {
  CallSid: "CA1234567890ABCDE",
  Caller: "+14158675309",
  Digits: "1234",
  From: "+14158675309",
  To: "+18005551212",
};

test("the example of Twilio's documentation comes out, in any order of the fields", () => {
  const fields = Object.entries(FORM);
  for (const order of [fields, fields.toReversed()]) {
    assert.is(
      twilioSignature("12345", URL_SIGNED, new URLSearchParams(order)),
      "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    );
  }
});

test("of a field that comes twice each value counts once, sorted", () => {
  const form = new URLSearchParams([
    ["Sid", "CA123"],
    ["SidAccount", "AC123"],
    ["Digits", "5678"],
    ["Digits", "1234"],
    ["Digits", "1234"],
  ]);
  assert.is(twilioSignature("12345", URL_SIGNED, form), "IK+Dwps556ElfBT0I3Rgjkr1wJU=");
});

test("a changed token, URL, field or signature is refused; one of two tokens and one of several URLs will do", () => {
  const form = new URLSearchParams(FORM);
  const right = twilioSignature("12345", URL_SIGNED, form);
  assert.ok(isTwilioSignature(right, ["other", "12345"], ["https://x/", URL_SIGNED], form));
  fc.assert(
    fc.property(fc.nat({ max: right.length - 1 }), fc.nat({ max: 63 }), (at, by) => {
      const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      const wrong = right.slice(0, at) + letters[by] + right.slice(at + 1);
      assert.is(isTwilioSignature(wrong, ["12345"], [URL_SIGNED], form), wrong === right);
    }),
  );
  for (const signature of [undefined, "", "x", `${right} `, right.slice(1), "é".repeat(28), [right]]) {
    assert.not(isTwilioSignature(signature, ["12345"], [URL_SIGNED], form));
  }
  assert.not(isTwilioSignature(right, ["12346"], [URL_SIGNED], form));
  assert.not(isTwilioSignature(right, [], [URL_SIGNED], form));
  assert.not(isTwilioSignature(right, ["12345"], [`${URL_SIGNED}3`], form));
  assert.not(isTwilioSignature(right, ["12345"], [], form));
  form.set("Digits", "1235");
  assert.not(isTwilioSignature(right, ["12345"], [URL_SIGNED], form));
});

/** A form that says how often it has been walked through. */
class WalkedForm extends URLSearchParams {
  walks = 0;

  override *[Symbol.iterator](): URLSearchParamsIterator<[string, string]> {
    this.walks++;
    yield* super[Symbol.iterator]();
  }
  override getAll(name: string): string[] {
    this.walks++;
    return super.getAll(name);
  }
}

test("a form of ten thousand names is walked through once, for all URLs and tokens: anybody may send one", () => {
  const form = new WalkedForm(
    Array.from({ length: 10_000 }, (_, i) => [`n${(i * 7919) % 10_007}`, `${i % 3}`]),
  );
  const right = twilioSignature("12345", URL_SIGNED, form);
  form.walks = 0;
  assert.ok(isTwilioSignature(right, ["other", "12345"], ["https://x/", "https://y/", URL_SIGNED], form));
  assert.is(form.walks, 1);
  assert.not(isTwilioSignature("x", ["12345"], [URL_SIGNED], form));
  assert.is(form.walks, 1, "what has not the length of a signature is not looked at");
});

function request(headers: Record<string, string>, url = "/in?a=%20b"): IncomingMessage {
  return { headers, url } as unknown as IncomingMessage;
}

test("a request's own URL: the host as stated, or from a proxy that is trusted, or as configured", () => {
  const direct = { publicUrl: undefined, isFromTrustedProxy: () => false };
  const proxied = { publicUrl: undefined, isFromTrustedProxy: () => true };
  const named = { publicUrl: "https://v.example/pre", isFromTrustedProxy: () => true };
  const headers = { host: "10.0.0.1:8765", "x-forwarded-host": "v.example, inner" };
  assert.is(publicHost(request(headers), direct), "10.0.0.1:8765");
  assert.is(publicHost(request(headers), proxied), "v.example");
  assert.is(publicHost(request(headers), named), "v.example/pre");
  assert.is(publicHost(request({}), direct), undefined);
  assert.is(publicHost(request({ host: "a b" }), direct), undefined);
  assert.is(publicHost(request({ host: 'a"><x>' }), direct), undefined);
  assert.equal(possibleUrls(request(headers), named, ["wss"]), [
    "wss://v.example/pre/in?a=%20b",
    "wss://v.example:443/pre/in?a=%20b",
  ]);
  assert.equal(possibleUrls(request({ host: "v.example:443" }), direct, ["https"]), [
    "https://v.example:443/in?a=%20b",
    "https://v.example/in?a=%20b",
  ]);
  assert.equal(possibleUrls(request({ host: "[::1]:9" }), direct, ["https"]), ["https://[::1]:9/in?a=%20b"]);
  assert.equal(possibleUrls(request({ host: "[::1]" }, "/"), direct, ["http"]), [
    "http://[::1]/",
    "http://[::1]:80/",
  ]);
  assert.equal(possibleUrls(request({}), direct, ["https"]), []);
});

test("a public URL is http or https, without query; slashes at its end are dropped", () => {
  assert.is(checkPublicUrl("x", "https://v.example/pre//"), "https://v.example/pre");
  for (const wrong of ["v.example", "ws://v.example", "https://v.example?a", "https://v.example#a", 5]) {
    assert.throws(() => checkPublicUrl("twilio.publicUrl", wrong as string), /twilio\.publicUrl/);
  }
});

test.run();
