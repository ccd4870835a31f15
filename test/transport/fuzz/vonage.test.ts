import { test } from "uvu";
import * as assert from "uvu/assert";
import { rawAudioMessages, startOf, VONAGE_MESSAGES } from "./messages.ts";
import { storm } from "./storm.ts";

test("100,000 Vonage messages, random and damaged: no crash, no rejection, no growth, nobody else hears it", async () => {
  const { metrics } = await storm({ path: "/vonage" }, startOf.vonage, rawAudioMessages(VONAGE_MESSAGES));
  assert.ok(metrics.badMessages > 10_000 && metrics.sessionsOpened > 1000 && metrics.framesIn > 5000);
});

test.run();
