/**
 * Samples and a few numbers from one thread to another: over shared memory where the page may have it, by messages where
 * not. Both ends are the same to their users.
 *
 * The producer writes samples and `control`; the consumer reads samples and writes `status`. Over shared memory both are
 * seen as they are written; by messages `publish` sends them. Buffers of messages go to and fro: none is made per block.
 */
import { ConfigError } from "../../core/errors.ts";
import { createRingBuffer, ringShape } from "../../stream/ring-buffer.ts";
import { SampleRing } from "../../stream/sample-ring.ts";

/** How many numbers `control` and `status` hold each. */
const LINK_FIELDS = 16;
/** Buffers that may be on their way at once; beyond it samples are refused, as by a full ring. */
const MAX_BUFFERS = 512;

/** One end, as it is sent to the thread that is to have it. Its port is to be transferred. */
export interface LinkEnd {
  readonly capacity: number;
  readonly shared: { readonly ring: ArrayBufferLike; readonly fields: ArrayBufferLike } | undefined;
  readonly port: MessagePort;
}

/** Both ends of a new link. */
export interface Link {
  readonly producer: LinkEnd;
  readonly consumer: LinkEnd;
}

/**
 * Makes a link.
 * @param capacity samples that may wait in it
 * @param isShared over a SharedArrayBuffer; the page must be cross-origin isolated
 */
export function createLink(capacity: number, isShared: boolean): Link {
  const { port1, port2 } = new MessageChannel();
  const shared = isShared ? sharedMemory(capacity) : undefined;
  return { producer: { capacity, shared, port: port1 }, consumer: { capacity, shared, port: port2 } };
}

function sharedMemory(capacity: number): LinkEnd["shared"] {
  const ring = createRingBuffer(ringShape({ capacity, sampleFormat: "float32" }), true);
  return { ring, fields: new SharedArrayBuffer(2 * LINK_FIELDS * 4) };
}

/** The end that samples go in at. */
export class LinkProducer {
  /** Written here, read at the other end. */
  readonly control: Int32Array;
  /** Written at the other end. */
  readonly status: Int32Array;
  /** Samples that may wait. */
  readonly capacity: number;
  readonly #ring: SampleRing<Float32Array> | undefined;
  readonly #port: MessagePort;
  readonly #free: Float32Array[] = [];
  #buffers = 0;
  #waiting = 0;

  constructor({ capacity, shared, port }: LinkEnd) {
    this.capacity = capacity;
    this.#port = port;
    this.#ring = shared && new SampleRing({ capacity, sampleFormat: "float32", shared: true }, shared.ring);
    [this.control, this.status] = fieldsOf(shared?.fields);
    port.onmessage = ({ data }: MessageEvent<Float32Array | Int32Array>) => {
      if (data instanceof Int32Array) {
        this.status.set(data);
        return;
      }
      this.#waiting -= data.length;
      this.#free.push(data);
    };
  }

  /** Whether samples pass through shared memory. */
  get isShared(): boolean {
    return this.#ring !== undefined;
  }

  /** Samples that are on their way: those in the ring, or in messages that have not come back. */
  get waiting(): number {
    return this.#ring?.available ?? this.#waiting;
  }

  /** Writes the first `n` samples, all of them or as many as there is room for; returns how many. */
  write(samples: Float32Array, n = samples.length): number {
    if (this.#ring !== undefined) return this.#ring.write(samples, n);
    const count = Math.min(n, this.capacity - this.#waiting);
    if (count <= 0) return 0;
    const buffer = this.#take(count);
    if (buffer === undefined) return 0;
    buffer.set(count === samples.length ? samples : samples.subarray(0, count));
    this.#waiting += count;
    this.#port.postMessage(buffer, [buffer.buffer]);
    return count;
  }

  /** Sends `control`, and wakes a consumer that waits for samples. */
  publish(isControlNew = true): void {
    if (this.#ring === undefined) {
      if (isControlNew) this.#port.postMessage(this.control);
    } else this.#ring.wake();
  }

  /** Lets go of the link. */
  close(): void {
    this.#port.onmessage = null;
    this.#port.close();
  }

  #take(length: number): Float32Array | undefined {
    for (let i = this.#free.length - 1; i >= 0; i--) {
      if (this.#free[i]!.length !== length) continue;
      const found = this.#free[i]!;
      this.#free[i] = this.#free.at(-1)!;
      this.#free.pop();
      return found;
    }
    if (this.#free.length > 0) this.#free.pop();
    else if (this.#buffers === MAX_BUFFERS) return undefined;
    else this.#buffers++;
    return new Float32Array(length);
  }
}

/** The end that samples come out of. */
export class LinkConsumer {
  /** The samples that have come. */
  readonly ring: SampleRing<Float32Array>;
  readonly control: Int32Array;
  readonly status: Int32Array;
  readonly #isShared: boolean;
  readonly #port: MessagePort;
  #onSamples: (() => void) | undefined;
  #isClosed = false;

  constructor({ capacity, shared, port }: LinkEnd) {
    this.#port = port;
    this.#isShared = shared !== undefined;
    const options = { capacity, sampleFormat: "float32", shared: this.#isShared } as const;
    this.ring = new SampleRing<Float32Array>(options, shared?.ring);
    [this.control, this.status] = fieldsOf(shared?.fields);
    port.onmessage = ({ data }: MessageEvent<Float32Array | Int32Array>) => {
      if (data instanceof Int32Array) {
        this.control.set(data);
        return;
      }
      this.ring.write(data);
      port.postMessage(data, [data.buffer]);
      this.#onSamples?.();
    };
  }

  /** Sends `status`. */
  publish(): void {
    if (!this.#isShared) this.#port.postMessage(this.status);
  }

  /**
   * Calls `take` whenever samples have come; it is to empty the ring. Not for worklets, whose clock is the audio's.
   * @throws ConfigError `ERR_CONFIG` the second time
   */
  onSamples(take: () => void): void {
    if (this.#onSamples !== undefined) throw new ConfigError("ERR_CONFIG", "This link has its consumer.");
    this.#onSamples = take;
    if (this.#isShared) void this.#watch(take);
  }

  /** Lets go of the link. */
  close(): void {
    this.#isClosed = true;
    if (this.#isShared) this.ring.wake();
    this.#port.onmessage = null;
    this.#port.close();
  }

  async #watch(take: () => void): Promise<void> {
    while (!this.#isClosed) {
      await this.ring.written();
      if (!this.#isClosed) take();
    }
  }
}

function fieldsOf(fields: ArrayBufferLike = new ArrayBuffer(2 * LINK_FIELDS * 4)): [Int32Array, Int32Array] {
  return [new Int32Array(fields, 0, LINK_FIELDS), new Int32Array(fields, LINK_FIELDS * 4, LINK_FIELDS)];
}
