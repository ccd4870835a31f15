/** One way of one connection, by a clock that is turned by hand. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../src/core/clock.ts";
import { isMediaMessage } from "../../src/network/media-message.ts";
import { createNetwork, NETWORK_NAMES, type NetworkProfile } from "../../src/network.ts";

function openLink(network: string | NetworkProfile, clock: VirtualClock, seed = 1) {
  const { up } = createNetwork(network, { seed, way: "up" }).open(clock);
  assert.ok(up !== undefined);
  return up;
}

test("messages arrive at their times", async () => {
  const clock = new VirtualClock(5000);
  const link = openLink("clean", clock);
  const heard: number[] = [];
  for (let i = 0; i < 3; i++) {
    link.sendMedia(100, () => heard.push(clock.now()));
    await clock.advanceBy(10);
  }
  await clock.advanceBy(100);
  assert.equal(heard, [5020, 5030, 5040]);
  assert.is(clock.pending, 0);
});

test("any network and order: other messages are never lost, nor passed by audio that was sent before or after", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...NETWORK_NAMES),
      fc.integer({ min: 0, max: 65_535 }),
      fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 90 }), isMedia: fc.boolean() }), {
        maxLength: 40,
      }),
      async (name, seed, messages) => {
        const clock = new VirtualClock();
        const link = openLink(name, clock, seed);
        const heard: number[] = [];
        for (const [i, { gapMs, isMedia }] of messages.entries()) {
          await clock.advanceBy(gapMs);
          if (isMedia) link.sendMedia(200, () => heard.push(i));
          else link.send(() => heard.push(i));
        }
        await clock.advanceBy(10_000);
        messages.forEach(({ isMedia }, i) => {
          if (isMedia) return;
          const at = heard.indexOf(i);
          assert.ok(at >= 0, "a message that is no audio is lost");
          for (const [place, other] of heard.entries()) assert.ok(place < at ? other <= i : other >= i);
        });
        const { media, lost, others } = link.stats;
        assert.is(media + others, messages.length);
        assert.is(heard.length, media + others - lost);
      },
    ),
    { numRuns: 25 },
  );
});

test("a copy is heard twice and counted", async () => {
  const clock = new VirtualClock();
  const link = openLink({ delayMs: 1, duplicatePercent: 100 }, clock);
  let heard = 0;
  for (let i = 0; i < 5; i++) link.sendMedia(10, () => heard++);
  await clock.advanceBy(10);
  assert.is(heard, 10);
  assert.is(link.stats.duplicated, 5);
});

test("a closed link hands nothing over and leaves no timer", async () => {
  const clock = new VirtualClock();
  const link = openLink("wifi", clock);
  let heard = 0;
  link.sendMedia(10, () => heard++);
  link.close();
  link.send(() => heard++);
  assert.is(clock.pending, 0);
  await clock.advanceBy(1000);
  assert.is(heard, 0);
});

test("what is on the way is bounded: a link that is flooded loses audio", () => {
  const link = openLink("clean", new VirtualClock());
  for (let i = 0; i < 10_000; i++) link.sendMedia(10, () => {});
  assert.is(link.stats.lost, 4000);
});

test("audio is told from all else in every protocol", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const media = '{"event":"media","media":{"payload":"AAAA"}}';
  const spaced = '{"event": "media", "media": {"payload": "AAAA"}}';
  for (const text of [media, spaced]) {
    assert.ok(isMediaMessage(text, false));
    assert.ok(isMediaMessage(bytes(text), false));
  }
  for (const text of ['{"event":"start","websocket_id":"media"}', '{"event":"ping"}', "", "{"]) {
    assert.not(isMediaMessage(text, false));
    assert.not(isMediaMessage(bytes(text), false));
  }
  assert.ok(isMediaMessage(Uint8Array.of(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7), true));
  assert.not(isMediaMessage(Uint8Array.of(1, 5, 0, 0), true));
  assert.not(isMediaMessage(new Uint8Array(0), true));
});

test.run();
