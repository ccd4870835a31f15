/**
 * What connects the socket's thread with one worker: a message port for control, and in shared memory for each direction
 * a list of the sessions that have new audio. Samples themselves cross in each session's own rings.
 *
 * The other side is woken by a message: at once where it has been left alone for `RING_MS`, else when that time is up, for
 * all that has been written meanwhile. A message and the turn that it begins cost some 5 us of each thread, as much as a
 * frame; with a thousand streams, whose frames come one by one, waking for each would double the price of all.
 * Control is never overtaken by audio that was written after it: what is on the port is pulled before audio is taken.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** Sessions a worker may have at once. */
export const MAX_SLOTS = 16_384;

const WRITTEN = 0;
const TAKEN = 16;
/** A message that wakes the reader is under way. */
const RUNG = 32;
/** Control messages that have been posted. */
const CONTROLS = 48;
const ENTRIES = 64;
const MASK = MAX_SLOTS - 1;

/** Wakes the other side, and says nothing. */
const BELL = 0;
/** How often a thread may wake another. Delays audio by less. */
const RING_MS = 1;

/** One end, as it is handed to its thread. */
export interface LinkEnd {
  readonly port: MessagePort;
  readonly outbound: SharedArrayBuffer;
  readonly inbound: SharedArrayBuffer;
}

/** What a thread does with what comes. Must not throw. */
export interface LinkReceiver<In> {
  onControl(message: In): void;
  /** Audio has come for a session. */
  onAudio(slot: number): void;
  /** All that had come has been looked at. */
  onTurnEnd?(): void;
}

/** Memory for one direction. */
export function createReadyList(): SharedArrayBuffer {
  return new SharedArrayBuffer((ENTRIES + MAX_SLOTS) * 4);
}

/** One end of a link. */
export class ThreadLink<Out extends object, In extends object> {
  readonly #port: MessagePort;
  readonly #out: Int32Array;
  readonly #in: Int32Array;
  readonly #receiver: LinkReceiver<In>;
  #controlsTaken = 0;
  #isInTurn = false;
  #isRingDue = false;
  #hasWritten = false;
  #rungMs = 0;
  /** A bell was pulled with control: what it was rung for is still to be looked at. */
  #isBellTaken = false;
  #isClosed = false;

  constructor(end: LinkEnd, receiver: LinkReceiver<In>) {
    this.#port = end.port;
    this.#out = new Int32Array(end.outbound);
    this.#in = new Int32Array(end.inbound);
    this.#receiver = receiver;
    this.#port.on("message", (message: In | typeof BELL) => this.#onMessage(message));
  }

  /** Sends control. @throws DataCloneError for what cannot cross */
  post(message: Out): void {
    this.#port.postMessage(message);
    Atomics.add(this.#out, CONTROLS, 1);
  }

  /**
   * Audio has been written for a session: the other side hears of it at the end of this turn, or within `RING_MS`.
   * @param fields, pending where the session's flag is
   */
  touch(slot: number, fields: Int32Array, pending: number): void {
    if (Atomics.exchange(fields, pending, 1) !== 0) return;
    const out = this.#out;
    const written = Atomics.load(out, WRITTEN);
    if ((written - Atomics.load(out, TAKEN)) >>> 0 >= MAX_SLOTS) {
      // full of entries for sessions that have gone: the next audio of this one tries again
      Atomics.store(fields, pending, 0);
      return;
    }
    out[ENTRIES + (written & MASK)] = slot;
    Atomics.store(out, WRITTEN, (written + 1) | 0);
    this.#hasWritten = true;
    if (this.#isInTurn || this.#isRingDue) return;
    this.#isRingDue = true;
    if (performance.now() - this.#rungMs >= RING_MS) setImmediate(this.#onRingDue);
    else setTimeout(this.#onRingDue, RING_MS);
  }

  /** Takes what control there is. For a receiver that is about to take audio, and for ends that are to see to it now. */
  pull(): void {
    while (Atomics.load(this.#in, CONTROLS) !== this.#controlsTaken) {
      const received = receiveMessageOnPort(this.#port) as { message: In | typeof BELL } | undefined;
      // posted, but counted by a thread that died before or after: what there is has been taken
      if (received === undefined) return;
      if (received.message === BELL) this.#onBellTaken();
      else this.#takeControl(received.message);
    }
  }

  /**
   * Wakes the other side whether there is something or not, unless it has been woken and has not looked yet.
   * @returns false in that case
   */
  probe(): boolean {
    if (Atomics.exchange(this.#out, RUNG, 1) !== 0) return false;
    this.#port.postMessage(BELL);
    return true;
  }

  /** Lets go of the port. */
  close(): void {
    this.#isClosed = true;
    this.#port.close();
  }

  /** The one who rang waits for its bell to be answered before it rings again: without a turn it would wait for ever. */
  #onBellTaken(): void {
    if (this.#isBellTaken) return;
    this.#isBellTaken = true;
    setImmediate(this.#onLateBell);
  }

  readonly #onLateBell = (): void => {
    this.#isBellTaken = false;
    if (!this.#isClosed) this.#onMessage(BELL);
  };

  #onMessage(message: In | typeof BELL): void {
    this.#isInTurn = true;
    if (message !== BELL) this.#takeControl(message);
    this.#turn();
    this.#receiver.onTurnEnd?.();
    this.#isInTurn = false;
    this.#ring();
  }

  #takeControl(message: In): void {
    this.#controlsTaken = (this.#controlsTaken + 1) | 0;
    this.#receiver.onControl(message);
  }

  #turn(): void {
    const list = this.#in;
    // before looking: what is written from here on rings again
    Atomics.store(list, RUNG, 0);
    this.pull();
    const until = Atomics.load(list, WRITTEN);
    for (let taken = Atomics.load(list, TAKEN); taken !== until; ) {
      const slot = list[ENTRIES + (taken & MASK)]!;
      taken = (taken + 1) | 0;
      Atomics.store(list, TAKEN, taken);
      this.#receiver.onAudio(slot);
    }
  }

  readonly #onRingDue = (): void => {
    this.#isRingDue = false;
    this.#ring();
  };

  #ring(): void {
    if (!this.#hasWritten) return;
    this.#hasWritten = false;
    this.#rungMs = performance.now();
    this.probe();
  }
}
