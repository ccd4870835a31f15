import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ARENA_START, Arena } from "../../src/dsp/memory.ts";
import { loadG711Sync } from "../../src/g711.ts";
import { loadDspSync } from "../../src/index.ts";

const CAPACITY = 64 * 1024;
const hasCode = (code: string) => (error: { code: string }) => error.code === code;

/** What a test remembers of a slot. */
interface Slot {
  address: number;
  bytes: number;
  mark: number;
}

test("slots never overlap, are aligned, zeroed and keep their contents, whatever the order of alloc and free", () => {
  const command = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        alloc: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20_000 })),
      }),
    },
    { weight: 2, arbitrary: fc.record({ free: fc.nat() }) },
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
      const buffer = new ArrayBuffer(ARENA_START + CAPACITY);
      const bytes = new Uint8Array(buffer);
      const arena = new Arena(buffer);
      const slots: Slot[] = [];
      let mark = 0;
      for (const step of commands) {
        if ("alloc" in step) {
          let address: number;
          try {
            address = arena.alloc(step.alloc);
          } catch (error) {
            assert.is((error as { code: string }).code, "ERR_ARENA_FULL");
            continue;
          }
          assert.is(address % 64, 0);
          assert.ok(address >= ARENA_START && address + step.alloc <= buffer.byteLength);
          for (const slot of slots) {
            const isApart = address + step.alloc <= slot.address || slot.address + slot.bytes <= address;
            assert.ok(isApart && address !== slot.address, `${address} overlaps ${slot.address}`);
          }
          const range = bytes.subarray(address, address + step.alloc);
          assert.ok(
            range.every((byte) => byte === 0),
            "a new slot is not zeroed",
          );
          mark = (mark % 255) + 1;
          range.fill(mark);
          slots.push({ address, bytes: step.alloc, mark });
        } else if (slots.length > 0) {
          const [slot] = slots.splice(step.free % slots.length, 1) as [Slot];
          const range = bytes.subarray(slot.address, slot.address + slot.bytes);
          assert.ok(
            range.every((byte) => byte === slot.mark),
            "a slot was overwritten",
          );
          assert.is(arena.free(slot.address), true);
          assert.is(arena.free(slot.address), false);
          assert.ok(
            range.every((byte) => byte === 0),
            "a freed slot is not cleared",
          );
        }
        assert.is(arena.slots, slots.length);
        assert.ok(arena.usedBytes >= slots.reduce((sum, slot) => sum + slot.bytes, 0));
        assert.ok(arena.usedBytes <= arena.capacityBytes);
      }
      for (const slot of slots) {
        assert.ok(
          bytes.subarray(slot.address, slot.address + slot.bytes).every((byte) => byte === slot.mark),
        );
        arena.free(slot.address);
      }
      // all free ranges have come together again: one slot may take everything
      assert.is(arena.usedBytes, 0);
      assert.is(arena.alloc(CAPACITY - 64), ARENA_START);
    }),
    { numRuns: 400 },
  );
});

test("a full arena refuses, says how full it is, and works on after a slot is given back", () => {
  const arena = new Arena(new ArrayBuffer(ARENA_START + CAPACITY));
  const slots: number[] = [];
  assert.throws(
    () => {
      for (;;) slots.push(arena.alloc(1000));
    },
    (error: { code: string; message: string; hint: string }) =>
      error.code === "ERR_ARENA_FULL" &&
      error.message.includes("65536") &&
      error.hint.includes("memoryBytes"),
  );
  assert.is(slots.length, Math.floor(CAPACITY / 1088));
  assert.is(arena.free(slots[17]!), true);
  assert.is(arena.alloc(900), slots[17]);
});

test("a slot keeps 64 bytes of slack that belong to no other", () => {
  const arena = new Arena(new ArrayBuffer(ARENA_START + CAPACITY));
  for (const bytes of [0, 1, 63, 64, 65, 128]) {
    const address = arena.alloc(bytes);
    assert.ok(arena.alloc(1) - address >= bytes + 64, `${bytes} bytes`);
  }
});

test("a full arena refuses, and takes again once something has been freed", () => {
  const arena = new Arena(new ArrayBuffer(ARENA_START + CAPACITY));
  const slots: number[] = [];
  const fill = () => {
    for (;;) slots.push(arena.alloc(1000));
  };
  assert.throws(fill, (error: { code: string }) => error.code === "ERR_ARENA_FULL");
  const { length } = slots;
  assert.ok(length > 1);
  assert.is(arena.free(slots.shift()!), true);
  assert.throws(fill, (error: { code: string }) => error.code === "ERR_ARENA_FULL");
  assert.is(slots.length, length);
});

test("sizes no memory can hold are refused and change nothing, also beyond 2^31", () => {
  const arena = new Arena(new ArrayBuffer(ARENA_START + CAPACITY));
  for (const bytes of [CAPACITY, 2 ** 31 - 64, 2 ** 31, 2 ** 32, 2 ** 40, Number.POSITIVE_INFINITY]) {
    assert.throws(() => arena.alloc(bytes), hasCode("ERR_ARENA_FULL"), `${bytes}`);
  }
  assert.is(arena.usedBytes, 0);
  assert.is(arena.alloc(CAPACITY - 64), ARENA_START);
});

for (const backend of ["wasm", "js"] as const) {
  test(`${backend}: arrays are zeroed, also where one with other contents lay before`, () => {
    const dsp = loadDspSync({ backend });
    const first = dsp.allocInt16(500);
    first.fill(-1);
    const { byteOffset } = first;
    dsp.free(first);
    const second = dsp.allocFloat32(250);
    assert.is(second.byteOffset, byteOffset);
    assert.ok(second.every((x) => x === 0));
    dsp.free(second);
  });

  test(`${backend}: only an array that was allocated here can be freed, once, also after its place was given to another`, () => {
    const dsp = loadDspSync({ backend });
    const other = loadG711Sync({ backend });
    const before = dsp.memory;
    const view = dsp.allocInt16(100);
    const wrong = [
      new Int16Array(100),
      view.subarray(0, 100),
      view.subarray(1),
      new Uint8Array(view.buffer, view.byteOffset, 200),
      other.allocInt16(100),
    ];
    for (const array of wrong) assert.throws(() => dsp.free(array), hasCode("ERR_CONFIG"));
    dsp.free(view);
    assert.throws(() => dsp.free(view), hasCode("ERR_CONFIG"));
    const next = dsp.allocInt16(100);
    assert.is(next.byteOffset, view.byteOffset);
    assert.throws(() => dsp.free(view), hasCode("ERR_CONFIG"));
    dsp.free(next);
    assert.equal(dsp.memory, before);
  });

  test(`${backend}: lengths that are no lengths are refused and leak nothing`, () => {
    const dsp = loadDspSync({ backend });
    const before = dsp.memory;
    for (const n of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "8" as unknown as number]) {
      for (const alloc of ["allocInt16", "allocFloat32", "allocBytes"] as const) {
        assert.throws(() => dsp[alloc](n), hasCode("ERR_CONFIG"), `${alloc}(${n})`);
      }
    }
    assert.throws(() => dsp.allocInt16(2 ** 30), hasCode("ERR_ARENA_FULL"));
    assert.throws(() => dsp.allocBytes(2 ** 31), hasCode("ERR_ARENA_FULL"));
    assert.equal(dsp.memory, before);
    const empty = dsp.allocBytes(0);
    assert.is(empty.length, 0);
    dsp.free(empty);
    assert.equal(dsp.memory, before);
  });
}

test.run();
