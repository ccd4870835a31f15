import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Waiter, WaitingRoom } from "../../src/transport/waiting-room.ts";

/** Waiters that write down when they had to go. */
function made() {
  const gone: string[] = [];
  const why: string[] = [];
  const waiter = (addressKey: string, name: string): Waiter => ({
    addressKey,
    makeRoom: (limit) => {
      gone.push(name);
      why.push(limit);
    },
  });
  return { gone, why, waiter };
}

test("where the room is full, the oldest of the address that has most goes", () => {
  const { gone, waiter } = made();
  const room = new WaitingRoom(4, 4);
  room.enter(waiter("one", "a"));
  for (const name of ["b", "c", "d"]) room.enter(waiter("many", name));
  room.enter(waiter("new", "e"));
  assert.equal(gone, ["b"]);
  room.enter(waiter("many", "f"));
  assert.equal(gone, ["b", "c"]);
  assert.is(room.size, 4);
});

test("an address beyond its own bound displaces its own oldest", () => {
  const { gone, waiter } = made();
  const room = new WaitingRoom(10, 2);
  for (const name of ["a", "b", "c"]) room.enter(waiter("x", name));
  room.enter(waiter("y", "d"));
  assert.equal(gone, ["a"]);
  assert.is(room.size, 3);
});

test("a room for one lets the newest in", () => {
  const { gone, waiter } = made();
  const room = new WaitingRoom(1, 1);
  for (const name of ["a", "b", "c"]) room.enter(waiter("x", name));
  room.enter(waiter("y", "d"));
  assert.equal(gone, ["a", "b", "c"]);
  assert.is(room.size, 1);
});

test("each that has to go is told for which limit", () => {
  const { why, waiter } = made();
  const room = new WaitingRoom(3, 2);
  for (const name of ["a", "b", "c"]) room.enter(waiter("x", name));
  for (const name of ["d", "e"]) room.enter(waiter("y", name));
  room.clear();
  assert.equal(why.slice(0, 2), ["maxWaitingPerAddress is 2", "maxWaitingSockets is 3"]);
  assert.equal(why.length, 5);
});

test("an address that is exempt has the whole room", () => {
  const { gone, waiter } = made();
  const room = new WaitingRoom(4, 1, (key) => key === "x");
  for (const name of ["a", "b", "c", "d"]) room.enter(waiter("x", name));
  assert.equal(gone, []);
  room.enter(waiter("x", "e"));
  for (const name of ["f", "g"]) room.enter(waiter("y", name));
  assert.equal(gone, ["a", "b", "f"]);
});

test("one that has left is not asked to go, and leaving twice counts once", () => {
  const { gone, waiter } = made();
  const room = new WaitingRoom(2, 2);
  const first = waiter("x", "a");
  room.enter(first);
  room.leave(first);
  room.leave(first);
  assert.is(room.size, 0);
  for (const name of ["b", "c", "d"]) room.enter(waiter("x", name));
  assert.equal(gone, ["b"]);
  room.clear();
  assert.equal(gone, ["b", "c", "d"]);
  assert.is(room.size, 0);
});

test.run();
