import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { systemClock, VirtualClock } from "../../src/core/clock.ts";
import { TimerWheel, type WheelItem } from "../../src/stream/timer-wheel.ts";
import { random } from "../samples.ts";
import { HandClock } from "./hand-clock.ts";

class Item implements WheelItem {
  dueMs = 0;
  isArmed = false;
  slot = 0;
  next: WheelItem | null = null;
  fired = 0;
  act: (nowMs: number) => void = () => {};
  onDue(nowMs: number): void {
    this.fired++;
    this.act(nowMs);
  }
}

/** The plan of one item as a list would keep it. */
interface Planned {
  item: Item;
  dueMs: number;
}

type Move =
  | { kind: "add"; index: number; inMs: number }
  | { kind: "remove"; index: number }
  | { kind: "advance" | "jump"; byMs: number };

const index = fc.nat(7);
const inMs = fc.oneof(
  fc.double({ min: -20, max: 60, noNaN: true }),
  fc.double({ min: 0, max: 4000, noNaN: true }),
  fc.integer({ min: 505, max: 520 }),
);
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("add" as const), index, inMs }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), index }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("advance" as const),
        byMs: fc.oneof(
          fc.double({ min: 0, max: 40, noNaN: true }),
          fc.double({ min: 0, max: 1500, noNaN: true }),
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("jump" as const),
        byMs: fc.oneof(fc.integer({ min: 505, max: 1030 }), fc.double({ min: 0, max: 5000, noNaN: true })),
      }),
    },
  ),
  { maxLength: 60 },
);

test("each item fires once, never early, at most 1 ms late by the clock, whatever is added, moved forward or removed", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), moves, (startMs, list) => {
      const clock = new HandClock(startMs);
      const wheel = new TimerWheel(clock);
      const plan: Planned[] = [];
      const planned = (item: Item) => plan.findIndex((entry) => entry.item === item);
      /** The clock stood still until here: until then lateness is the clock's own. */
      let heldUpUntilMs = startMs;
      const items = Array.from({ length: 8 }, () => {
        const item = new Item();
        item.act = (nowMs) => {
          const at = planned(item);
          assert.ok(at >= 0, "fired without being added, or twice");
          const { dueMs } = plan[at]!;
          plan.splice(at, 1);
          assert.ok(nowMs >= dueMs, `early: ${dueMs} fired at ${nowMs}`);
          const latestMs = Math.max(Math.floor(dueMs), Math.floor(heldUpUntilMs)) + 1;
          assert.ok(nowMs <= latestMs, `late: ${dueMs} fired at ${nowMs}`);
        };
        return item;
      });
      for (const move of list) {
        if (move.kind === "add") {
          const item = items[move.index]!;
          const dueMs = clock.now() + move.inMs;
          const at = planned(item);
          wheel.add(item, dueMs);
          if (at < 0) plan.push({ item, dueMs: Math.max(dueMs, clock.now()) });
          else if (dueMs < plan[at]!.dueMs) plan[at]!.dueMs = Math.max(dueMs, clock.now());
        } else if (move.kind === "remove") {
          const item = items[move.index]!;
          wheel.remove(item);
          const at = planned(item);
          if (at >= 0) plan.splice(at, 1);
        } else if (move.kind === "advance") clock.advanceTo(clock.now() + move.byMs);
        else {
          heldUpUntilMs = clock.now() + move.byMs;
          clock.jumpTo(heldUpUntilMs);
        }
        assert.is(wheel.waiting, plan.length);
        assert.is(clock.isArmed, plan.length > 0, "a timer exactly while someone waits");
      }
      clock.advanceTo(clock.now() + 10_000);
      assert.is(wheel.waiting, 0);
      assert.is(plan.length, 0);
      assert.not.ok(clock.isArmed);
    }),
    { numRuns: 2000 },
  );
});

test("items may add themselves and others while they fire, into any slot, and none is lost or fires twice for one add", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 1, maxLength: 30 }),
      (seed, jumps) => {
        const dice = random(seed);
        const clock = new HandClock(dice() * 1e6);
        const wheel = new TimerWheel(clock);
        let adds = 0;
        let fires = 0;
        const items = Array.from({ length: 6 }, () => new Item());
        const add = (item: Item, dueMs: number): void => {
          if (!item.isArmed) adds++;
          wheel.add(item, dueMs);
        };
        for (const item of items) {
          item.act = (nowMs) => {
            fires++;
            assert.ok(nowMs >= item.dueMs);
            if (adds > 2000) return;
            add(item, dice() < 0.5 ? nowMs + dice() * 3 : item.dueMs + dice() * 700);
            add(items[Math.floor(dice() * items.length)]!, nowMs + (dice() - 0.3) * 600);
          };
          add(item, clock.now() + dice() * 600);
        }
        for (const byMs of jumps) {
          if (dice() < 0.5) clock.jumpTo(clock.now() + byMs);
          else clock.advanceTo(clock.now() + byMs);
        }
        adds += 2001;
        clock.advanceTo(clock.now() + 10_000);
        assert.is(wheel.waiting, 0);
        assert.is(fires, adds - 2001);
        assert.not.ok(clock.isArmed);
      },
    ),
    { numRuns: 300 },
  );
});

