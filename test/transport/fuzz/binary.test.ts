import { test } from "uvu";
import * as assert from "uvu/assert";
import { BINARY_ROUTE } from "../rfc6455/routes.ts";
import { packets, startOf } from "./messages.ts";
import { storm } from "./storm.ts";

test("100,000 binary packets, random and damaged: no crash, no rejection, no growth, nobody else hears it", async () => {
  const { metrics } = await storm(BINARY_ROUTE, startOf.binary, packets());
  assert.ok(metrics.badMessages > 10_000 && metrics.sessionsOpened > 1000 && metrics.framesIn > 1000);
});

test.run();
