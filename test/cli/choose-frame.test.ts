/** `--frame-ms auto`: what is chosen on which way, and how it is told. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chooseFrame, costOf, describeChoice } from "../../src/cli/echo/choose-frame.ts";
import { readAudioFile } from "../../src/files.ts";
import { createNetwork } from "../../src/network.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { startFakeServer } from "../client/fake-server.ts";
import { SPEECH, voxwire, withFolder } from "./run-cli.ts";

const LENGTHS = [10, 20, 40, 60];

function best(roundTripMs: number, lossPercent: number | undefined): number {
  const costs = LENGTHS.map((frameMs) => costOf(frameMs, { roundTripMs, jitterMs: 0, lossPercent }));
  return LENGTHS[costs.indexOf(Math.min(...costs))]!;
}

test("20 ms on a short and clean way; shorter where frames are lost or the way is long", () => {
  assert.is(best(1, 0), 20);
  assert.is(best(1, undefined), 20);
  assert.is(best(40, 5), 10);
  assert.is(best(320, 0), 10);
});

test("a longer way, more jitter and more loss never cost less", () => {
  for (const frameMs of LENGTHS) {
    let last = 0;
    for (let step = 0; step < 40; step++) {
      const cost = costOf(frameMs, { roundTripMs: 10 * step, jitterMs: step, lossPercent: step / 2 });
      assert.ok(cost > last);
      last = cost;
    }
  }
});

test("the way is measured: its round trip, and what did not come back", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  const network = createNetwork({ delaysMs: [40, 40, 40, null], isOrdered: true }, { way: "down" });
  const choice = await chooseFrame(server.url, { network });
  assert.ok(choice.way !== undefined && choice.way.roundTripMs >= 39, JSON.stringify(choice));
  assert.ok(choice.way.lossPercent! > 15 && choice.way.lossPercent! < 35, `${choice.way.lossPercent} %`);
  assert.is(choice.frameMs, 10);
  assert.match(describeChoice(choice), /^10 ms, by a round trip of .* % lost; points of R: 10 ms /);
  await server.close();
});

test("a server that cannot be measured gets the usual 20 ms", async () => {
  const server = await startFakeServer({});
  const choice = await chooseFrame(server.url, { format: "legacy" });
  assert.equal(choice, { frameMs: 20, way: undefined, costs: {} });
  assert.match(describeChoice(choice), /cannot be measured/);
  await server.close();
});

test("stream --frame-ms auto says what it chose and why, and uses it", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  await withFolder(async (folder) => {
    const args = [
      "stream",
      SPEECH,
      "--url",
      server.url,
      "--out",
      "e.wav",
      "--seconds",
      "0.3",
      "--silence",
      "0.5",
    ];
    const { code, stdout, stderr } = await voxwire([...args, "--frame-ms", "auto", "--json"], folder);
    assert.is(code, 0, stderr);
    const { frameChoice, input } = JSON.parse(stdout);
    assert.is(frameChoice.frameMs, input.frameMs);
    assert.equal(Object.keys(frameChoice.costs).map(Number), LENGTHS);
    assert.ok(frameChoice.way.roundTripMs > 0);
    assert.ok((await readAudioFile(join(folder, "e.wav"))).samples.length > 0);
  });
  await server.close();
});

test.run();
