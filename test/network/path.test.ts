/** The models by themselves, in virtual time: what each name promises, and that every run is the same. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createNetworkPath, NETWORK_NAMES, NEVER, type NetworkProfile } from "../../src/network.ts";

const FRAME_MS = 20;
const BYTES = 172;

interface Fate {
  sentMs: number;
  arrivalMs: number;
}

function run(network: string | NetworkProfile, messages: number, seed = 1): Fate[] {
  const path = createNetworkPath(network, seed);
  return Array.from({ length: messages }, (_, i) => {
    const sentMs = i * FRAME_MS;
    return { sentMs, arrivalMs: path.send(sentMs, BYTES) };
  });
}

function lostShare(fates: readonly Fate[]): number {
  return fates.filter(({ arrivalMs }) => arrivalMs === NEVER).length / fates.length;
}

function delays(fates: readonly Fate[]): number[] {
  return fates.filter(({ arrivalMs }) => arrivalMs !== NEVER).map((fate) => fate.arrivalMs - fate.sentMs);
}

function isInOrder(fates: readonly Fate[]): boolean {
  const came = fates.filter(({ arrivalMs }) => arrivalMs !== NEVER);
  return came.every(({ arrivalMs }, i) => i === 0 || arrivalMs >= came[i - 1]!.arrivalMs);
}

const near = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance,
    `${what} is ${actual}; expected ${expected} ± ${tolerance}`,
  );

for (const name of NETWORK_NAMES) {
  test(`${name}: the same seed gives the same fates, another one others; nothing arrives before it is sent`, () => {
    const fates = run(name, 3000);
    assert.equal(fates, run(name, 3000));
    if (name !== "clean") assert.not.equal(fates, run(name, 3000, 2));
    for (const delayMs of delays(fates)) assert.ok(delayMs > 0 && delayMs < 1500, `${delayMs} ms`);
  });
}

test("clean: 20 ms for every message", () => {
  const fates = run("clean", 100);
  assert.equal([...new Set(delays(fates))], [20]);
  assert.is(lostShare(fates), 0);
});

test("iid and loss with any percentage lose that share: one by one, or in bursts of two on average", () => {
  for (const percent of [5, 10, 20]) {
    near(lostShare(run(`iid${percent}`, 40_000)), percent / 100, 0.006, `iid${percent}`);
    near(lostShare(run(`loss${percent}`, 40_000)), percent / 100, 0.012, `loss${percent}`);
  }
  assert.is(meanBurst(run("iid5", 40_000)) < 1.15, true);
  near(meanBurst(run("loss5", 40_000)), 2, 0.2, "a burst of loss5");
});

function meanBurst(fates: readonly Fate[]): number {
  let bursts = 0;
  let lost = 0;
  fates.forEach(({ arrivalMs }, i) => {
    if (arrivalMs !== NEVER) return;
    lost++;
    if (i === 0 || fates[i - 1]!.arrivalMs !== NEVER) bursts++;
  });
  return lost / bursts;
}

test("uniform60 reorders and loses nothing", () => {
  const fates = run("uniform60", 5000);
  assert.is(lostShare(fates), 0);
  assert.not(isInOrder(fates));
  near(Math.max(...delays(fates)), 80, 1, "the longest delay");
});

test("wifi, lte, tcp: in order, with stalls after which everything comes at once", () => {
  for (const [name, leastMs] of [
    ["wifi", 150],
    ["lte", 200],
    ["tcp", 200],
  ] as const) {
    const fates = run(name, 6000);
    assert.ok(isInOrder(fates), name);
    const longest = Math.max(...delays(fates));
    assert.ok(longest > leastMs, `${name}: the longest delay is ${longest} ms`);
    const after = fates.findIndex(({ sentMs, arrivalMs }) => arrivalMs - sentMs === longest);
    const next = fates.slice(after + 1).find(({ arrivalMs }) => arrivalMs !== NEVER)!;
    assert.ok(next.arrivalMs - fates[after]!.arrivalMs < FRAME_MS, `${name}: a bunch comes at once`);
  }
  assert.is(lostShare(run("tcp", 20_000)), 0);
  near(lostShare(run("wifi", 40_000)), 0.005, 0.002, "loss of wifi");
});

test("step: 120 ms more in every second stretch of 12 s", () => {
  const fates = run("step", 1200);
  const meanOf = (from: number) =>
    delays(fates.slice(from, from + 600)).reduce((sum, ms) => sum + ms, 0) / 600;
  near(meanOf(600) - meanOf(0), 120, 2, "the step");
});

test("narrow: a queue grows in front of the line, and what finds it full is lost", () => {
  const path = createNetworkPath("narrow");
  // twice what it carries
  const fates = Array.from({ length: 500 }, (_, i) => ({
    sentMs: i * 10,
    arrivalMs: path.send(i * 10, 200),
  }));
  near(lostShare(fates), 0.5, 0.1, "loss");
  assert.ok(Math.max(...delays(fates)) > 400);
  assert.ok(isInOrder(fates));
});

test("what is not lost to begin with never depends on when messages are sent: the n-th one has its draws", () => {
  const fast = createNetworkPath("loss5jit", 9);
  const slow = createNetworkPath("loss5jit", 9);
  for (let i = 0; i < 500; i++) {
    const a = fast.send(i, BYTES);
    const b = slow.send(i * 100, BYTES);
    assert.is(a === NEVER, b === NEVER);
    if (a !== NEVER) near(a - i, b - i * 100, 1e-9, "the delay");
  }
});

test("any network: messages that must come do so, in order where order is kept, and never before the base delay", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NETWORK_NAMES),
      fc.integer({ min: 0, max: 65_535 }),
      fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 400 }), isSure: fc.boolean() }), {
        maxLength: 100,
      }),
      (name, seed, messages) => {
        const path = createNetworkPath(name, seed);
        const isOrdered = ["wifi", "lte", "tcp", "narrow"].includes(name);
        let nowMs = 0;
        let latestMs = 0;
        for (const { gapMs, isSure } of messages) {
          nowMs += gapMs;
          const arrivalMs = isSure ? path.sendSurely(nowMs) : path.send(nowMs, BYTES);
          if (isSure) assert.ok(arrivalMs > nowMs);
          if (arrivalMs === NEVER) continue;
          if (isOrdered) assert.ok(arrivalMs >= latestMs);
          latestMs = arrivalMs;
        }
      },
    ),
  );
});

test("duplicates: the second copy comes no sooner than the first", () => {
  const path = createNetworkPath({ delayMs: 10, jitter: { kind: "uniform", ms: 30 }, duplicatePercent: 25 });
  let copies = 0;
  for (let i = 0; i < 4000; i++) {
    const arrivalMs = path.send(i * FRAME_MS, BYTES);
    if (path.copyMs === NEVER) continue;
    copies++;
    assert.ok(path.copyMs >= arrivalMs);
  }
  near(copies / 4000, 0.25, 0.03, "the share of copies");
});

test.run();
