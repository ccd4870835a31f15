/** The link between two threads, both ends in one: whatever the one writes, the other hears of, however they meet. */
import { MessageChannel } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  createReadyList,
  type LinkReceiver,
  ThreadLink,
} from "../../../src/transport/workers/thread-link.ts";

interface Word {
  readonly word: string;
}

/** A writing and a reading end; `reading` is what the reader does. */
function linked(
  reading: (writer: ThreadLink<Word, Word>) => LinkReceiver<Word> & { link?: ThreadLink<Word, Word> },
) {
  const { port1, port2 } = new MessageChannel();
  const [forth, back] = [createReadyList(), createReadyList()];
  const writer = new ThreadLink<Word, Word>(
    { port: port1, outbound: forth, inbound: back },
    { onControl: () => {}, onAudio: () => {} },
  );
  const receiver = reading(writer);
  const reader = new ThreadLink<Word, Word>({ port: port2, outbound: back, inbound: forth }, receiver);
  receiver.link = reader;
  return { writer, reader };
}

/** Flags of so many sessions. */
function flags(sessions: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * sessions));
}

async function until(isDone: () => boolean, what: () => string): Promise<void> {
  // turns and not time: both ends have all they need
  for (let turn = 0; turn < 1000; turn++) {
    if (isDone()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.unreachable(what());
}

test("audio whose bell is taken together with control is heard of all the same", async () => {
  const pending = flags(2);
  const heard: number[] = [];
  const words: string[] = [];
  let acts = 0;
  const { writer, reader } = linked((other) => {
    const receiver: LinkReceiver<Word> & { link?: ThreadLink<Word, Word> } = {
      onControl: ({ word }) => words.push(word),
      onAudio: (slot) => {
        heard.push(slot);
        Atomics.store(pending, slot, 0);
        if (acts++ > 0) return;
        // meanwhile the other thread writes, rings, and says something; here control is pulled before audio is taken
        other.touch(1, pending, 1);
        other.probe();
        other.post({ word: "control" });
        receiver.link!.pull();
      },
    };
    return receiver;
  });
  writer.touch(0, pending, 0);
  await until(
    () => heard.length === 2,
    () => `heard of ${heard}`,
  );
  assert.equal(heard, [0, 1]);
  assert.equal(words, ["control"]);
  await until(
    () => writer.probe(),
    () => "the writer can ring again",
  );
  writer.close();
  reader.close();
});

test("control comes in order and once, whether it is pulled or comes by itself", async () => {
  const pending = flags(1);
  const words: string[] = [];
  const { writer, reader } = linked(() => ({
    onControl: ({ word }) => words.push(word),
    onAudio: () => Atomics.store(pending, 0, 0),
  }));
  for (let i = 0; i < 100; i++) {
    writer.post({ word: String(i) });
    if (i % 3 === 0) writer.touch(0, pending, 0);
    if (i % 5 === 0) reader.pull();
    if (i % 7 === 0) writer.probe();
    if (i % 11 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(
    () => words.length >= 100,
    () => `${words.length} words`,
  );
  assert.equal(
    words,
    Array.from({ length: 100 }, (_, i) => String(i)),
  );
  await until(
    () => writer.probe(),
    () => "the writer can ring again",
  );
  writer.close();
  reader.close();
});

test.run();
