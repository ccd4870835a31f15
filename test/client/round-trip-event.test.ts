import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { startFakeServer } from "./fake-server.ts";

test("with measureRoundTrip every echoed frame is reported with its round trip, before its audio", async () => {
  const server = await startFakeServer();
  const order: string[] = [];
  const trips: number[] = [];
  const client = await connect(server.url, {
    measureRoundTrip: true,
    on: {
      roundTrip: (ms) => {
        order.push("roundTrip");
        trips.push(ms);
      },
      audio: () => order.push("audio"),
    },
  });
  const last = new Promise<void>((resolve) => {
    client.on("audio", () => {
      if (trips.length === 5) resolve();
    });
  });
  await client.stream({ samples: new Int16Array(800), sampleRate: 8000 });
  await last;
  assert.equal(
    order,
    Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? "roundTrip" : "audio")),
  );
  assert.is(client.stats.roundTrip.count, 5);
  assert.is(Math.max(...trips), client.stats.roundTrip.max);
  await client.close();
  await server.close();
});

test.run();
