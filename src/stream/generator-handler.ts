/** The ten-line form: an async generator that takes the session's frames and yields audio. */
import type { AudioFrame, SampleArray, SampleFormat } from "../core/types.ts";
import { checkEmitted } from "./check-emitted.ts";
import { FrameFeed } from "./frame-feed.ts";
import { type Emitted, type EndReason, StreamHandler } from "./handler.ts";
import type { SessionEvents } from "./session-events.ts";
import type { Session, SessionStats } from "./session-handle.ts";

/** A session whose frames can be iterated over: each is valid until the next is asked for. */
export interface GeneratorSession<S extends SampleArray = Int16Array>
  extends Session,
    AsyncIterable<AudioFrame<S>> {}

/** A handler as a generator function. When it returns, the session ends once its audio has left. */
export type GeneratorFunction<S extends SampleArray = Int16Array> = (
  session: GeneratorSession<S>,
) => AsyncIterable<Emitted | AudioFrame<S>>;

/** Rates, frame length and format of a handler that does not state them itself. */
export interface HandlerDefaults {
  /** Hz of the frames the handler gets; undefined: as the wire carries them. */
  inputRate?: number | undefined;
  /** Hz of what the handler gives; undefined: as the wire carries it. */
  outputRate?: number | undefined;
  /** Duration of the frames the handler gets, 5 to 500 ms. */
  frameMs?: number | undefined;
  /** Default `"int16"`. */
  sampleFormat?: SampleFormat | undefined;
}

/**
 * Runs a generator function as a handler, on the same path as any other. A frame counts as received until the generator
 * asks for the next, so that what waits meanwhile is bounded and counted by the session like for any busy handler.
 */
export class GeneratorHandler extends StreamHandler<SampleArray> {
  override receiveMayWait = true;
  readonly #make: GeneratorFunction<never>;
  readonly #frames = new FrameFeed();
  #output: AsyncIterator<Emitted | AudioFrame<never>> | undefined;
  /** The generator has cleared the session since it was last asked. */
  #hasCleared = false;

  constructor(make: GeneratorFunction<never>, defaults: HandlerDefaults = {}) {
    super();
    this.#make = make;
    this.inputRate = defaults.inputRate;
    this.outputRate = defaults.outputRate;
    this.frameMs = defaults.frameMs;
    this.sampleFormat = defaults.sampleFormat ?? "int16";
  }

  copy(): GeneratorHandler {
    return new GeneratorHandler(this.#make, this);
  }

  override startUp(session: Session): void {
    const facade = new SessionFacade(session, this.#frames, () => {
      this.#hasCleared = true;
    });
    this.#output = this.#make(facade as GeneratorSession<never>)[Symbol.asyncIterator]();
  }

  receive(frame: AudioFrame<SampleArray>): Promise<void> {
    return this.#frames.offer(frame);
  }

  async emit(session: Session): Promise<Emitted> {
    const result = await this.#output?.next();
    if (result === undefined || result.done === true) {
      session.close("The handler has come to its end.");
      return null;
    }
    const { value } = result;
    if (this.#hasCleared) {
      // a generator is always inside `emit`, whose result a clear discards; what it yields after its own clear is meant
      // to be heard: `session.clear(); yield answer`
      this.#hasCleared = false;
      if (!isNothing(value)) sendEmitted(session, value as NonNullable<Emitted>);
      session.wake();
      return null;
    }
    // a yield of nothing must not spin this turn: `wake` asks again in the event loop's next one
    if (isNothing(value)) session.wake();
    return value as Emitted;
  }

  /** Resolves when the generator's `finally` blocks are through; one that awaits something else holds it up. */
  override async shutdown(_reason: EndReason): Promise<void> {
    this.#frames.end();
    await this.#output?.return?.();
  }
}

/** Null, or audio without a sample; whether anything else is audio at all is for the session to say. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const { length, samples } = value as { length?: unknown; samples?: { length?: unknown } };
  return length === 0 || samples?.length === 0;
}

function sendEmitted(session: Session, audio: NonNullable<Emitted>): void {
  if (ArrayBuffer.isView(audio)) {
    session.send(audio);
    return;
  }
  const { samples, sampleRate } = checkEmitted(audio);
  session.send(samples, sampleRate);
}

/** The session with its frames. */
class SessionFacade implements GeneratorSession<SampleArray> {
  readonly #session: Session;
  readonly #frames: FrameFeed;
  readonly #onClear: () => void;

  constructor(session: Session, frames: FrameFeed, onClear: () => void) {
    this.#session = session;
    this.#frames = frames;
    this.#onClear = onClear;
  }

  get id(): string {
    return this.#session.id;
  }
  get signal(): AbortSignal {
    return this.#session.signal;
  }
  get params(): Readonly<Record<string, string>> {
    return this.#session.params;
  }
  get inputRate(): number {
    return this.#session.inputRate;
  }
  get outputRate(): number {
    return this.#session.outputRate;
  }
  get stats(): Readonly<SessionStats> {
    return this.#session.stats;
  }
  get playedMs(): number {
    return this.#session.playedMs;
  }
  get input(): readonly unknown[] {
    return this.#session.input;
  }
  send(samples: SampleArray, sampleRate?: number): boolean {
    return this.#session.send(samples, sampleRate);
  }
  drained(): Promise<void> {
    return this.#session.drained();
  }
  clear(): void {
    this.#session.clear();
    this.#onClear();
  }
  mark(name: string): void {
    this.#session.mark(name);
  }
  setInput(...values: unknown[]): void {
    this.#session.setInput(...values);
  }
  waitForInput(): Promise<readonly unknown[]> {
    return this.#session.waitForInput();
  }
  output(value: unknown): void {
    this.#session.output(value);
  }
  on<K extends keyof SessionEvents>(event: K, listener: SessionEvents[K]): () => void {
    return this.#session.on(event, listener);
  }
  log(message: string): void {
    this.#session.log(message);
  }
  warn(message: string): void {
    this.#session.warn(message);
  }
  close(reason?: string): void {
    this.#session.close(reason);
  }
  wake(): void {
    this.#session.wake();
  }
  [Symbol.asyncIterator](): AsyncIterator<AudioFrame<SampleArray>> {
    return this.#frames;
  }
}
