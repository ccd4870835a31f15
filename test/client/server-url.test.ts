import { test } from "uvu";
import * as assert from "uvu/assert";
import { protocolOfUrl, resolveServerUrl } from "../../src/client/server-url.ts";

const CASES: readonly [string, string][] = [
  ["ws://localhost:7860", "ws://localhost:7860/websocket/offer"],
  ["ws://localhost:7860/", "ws://localhost:7860/websocket/offer"],
  ["http://localhost:7860", "ws://localhost:7860/websocket/offer"],
  ["https://voice.example", "wss://voice.example/websocket/offer"],
  ["wss://voice.example:8443/base/", "wss://voice.example:8443/base/websocket/offer"],
  ["ws://h:1/websocket/offer", "ws://h:1/websocket/offer"],
  ["ws://h:1/a/websocket/offer/", "ws://h:1/a/websocket/offer"],
  ["localhost:7860", "ws://localhost:7860/websocket/offer"],
  ["127.0.0.1:7860/voice", "ws://127.0.0.1:7860/voice/websocket/offer"],
  ["ws://h:1?token=a%20b#part", "ws://h:1/websocket/offer?token=a%20b"],
  ["http://me:pw@h:1", "ws://me:pw@h:1/websocket/offer"],
  ["ws://[::1]:7860", "ws://[::1]:7860/websocket/offer"],
];

for (const [given, expected] of CASES) {
  test(`${given} becomes ${expected}`, () => {
    assert.is(resolveServerUrl(given, "fastrtc"), expected);
    if (given.includes("://")) assert.is(resolveServerUrl(new URL(given), "fastrtc"), expected);
  });
}

test("the telephone route belongs to twilio, and a URL that ends in it says so", () => {
  assert.is(protocolOfUrl("http://h:1/telephone/handler?a=b"), "twilio");
  assert.is(protocolOfUrl("ws://h:1/x/websocket/offer/"), "fastrtc");
  assert.is(protocolOfUrl("ws://h:1"), undefined);
  assert.is(resolveServerUrl("http://h:1", "twilio"), "ws://h:1/telephone/handler");
  assert.is(resolveServerUrl("wss://h/telephone/handler", "twilio"), "wss://h/telephone/handler");
});

test("the binary route is one more, and a URL that ends in it says so", () => {
  assert.is(protocolOfUrl("ws://h:1/base/stream?a=b"), "binary");
  assert.is(resolveServerUrl("http://h:1/base", "binary"), "ws://h:1/base/stream");
  assert.is(resolveServerUrl("ws://h:1/stream/", "binary"), "ws://h:1/stream");
});

test("what is no address of a server is refused with a hint", () => {
  for (const wrong of ["", "ftp://h", "ws://h:99999", "ws://h:1/telephone/handler"]) {
    assert.throws(
      () => resolveServerUrl(wrong, "fastrtc"),
      (error: { code: string; hint: string }) => error.code === "ERR_CONFIG" && error.hint !== "",
      wrong,
    );
  }
});

test.run();
