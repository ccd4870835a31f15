import { test } from "uvu";
import * as assert from "uvu/assert";
import { JSON_ROUTE } from "../rfc6455/routes.ts";
import { FASTRTC_MESSAGES, jsonMessages, startOf } from "./messages.ts";
import { storm } from "./storm.ts";

test("100,000 FastRTC messages, random and damaged: no crash, no rejection, no growth, nobody else hears it", async () => {
  const { metrics } = await storm(JSON_ROUTE, startOf.fastrtc, jsonMessages(FASTRTC_MESSAGES));
  assert.ok(metrics.badMessages > 10_000 && metrics.sessionsOpened > 1000 && metrics.framesIn > 5000);
});

test.run();
