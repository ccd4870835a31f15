/** `voxwire bench network`: what it reports of a call, and how. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { benchNetwork, networkPlot, networkTable } from "../../src/cli/bench/network-bench.ts";
import { voxwire, voxwireHere, withFolder } from "./run-cli.ts";

test("bytes and packets are those of the protocols, for every codec, at the frame length asked for", async () => {
  const { signal } = new AbortController();
  const figures = await benchNetwork({ seconds: 0.4, frameLengthsMs: [20], signal });
  assert.equal(
    figures.slice(0, 4).map(({ encoding }) => encoding),
    ["mulaw", "alaw", "pcm16", "g722"],
  );
  for (const { encoding, frameMs, payloadKbps, wireBytesPerSecond, packetsPerSecond, ...rest } of figures) {
    assert.is(frameMs, 20);
    assert.ok(Math.abs(packetsPerSecond - 50) < 0.01, `${encoding}: ${packetsPerSecond} packets a second`);
    if (encoding !== "opus") {
      const kbps = encoding === "pcm16" ? 256 : 64;
      assert.ok(Math.abs(payloadKbps - kbps) < 0.01, `${encoding}: ${payloadKbps} kbit/s`);
      // 12 bytes of header, 2 + 2 + 4 of WebSocket, 52 of TCP and IP
      assert.ok(
        Math.abs(wireBytesPerSecond - (kbps * 125 + 50 * 72)) < 1,
        `${encoding}: ${wireBytesPerSecond}`,
      );
    }
    assert.ok(rest.cpuMsPerSecond > 0 && rest.mouthToEarMs >= 20 && rest.bufferMs >= 0);
  }
  const table = networkTable(figures);
  assert.is(table.length, figures.length + 1);
  assert.is(new Set(table.map((line) => line.length)).size, 1);
  assert.match(networkPlot(figures, "t"), /mouth to ear, ms/);
});

test("the command prints JSON and writes its plot; another suite is refused", async () => {
  await withFolder(async (folder) => {
    const args = ["bench", "network", "--seconds", "0.2", "--network", "clean", "--plot", "p.svg", "--json"];
    const { code, stdout, stderr } = await voxwire(args, folder);
    assert.is(code, 0, stderr);
    const { network, calls } = JSON.parse(stdout);
    assert.is(network, "clean");
    assert.ok(calls.length >= 20);
    assert.ok(existsSync(join(folder, "p.svg")));
  });
  assert.is((await voxwireHere("bench", "everything")).code, 2);
});

test.run();
