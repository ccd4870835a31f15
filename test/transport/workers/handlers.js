// Handlers that the tests run in workers. JavaScript, because a worker loads the package as its users get it.
import { threadId } from "node:worker_threads";
import { EchoHandler } from "voxwire/server";

const journal = new BroadcastChannel("voxwire-test-journal");
journal.unref();

/** What `setInput(command, value)` makes a handler do. */
const COMMANDS = {
  /** Stands still until the number in shared memory is not 0 any more. */
  block: (session, gate) => {
    journal.postMessage(`blocks ${session.id}`);
    Atomics.wait(new Int32Array(gate), 0, 0);
  },
  loop: () => {
    for (;;);
  },
  exit: (_session, code) => process.exit(code),
  throw: () => {
    throw new Error("as asked");
  },
  throwOutside: () => void setImmediate(() => throwNow()),
  rejectOutside: () => void Promise.reject(new Error("outside, as asked")),
  fillMemory: () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length));
  },
  mark: (session, name) => session.mark(name),
  clear: (session) => session.clear(),
  send: (session, samples) => void session.send(samples),
  /** Audio, a mark, audio, a mark: more than the usual ring holds. */
  sendMarked: (session, count) => {
    for (let i = 0; i < count; i++) {
      session.send(new Int16Array(160).fill(256 * i));
      session.mark(`after ${i}`);
    }
  },
  /** Samples that count up from 0, and a mark after every fifth frame. */
  ramp: (session, frames) => {
    for (let i = 0; i < frames; i++) {
      session.send(Int16Array.from({ length: 160 }, (_, n) => 160 * i + n));
      if (i % 5 === 4) session.mark(`after ${i}`);
    }
  },
  output: (session, value) => session.output(value),
  log: (session, text) => session.log(text),
  warn: (session, text) => session.warn(text),
  close: (session, reason) => session.close(reason),
  thread: (session) => session.output({ threadId }),
  stats: (session) => session.output({ ...session.stats }),
};

function throwNow() {
  throw new Error("outside, as asked");
}

/** An echo that does as it is told, and writes down what happens to it. */
export class Commanded extends EchoHandler {
  #id = "";

  copy() {
    return new Commanded();
  }

  startUp(session) {
    super.startUp(session);
    this.#id = session.id;
    journal.postMessage(`startUp ${session.id}`);
  }

  onInput([command, value], session) {
    COMMANDS[command]?.(session, value);
  }

  onMark(name, session) {
    journal.postMessage(`mark ${session.id} ${name}`);
    session.output({ mark: name });
  }

  onCleared(_playedMs, session) {
    session.output("cleared");
  }

  onDtmf(digit, session) {
    session.output({ digit });
  }

  shutdown(reason) {
    super.shutdown();
    journal.postMessage(`shutdown ${this.#id} ${reason.kind}`);
  }
}

/** Says which frames it got. */
export class Stamps extends Commanded {
  takesShortFrames = false;

  copy() {
    return new Stamps();
  }

  receive(frame, session) {
    session.output({ sequence: frame.sequence, timestamp: frame.timestamp, first: frame.samples[0] });
  }

  emit() {
    return null;
  }
}

export const handler = Commanded;

/** No handler. */
export const number = 42;