test("a process held up for just one round of the wheel goes on", () => {
  for (let byMs = 505; byMs <= 1030; byMs++) {
    const clock = new HandClock(1000);
    const wheel = new TimerWheel(clock);
    const item = new Item();
    let nowMs = 0;
    item.act = (now) => {
      nowMs = now;
      if (item.fired > 10) assert.unreachable(`held up for ${byMs} ms: the turn never ends`);
      if (item.fired === 1) wheel.add(item, now + 0.5);
    };
    wheel.add(item, 1001);
    clock.jumpTo(1000 + byMs);
    clock.advanceTo(1000 + byMs + 2);
    assert.is(item.fired, 2);
    assert.is(nowMs, 1000 + byMs + 1);
  }
});

test("a clock that jumps by seconds catches up: a periodic item is called for each period it missed, then keeps its grid", () => {
  const clock = new HandClock(500);
  const wheel = new TimerWheel(clock);
  const item = new Item();
  const at: number[] = [];
  item.act = (nowMs) => {
    at.push(nowMs);
    wheel.add(item, item.dueMs + 20);
  };
  wheel.add(item, 520);
  clock.advanceTo(600);
  assert.equal(at, [520, 540, 560, 580, 600]);
  clock.jumpTo(5607);
  assert.is(at.length, 5 + 250, "250 periods were missed");
  clock.advanceTo(5660);
  assert.equal(at.slice(-3), [5620, 5640, 5660]);
});

test("an item that throws spoils nobody else's time", () => {
  const clock = new HandClock();
  const wheel = new TimerWheel(clock);
  const bad = new Item();
  bad.act = () => {
    throw new Error("bad");
  };
  const good = new Item();
  wheel.add(bad, 10);
  wheel.add(good, 20);
  assert.throws(() => clock.advanceTo(15), "bad");
  clock.advanceTo(30);
  assert.is(good.fired, 1);
});

test("removing the last item leaves no timer; removing one that does not wait is no error", () => {
  const clock = new VirtualClock();
  const wheel = new TimerWheel(clock);
  const items = Array.from({ length: 5 }, () => new Item());
  for (const item of items) wheel.add(item, 100);
  for (const item of [items[2]!, items[4]!, items[0]!, items[2]!]) wheel.remove(item);
  assert.is(wheel.waiting, 2);
  assert.is(clock.pending, 1);
  wheel.remove(items[1]!);
  wheel.remove(items[3]!);
  assert.is(clock.pending, 0);
});

test("ten thousand periodic items: every one keeps its own grid of 20 ms for ten seconds", () => {
  const clock = new HandClock();
  const wheel = new TimerWheel(clock);
  const dice = random(3);
  let worstMs = 0;
  const items = Array.from({ length: 10_000 }, () => {
    const item = new Item();
    item.act = (nowMs) => {
      worstMs = Math.max(worstMs, nowMs - item.dueMs);
      wheel.add(item, item.dueMs + 20);
    };
    wheel.add(item, dice() * 20);
    return item;
  });
  clock.advanceTo(10_000);
  assert.ok(worstMs < 1, `${worstMs} ms late`);
  for (const { fired } of items) assert.ok(fired === 500 || fired === 501, `${fired}`);
});

test("adding and firing leave nothing behind on the heap", () => {
  const clock = new HandClock();
  const wheel = new TimerWheel(clock);
  const items = Array.from({ length: 100 }, (_, i) => {
    const item = new Item();
    item.act = () => wheel.add(item, item.dueMs + 20);
    wheel.add(item, i / 5);
    return item;
  });
  const heap = (untilMs: number): number => {
    clock.advanceTo(untilMs);
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  assert.type(globalThis.gc, "function", "run with --expose-gc");
  heap(20_000);
  const before = heap(40_000);
  const after = heap(240_000);
  assert.is(items[0]!.fired, 12_001);
  assert.ok(after - before < 100_000, `a million timers grew the heap by ${after - before} bytes`);
});

test("on the process's own clock an item is called, never early", async () => {
  const wheel = new TimerWheel(systemClock);
  const item = new Item();
  const dueMs = systemClock.now() + 5.5;
  const nowMs = await new Promise<number>((resolve) => {
    item.act = resolve;
    wheel.add(item, dueMs);
  });
  assert.ok(nowMs >= dueMs);
  assert.is(wheel.waiting, 0);
});

test.run();
