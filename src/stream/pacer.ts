/**
 * When a frame may leave. Pure arithmetic on a monotonic clock.
 *
 * A frame leaves while `sentMs - max(elapsedMs + creditMs, receivedMs) <= leadMs`, all counted from an anchor. The clock
 * alone is not enough: in an echo each stall of process or network would set the anchor late, the frames that piled up
 * would be paced out in real time, and the stall would become lag for ever. So audio received since the anchor counts as
 * time passed, and how far input was ahead of real time at the anchor is its credit: what arrives in a bunch may be
 * answered in a bunch, at once or by a handler that takes its time.
 */

/** How far ahead of real time input may be for a late answer to be let ahead as well: a file that was dumped is no stall. */
const MAX_CREDIT_MS = 2000;
/** What comes so soon after the input is its answer in the same turn, whatever its length. */
const SAME_TURN_MS = 5;
/** Silence of the output by which its anchor is set anew. */
const ANCHOR_GAP_MS = 60;

/** Paces one direction of one session. */
export class Pacer {
  readonly leadMs: number;
  #anchorMs = Number.NEGATIVE_INFINITY;
  #sentMs = 0;
  #receivedMs = 0;
  /** What may leave ahead of the clock for having arrived so. */
  #creditMs = 0;
  /** How far input is ahead of real time; shrinks while none comes, and stays while it comes in real time. */
  #inputAheadMs = 0;
  #lastInputMs = Number.NEGATIVE_INFINITY;
  #lastInputDurationMs = 0;

  constructor(leadMs: number) {
    this.leadMs = leadMs;
  }

  /** `durationMs` of audio has arrived. */
  received(nowMs: number, durationMs: number): void {
    // what came in a bunch after a stall stays ahead, so that an answer that takes its time finds its credit there
    this.#inputAheadMs = Math.min(MAX_CREDIT_MS, this.#aheadMs(nowMs)) + durationMs;
    this.#lastInputMs = nowMs;
    this.#lastInputDurationMs = durationMs;
    this.#receivedMs += durationMs;
  }

  /** Whether the next frame may leave now. Sets the anchor anew where the output has fallen silent. */
  mayLeave(nowMs: number): boolean {
    const elapsedMs = nowMs - this.#anchorMs;
    if (this.#sentMs < elapsedMs - ANCHOR_GAP_MS) {
      this.#anchorMs = nowMs;
      this.#sentMs = 0;
      const mostMs = nowMs - this.#lastInputMs > SAME_TURN_MS ? MAX_CREDIT_MS : Number.POSITIVE_INFINITY;
      this.#receivedMs = Math.min(mostMs, this.#aheadMs(nowMs));
      // the latest piece of input is no more than the time it took
      this.#creditMs = Math.max(0, this.#receivedMs - this.#lastInputDurationMs);
      return true;
    }
    return this.#sentMs - Math.max(elapsedMs + this.#creditMs, this.#receivedMs) <= this.leadMs;
  }

  /** `durationMs` of audio has left. */
  sent(durationMs: number): void {
    this.#sentMs += durationMs;
  }

  /** When audio arrived last. */
  get lastInputMs(): number {
    return this.#lastInputMs;
  }

  /** From when its times count: another one after each silence. */
  get anchorMs(): number {
    return this.#anchorMs;
  }

  /** When the next frame may leave, if no more arrives. */
  get dueMs(): number {
    return this.#anchorMs + this.#sentMs - this.leadMs - this.#creditMs;
  }

  /** When a listener who started at the anchor has heard all that was sent. */
  get heardMs(): number {
    return this.#anchorMs + this.#sentMs;
  }

  /** What was sent ahead will not be heard: the next frame starts anew. */
  reset(): void {
    this.#anchorMs = Number.NEGATIVE_INFINITY;
    this.#sentMs = 0;
    this.#receivedMs = 0;
    this.#creditMs = 0;
    this.#inputAheadMs = 0;
  }

  #aheadMs(nowMs: number): number {
    return Math.max(0, this.#inputAheadMs - (nowMs - this.#lastInputMs));
  }
}
