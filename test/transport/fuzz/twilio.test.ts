import { test } from "uvu";
import * as assert from "uvu/assert";
import { jsonMessages, startOf, TWILIO_MESSAGES } from "./messages.ts";
import { storm } from "./storm.ts";

test("100,000 Twilio messages, random and damaged: no crash, no rejection, no growth, nobody else hears it", async () => {
  const { metrics } = await storm(
    { path: "/telephone/handler" },
    startOf.twilio,
    jsonMessages(TWILIO_MESSAGES),
  );
  assert.ok(metrics.badMessages > 10_000 && metrics.sessionsOpened > 1000 && metrics.framesIn > 5000);
});

test.run();
