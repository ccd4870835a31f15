/** Whose address a request has. */
import type { IncomingMessage } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/core/errors.ts";
import { addressKey, addressReader, type TrustProxy } from "../../src/transport/client-address.ts";

function addressOf(trustProxy: TrustProxy, remoteAddress: string, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return addressReader(trustProxy)({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
}

test("nobody's word is taken unless told so", () => {
  assert.is(addressOf(false, "10.0.0.1", "192.0.2.7"), "10.0.0.1");
  assert.is(addressOf(false, "::ffff:10.0.0.1", "192.0.2.7"), "10.0.0.1");
});

test("entries are believed from the right for as long as the one who added them is trusted", () => {
  const forwarded = "198.51.100.9, 192.0.2.7, 10.0.0.2";
  assert.is(addressOf(true, "10.0.0.1", forwarded), "198.51.100.9");
  assert.is(addressOf(1, "10.0.0.1", forwarded), "10.0.0.2");
  assert.is(addressOf(2, "10.0.0.1", forwarded), "192.0.2.7");
  assert.is(addressOf(9, "10.0.0.1", forwarded), "198.51.100.9");
  assert.is(addressOf("10.0.0.0/8", "10.0.0.1", forwarded), "192.0.2.7");
  assert.is(addressOf(["10.0.0.1"], "10.0.0.1", forwarded), "10.0.0.2");
  assert.is(addressOf("private", "10.0.0.1", forwarded), "192.0.2.7");
  assert.is(addressOf("10.0.0.0/8", "::ffff:10.0.0.1", forwarded), "192.0.2.7");
});

test("a client that is no trusted proxy cannot give itself an address", () => {
  assert.is(addressOf("10.0.0.0/8", "192.0.2.7", "203.0.113.1"), "192.0.2.7");
  assert.is(addressOf("loopback", "127.0.0.1", "203.0.113.1, 192.0.2.7"), "192.0.2.7");
  assert.is(addressOf("loopback", "::1", "203.0.113.1, 192.0.2.7"), "192.0.2.7");
});

test("what cannot be read ends the chain where it stands", () => {
  for (const rubbish of ["unknown", "", "1.2.3", "<script>", "1.2.3.4.5", "[::1", "010.1.1.1"]) {
    assert.is(addressOf(true, "10.0.0.1", `${rubbish}, 192.0.2.7`), "192.0.2.7", rubbish);
    assert.is(addressOf(true, "10.0.0.1", rubbish), "10.0.0.1", rubbish);
  }
});

test("ports and brackets that some proxies add are taken off", () => {
  assert.is(addressOf(1, "10.0.0.1", "192.0.2.7:4711"), "192.0.2.7");
  assert.is(addressOf(1, "10.0.0.1", "[2001:db8::1]:4711"), "2001:db8::1");
  assert.is(addressOf(1, "10.0.0.1", "2001:db8::1"), "2001:db8::1");
});

test("a header of any length costs no more than the hops anybody has", () => {
  const long = Array.from({ length: 5000 }, () => "10.9.9.9").join(",");
  assert.is(addressOf(true, "10.0.0.1", `192.0.2.7,${long}`), "10.9.9.9");
});

test("limits count an IPv6 network of 64 bits as one address", () => {
  assert.is(addressKey("192.0.2.7"), "192.0.2.7");
  assert.is(addressKey("2001:db8:1:2:3:4:5:6"), addressKey("2001:db8:1:2:ffff::1"));
  assert.is(addressKey("2001:0db8:0001:0002::"), addressKey("2001:db8:1:2::9"));
  assert.is.not(addressKey("2001:db8:1:2::"), addressKey("2001:db8:1:3::"));
  assert.is(addressKey("::1"), addressKey("::2"));
  assert.is(addressKey("fe80::1%eth0"), addressKey("fe80::2"));
  assert.is(addressKey(""), "");
});

test("what is no proxy is refused", () => {
  for (const wrong of [0, -1, 1.5, 33, "example.org", "10.0.0.0/33", "10.0.0.0/x", ["::/129"], [5], {}]) {
    assert.throws(
      () => addressReader(wrong as TrustProxy),
      (error: unknown) => error instanceof ConfigError && error.message.includes("trustProxy"),
      String(wrong),
    );
  }
});

test.run();
